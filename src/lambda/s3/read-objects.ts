import { GetObjectCommand, ListObjectsV2Command, type S3Client, type _Object } from '@aws-sdk/client-s3';
import { readJsonObjects } from './json-stream';

const MAX_RESUMES = 5;

/** Every object under a prefix, in key order. */
export async function* listObjects(s3: S3Client, bucket: string, prefix: string, startAfter?: string): AsyncGenerator<_Object> {
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      ...(token === undefined ? { StartAfter: startAfter } : { ContinuationToken: token }),
    }));
    yield* page.Contents ?? [];
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

/** The object of exactly this key, found by listing: that needs no permission to read it. */
export async function findObject(s3: S3Client, bucket: string, key: string): Promise<_Object | undefined> {
  // Of all keys that begin with this one, it is itself the first.
  const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
  const found = page.Contents?.[0];
  return found?.Key === key ? found : undefined;
}

/** The JSON objects of a file in S3, as lines or as an array, in flat memory. */
export function readJsonObjectsFrom(s3: S3Client, bucket: string, key: string): AsyncGenerator<unknown> {
  return readJsonObjects(readBytes(s3, bucket, key), `s3://${bucket}/${key}`);
}

/** Parses a small file whole. */
export async function readJsonFrom(s3: S3Client, bucket: string, key: string): Promise<unknown> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return JSON.parse(await answer.Body!.transformToString());
}

/**
 * Streams an object. The SDK retries a request, not a body that breaks off half-way: such a body
 * is taken up again where it broke, pinned to the ETag so that both halves belong together.
 */
export async function* readBytes(s3: S3Client, bucket: string, key: string): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let etag: string | undefined;
  for (let resumes = 0; ; resumes++) {
    const answer = await s3.send(new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(offset > 0 ? { Range: `bytes=${offset}-`, IfMatch: etag } : {}),
    }));
    etag ??= answer.ETag;
    const end = offset + (answer.ContentLength ?? 0);
    try {
      for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
        offset += chunk.length;
        yield chunk;
      }
      // A connection that is closed early may end the stream without an error.
      if (offset < end) { throw new Error(`s3://${bucket}/${key} ended after ${offset} of ${end} bytes`); }
      return;
    } catch (error) {
      // What comes after the last byte is no break, but a checksum that does not match.
      if (offset >= end || resumes >= MAX_RESUMES) { throw error; }
    }
  }
}
