import {
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from 'cdk-s3-dated-archiver-s3-double';

/** Objects of the sandbox's S3, for what fills the buckets and for what looks at them. */
export interface BucketAccess {
  /** @param modified when the object was written; only the embedded S3 can take it over */
  put(bucket: string, key: string, body: Buffer, modified: Date): Promise<void>;
  get(bucket: string, key: string): Promise<Buffer>;
  keys(bucket: string, prefix?: string): AsyncIterable<string>;
  list(bucket: string, prefix?: string): AsyncIterable<ListedObject>;
}

/** An object as a run lists it. */
export interface ListedObject {
  readonly Key: string;
  readonly Etag: string;
  readonly Size: number;
  /** Epoch seconds. */
  readonly LastModified: number;
}

export function accessStore(store: ObjectStore): BucketAccess {
  return {
    put: async (bucket, key, body, lastModified) => {
      store.put(bucket, key, body, { lastModified });
    },
    get: async (bucket, key) => store.get(bucket, key)!.body.bytes(),
    async *keys(bucket, prefix) {
      yield* store.keys(bucket, prefix);
    },
    async *list(bucket, prefix) {
      for (const Key of store.keys(bucket, prefix)) {
        const { etag, size, lastModified } = store.get(bucket, Key)!;
        yield { Key, Etag: etag, Size: size, LastModified: lastModified / 1000 };
      }
    },
  };
}

export function accessEndpoint(s3: S3Client): BucketAccess {
  return {
    put: async (Bucket, Key, Body) => {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    get: async (Bucket, Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return Buffer.from(await Body!.transformToByteArray());
    },
    async *keys(bucket, prefix) {
      for await (const { Key } of this.list(bucket, prefix)) {
        yield Key;
      }
    },
    async *list(Bucket, Prefix) {
      // Keys with control characters are not XML.
      for await (const { Contents = [], EncodingType } of paginateListObjectsV2(
        { client: s3 },
        { Bucket, Prefix, EncodingType: 'url' },
      )) {
        for (const { Key, ETag, Size, LastModified } of Contents) {
          const key = EncodingType === 'url' ? decodeURIComponent(Key!.replace(/\+/g, ' ')) : Key!;
          yield {
            Key: key,
            Etag: ETag!,
            Size: Size!,
            LastModified: LastModified!.getTime() / 1000,
          };
        }
      }
    },
  };
}
