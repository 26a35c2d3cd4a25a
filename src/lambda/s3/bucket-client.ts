import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  type _Object,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { withAllHeaders } from './all-headers';
import { findObject } from './read-objects';
import { withRetries, type RetryBudget } from './retry';
import { toS3Error } from './s3-error';
import { withAbortSignal } from './timeouts';

export type ObjectHead = HeadObjectCommandOutput & {
  readonly ETag: string;
  /** Headers about the object that this version does not know. */
  readonly unlisted?: readonly string[];
};

/** The number of looks at a key that another program rewrites after every refusal. */
const MAX_LOOKS = 8;

/** Unless it is one of the two words, the version that a listing shows. */
type Look = 'missing' | 'not listed' | string;

export interface BucketClientOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly budget: RetryBudget;
  readonly signal?: AbortSignal;
  /** Default: a set that is empty. */
  readonly unsupported?: Set<string>;
}

/** Sends requests to one bucket: each is retried within the budget, and ends with the signal. */
export class BucketClient {
  readonly s3: S3Client;
  readonly name: string;
  readonly budget: RetryBudget;
  readonly signal?: AbortSignal;
  /** Operations that the server does not know, shared by all clients that come from this one. */
  readonly unsupported: Set<string>;
  private readonly abortable: S3Client;

  constructor({ s3, bucket, budget, signal, unsupported = new Set() }: BucketClientOptions) {
    this.s3 = s3;
    this.name = bucket;
    this.budget = budget;
    this.signal = signal;
    this.unsupported = unsupported;
    this.abortable = signal ? withAbortSignal(s3, signal) : s3;
  }

  get isAborted(): boolean {
    return this.signal?.aborted ?? false;
  }

  with(changes: Partial<BucketClientOptions>): BucketClient {
    return new BucketClient({
      s3: this.s3,
      bucket: this.name,
      budget: this.budget,
      signal: this.signal,
      unsupported: this.unsupported,
      ...changes,
    });
  }

  of(bucket: string): BucketClient {
    return this.with({ bucket });
  }

  /**
   * @param send sends the request with the client that it gets; it is called again for each retry
   */
  request<T>(send: (s3: S3Client) => Promise<T>): Promise<T> {
    return withRetries(this.budget, () => send(this.abortable));
  }

  /**
   * S3 answers 403 for a missing key unless the caller may list the bucket. Our permission to list
   * is limited to a prefix, and a HEAD request does not state a prefix (HeadObject API reference,
   * "Permissions"). Listing that one key states it, and so tells *missing* from *denied*.
   * @param checksums without them, S3 does not need the key of an encrypted object, which saves a
   * request to KMS
   */
  async head(key: string, checksums = true): Promise<ObjectHead | undefined> {
    try {
      const input = {
        Bucket: this.name,
        Key: key,
        ...(checksums && { ChecksumMode: 'ENABLED' as const }),
      };
      return (await this.requestAbout(key, (s3) =>
        s3.send(withAllHeaders(new HeadObjectCommand(input))),
      )) as ObjectHead;
    } catch (error) {
      const { kind } = toS3Error(error);
      if (kind === 'missing') {
        return undefined;
      }
      if (kind === 'denied') {
        // An answer to HEAD has no body, so S3 cannot say what it denies.
        (error as Error).message =
          'S3 denied HeadObject, and an answer to HEAD does not say why: allow s3:GetObject on ' +
          `the objects of ${this.name}, and the use of the key that encrypts them`;
      }
      throw error;
    }
  }

  /**
   * Sends a request about one object. An answer of 403 counts as a denial only if the key was
   * listed, the request was refused, and the key is listed unchanged. So a key that another program
   * removes, or removes and writes again, never counts as denied.
   * @throws an error of kind `missing` if S3 answers 403 because there is no such key
   */
  async requestAbout<T>(key: string, send: (s3: S3Client) => Promise<T>): Promise<T> {
    let before: Look | undefined;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      try {
        return await this.request(send);
      } catch (error) {
        if (toS3Error(error).kind !== 'denied') {
          throw error;
        }
        const now = await this.look(key);
        if (now === 'missing') {
          throw Object.assign(new Error(`there is no such key in ${this.name}`), {
            name: 'NoSuchKey',
          });
        }
        if (now === 'not listed' || now === before) {
          throw error;
        }
        before = now;
      }
    }
    throw Object.assign(new Error(`the object is written again and again in ${this.name}`), {
      name: 'PreconditionFailed',
    });
  }

  /** Returns a text that identifies the listed version of a key. */
  private async look(key: string): Promise<Look> {
    try {
      const found = await this.find(key);
      return found ? `${found.ETag} ${found.LastModified?.getTime()}` : 'missing';
    } catch (error) {
      if (toS3Error(error).kind === 'denied') {
        return 'not listed';
      }
      throw error;
    }
  }

  /**
   * Returns what a listing shows of the object, or undefined if there is none. A denial says
   * nothing about that, and is thrown.
   */
  find(key: string): Promise<_Object | undefined> {
    return this.request((s3) => findObject(s3, this.name, key));
  }

  /**
   * Reads the first byte of this version. HeadObject needs the same permission, but not always the
   * key of an encrypted object.
   */
  async isReadable(key: string, etag: string): Promise<boolean> {
    try {
      const input = { Bucket: this.name, Key: key, IfMatch: etag, Range: 'bytes=0-0' };
      await this.requestAbout(key, async (s3) =>
        (await s3.send(new GetObjectCommand(input))).Body?.transformToByteArray(),
      );
      return true;
    } catch (error) {
      const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
      // An empty object has no first byte.
      if ($metadata?.httpStatusCode === 416) {
        return true;
      }
      const { kind } = toS3Error(error);
      if (kind === 'denied' || kind === 'final') {
        return false;
      }
      throw error;
    }
  }

  /**
   * Reads the version with this ETag and returns the SHA-256 of its bytes. S3 answers 412 if the
   * object has another ETag now.
   */
  hash(key: string, etag: string): Promise<string> {
    return this.requestAbout(key, async (s3) => {
      const answer = await s3.send(
        new GetObjectCommand({ Bucket: this.name, Key: key, IfMatch: etag }),
      );
      const hash = createHash('sha256');
      await this.readBody(async () => {
        for await (const chunk of answer.Body as Readable) {
          hash.update(chunk as Buffer);
        }
      });
      return hash.digest('hex');
    });
  }

  /**
   * Reads the body of an answer within a request. The status was right, so what is wrong with the
   * body may be right the next time.
   */
  async readBody<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.isAborted ? error : Object.assign(error as Error, { $retryable: {} });
    }
  }
}
