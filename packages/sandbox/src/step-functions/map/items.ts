import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { Json, JsonObject } from '../../json';
import { StateError } from '../errors';

export interface ListRange {
  readonly maxItems: number;
  /** Key of the last one that was read before. */
  readonly startAfter?: string;
}

/**
 * Objects of a bucket, page after page: "ItemReader", input-output-itemreader. The next page is asked
 * for while the present one is consumed, and no further: memory stays flat however many there are.
 */
export async function* listObjects(s3: S3Client, parameters: JsonObject, { maxItems, startAfter }: ListRange): AsyncGenerator<JsonObject> {
  const page = (token?: string) => s3.send(new ListObjectsV2Command({
    Bucket: String(parameters.Bucket),
    ...parameters.Prefix === undefined ? {} : { Prefix: String(parameters.Prefix) },
    ContinuationToken: token,
    StartAfter: startAfter,
    // Keys with control characters are not XML.
    EncodingType: 'url',
  })).catch((error: Error) => { throw readerFailed(parameters, error); });

  let left = maxItems;
  let current: Promise<ListObjectsV2CommandOutput> | undefined = page();
  while (current) {
    const { Contents = [], EncodingType, IsTruncated, NextContinuationToken }: ListObjectsV2CommandOutput = await current;
    current = IsTruncated ? page(NextContinuationToken) : undefined;
    current?.catch(() => undefined);
    for (const { ETag, Key, LastModified, Size, StorageClass } of Contents) {
      if (left-- <= 0) { return; }
      yield {
        Etag: ETag ?? '',
        Key: EncodingType === 'url' ? decodeURIComponent(Key!.replace(/\+/g, ' ')) : Key!,
        LastModified: Math.floor((LastModified?.getTime() ?? 0) / 1000),
        Size: Size ?? 0,
        StorageClass: StorageClass ?? 'STANDARD',
      };
    }
  }
}

function readerFailed(parameters: JsonObject, error: Error): StateError {
  const code = error.name;
  return new StateError('States.ItemReaderFailed', `Attempting to list the objects of the Amazon S3 bucket ${parameters.Bucket} failed: ${code}: ${error.message}`);
}

export async function* arrayItems(items: Json, from: number): AsyncGenerator<Json> {
  if (!Array.isArray(items)) {
    throw new StateError('States.Runtime', 'The items of the Map state are not an array.', { fatal: true });
  }
  yield* items.slice(from);
}
