import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Json, JsonObject } from '../../common/json';
import { readTextLines } from '../../common/lines';
import { StateError } from '../../states-language/errors';

export interface ListRange {
  readonly maxItems: number;
  /** Key of the last one that was read before. */
  readonly startAfter?: string;
}

/**
 * Objects of a bucket, page after page: "ItemReader", input-output-itemreader. The next page is
 * asked for while the present one is consumed, and no further: memory stays flat however many there
 * are.
 */
export async function* listObjects(
  s3: S3Client,
  parameters: JsonObject,
  { maxItems, startAfter }: ListRange,
): AsyncGenerator<JsonObject> {
  const page = (token?: string) =>
    s3
      .send(
        new ListObjectsV2Command({
          Bucket: String(parameters.Bucket),
          ...(parameters.Prefix === undefined ? {} : { Prefix: String(parameters.Prefix) }),
          ContinuationToken: token,
          StartAfter: startAfter,
          // Keys with control characters are not XML.
          EncodingType: 'url',
        }),
      )
      .catch((error: Error) => {
        throw readerFailed(parameters, error);
      });

  let left = maxItems;
  let current: Promise<ListObjectsV2CommandOutput> | undefined = page();
  while (current) {
    const {
      Contents = [],
      EncodingType,
      IsTruncated,
      NextContinuationToken,
    }: ListObjectsV2CommandOutput = await current;
    current = IsTruncated ? page(NextContinuationToken) : undefined;
    current?.catch(() => undefined);
    for (const { ETag, Key, LastModified, Size, StorageClass } of Contents) {
      if (left-- <= 0) {
        return;
      }
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
  return new StateError(
    'States.ItemReaderFailed',
    `Attempting to list the objects of the Amazon S3 bucket ${parameters.Bucket} failed: ` +
      `${code}: ${error.message}`,
  );
}

/**
 * Values of a JSON Lines file, each of which is one item: "InputType", input-output-itemreader.
 *
 * @param range.from the number of items that were read before
 */
export async function* readLines(
  s3: S3Client,
  parameters: JsonObject,
  { from, maxItems }: { from: number; maxItems: number },
): AsyncGenerator<Json> {
  const { Bucket, Key } = parameters;
  const failed = (what: string) =>
    new StateError(
      'States.ItemReaderFailed',
      `Attempting to read the file ${Key} in the Amazon S3 bucket ${Bucket} failed: ${what}`,
    );
  const { Body } = await s3
    .send(new GetObjectCommand({ Bucket: String(Bucket), Key: String(Key) }))
    .catch((error: Error) => {
      throw failed(`${error.name}: ${error.message}`);
    });
  let line = 0;
  for await (const text of readTextLines(Body as Readable)) {
    line++;
    if (line <= from) {
      continue;
    }
    if (line > from + maxItems) {
      return;
    }
    yield parseLine(text, () => failed(`line ${line} is not JSON`));
  }
  // AWS does not document what it does then, so no definition should rely on it. Only AWS can tell:
  // empty-file.
  if (line === 0) {
    throw failed('the file is empty');
  }
}

function parseLine(text: string, failed: () => StateError): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw failed();
  }
}

export async function* arrayItems(items: Json, from: number): AsyncGenerator<Json> {
  if (!Array.isArray(items)) {
    throw new StateError('States.Runtime', 'The items of the Map state are not an array.', {
      fatal: true,
    });
  }
  yield* items.slice(from);
}
