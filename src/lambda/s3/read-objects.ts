import { GetObjectCommand, type S3Client, type _Object } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import type { BucketClient } from './bucket-client';
import { listPage } from './listing/list-page';
import { toS3Error } from './s3-error';
import { readJsonObjects } from '../text/json-stream';

const MAX_RESUMES = 5;

export async function* listObjects(
  s3: S3Client,
  bucket: string,
  prefix: string,
  startAfter?: string,
): AsyncGenerator<_Object> {
  let token: string | undefined;
  do {
    const page = await listPage(s3, {
      Bucket: bucket,
      Prefix: prefix,
      StartAfter: startAfter,
      ContinuationToken: token,
    });
    yield* page.Contents ?? [];
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/**
 * Finds the object with exactly this key in a listing, which needs no permission to read the
 * object.
 */
export async function findObject(
  s3: S3Client,
  bucket: string,
  key: string,
): Promise<_Object | undefined> {
  // If several keys begin with this one, the key itself is the first.
  const page = await listPage(s3, { Bucket: bucket, Prefix: key, MaxKeys: 1 });
  const found = page.Contents?.[0];
  return found?.Key === key ? found : undefined;
}

/**
 * Returns true if the error means that there is no such key. If the caller may list only some
 * prefixes, S3 answers 403 for a missing key, and a listing of that key tells.
 */
export async function isMissing(
  s3: S3Client,
  bucket: string,
  key: string,
  error: unknown,
): Promise<boolean> {
  const { kind } = toS3Error(error);
  if (kind !== 'denied') {
    return kind === 'missing';
  }
  return (await findObject(s3, bucket, key)) === undefined;
}

export function readJsonObjectsFrom(
  s3: S3Client,
  bucket: string,
  key: string,
): AsyncGenerator<unknown> {
  return readJsonObjects(readBytes(s3, bucket, key), `s3://${bucket}/${key}`);
}

export async function readJsonFrom(s3: S3Client, bucket: string, key: string): Promise<unknown> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return JSON.parse(await answer.Body!.transformToString());
}

/** Reads all bytes of the version with this ETag. */
export async function readVersion(
  bucket: BucketClient,
  key: string,
  etag: string | undefined,
): Promise<Uint8Array> {
  return bucket.requestAbout(key, async (s3) => {
    const answer = await s3.send(
      new GetObjectCommand({ Bucket: bucket.name, Key: key, IfMatch: etag }),
    );
    return bucket.readBody(() => answer.Body!.transformToByteArray());
  });
}

/**
 * Undefined: there is no such file, for example because a run failed before it wrote it, or the
 * file is not what the schema says.
 */
export async function findJsonFrom<T extends v.GenericSchema>(
  schema: T,
  s3: S3Client,
  bucket: string,
  key: string,
): Promise<v.InferOutput<T> | undefined> {
  try {
    const parsed = v.safeParse(schema, await readJsonFrom(s3, bucket, key));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (await isMissing(s3, bucket, key, error))) {
      return undefined;
    }
    throw error;
  }
}

/**
 * A body that breaks off, which the SDK does not retry, is resumed on condition of the ETag: both
 * halves belong to one version.
 * @param range `to` is the first byte that is not read. Unset: all bytes from `from` on
 */
export async function* readBytes(
  s3: S3Client,
  bucket: string,
  key: string,
  {
    from = 0,
    to,
    etag: pinned,
  }: { readonly from?: number; readonly to?: number; readonly etag?: string } = {},
): AsyncGenerator<Uint8Array> {
  let offset = from;
  let etag = pinned;
  for (let resumes = 0; ; resumes++) {
    const isPart = offset > 0 || to !== undefined;
    const range = isPart ? { Range: `bytes=${offset}-${to === undefined ? '' : to - 1}` } : {};
    const answer = await s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag, ...range }),
    );
    etag ??= answer.ETag;
    const end = offset + (answer.ContentLength ?? 0);
    try {
      for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
        offset += chunk.length;
        yield chunk;
      }
      // If the connection is closed early, the stream may end without an error.
      if (offset < end) {
        throw new Error(`s3://${bucket}/${key} ended after ${offset} of ${end} bytes`);
      }
      return;
    } catch (error) {
      // An error after the last byte means that the checksum does not match. Reading on would not
      // help.
      if (offset >= end || resumes >= MAX_RESUMES) {
        throw error;
      }
    }
  }
}
