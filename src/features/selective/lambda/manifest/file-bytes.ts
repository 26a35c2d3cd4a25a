import { Readable } from 'node:stream';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { explainUnreadable, type FilePlace, manifestError } from './manifest-error';
import { readBytes } from '../../../../lambda/s3/read-objects';
import { formatCount } from '../../../../lambda/text/format';

export interface OpenFile extends FilePlace {
  readonly etag: string;
  readonly size: number;
  readonly isGzip: boolean;
}

const HEAD_BYTES = 64 * 1024;

/**
 * Looks at the start of a file, which tells how it is to be read. `etag` is the version that an
 * earlier round began to read.
 */
export async function openFile(
  s3: S3Client,
  { bucket, key }: FilePlace,
  etag?: string,
): Promise<{ file: OpenFile; head: Buffer }> {
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag }));
    const head = await readStart(answer.Body as AsyncIterable<Uint8Array>, HEAD_BYTES);
    const isGzip = head[0] === 0x1f && head[1] === 0x8b;
    const file = { bucket, key, etag: answer.ETag!, size: answer.ContentLength!, isGzip };
    return {
      file,
      head: isGzip ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }) : head,
    };
  } catch (error) {
    throw explainUnpackable({ bucket, key }, error);
  }
}

export async function readStart(chunks: AsyncIterable<Uint8Array>, bytes: number): Promise<Buffer> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    length += chunk.length;
    if (length >= bytes) {
      break;
    }
  }
  return Buffer.concat(read);
}

export async function* readFile(
  s3: S3Client,
  file: OpenFile,
  offset = 0,
): AsyncGenerator<Uint8Array> {
  const { bucket, key, etag, size, isGzip } = file;
  try {
    if (isGzip) {
      yield* skip(gunzip(file, readBytes(s3, bucket, key, { etag })), offset);
    } else if (offset < size) {
      yield* readBytes(s3, bucket, key, { etag, from: offset });
    }
  } catch (error) {
    throw explainUnpackable(file, error);
  }
}

/**
 * RFC 1952, section 2.2. At zeros between members, which may be padding, zlib ends without an
 * error, so it has to be the end of the file.
 */
async function* gunzip(
  file: OpenFile,
  bytes: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(bytes, { objectMode: false });
  const unpacked = createGunzip();
  packed.on('error', (error) => unpacked.destroy(error));
  try {
    yield* packed.pipe(unpacked) as AsyncIterable<Uint8Array>;
    const { bytesWritten: read } = unpacked;
    if (read !== file.size) {
      throw manifestError(
        file,
        `it is no whole gzip file: what is packed ends after ${formatCount(read)} of its ` +
          `${formatCount(file.size)} bytes: pack the list again`,
      );
    }
  } finally {
    packed.destroy();
    unpacked.destroy();
  }
}

async function* skip(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (left < chunk.length) {
      yield chunk.subarray(left);
    }
    left = Math.max(0, left - chunk.length);
  }
}

function explainUnpackable(file: FilePlace, error: unknown): unknown {
  const { code = '', message } = error as { code?: string; message: string };
  return /^Z_/.test(code)
    ? manifestError(file, `it is no whole gzip file: ${message}`)
    : explainUnreadable(file, error);
}
