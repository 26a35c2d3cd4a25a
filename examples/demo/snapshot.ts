import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../packages/s3-double/src';

/**
 * The keys of a bucket, each with a digest of its object: bytes, user metadata, tags, content
 * headers.
 */
export type Snapshot = ReadonlyMap<string, string>;

/** The parts of an object that its digest covers. */
export interface Content {
  readonly body: Buffer | string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export function digest({ body, metadata = {}, tags = {}, headers = {} }: Content): string {
  const sorted = (record: Readonly<Record<string, string>>) =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([sorted(metadata), sorted(tags), sorted(headers)]))
    .update(body)
    .digest('hex');
}

export function takeSnapshot(store: ObjectStore, bucket: string): Snapshot {
  return new Map(store.keys(bucket).map((key) => [key, digestOf(store, bucket, key)]));
}

export function digestOf(store: ObjectStore, bucket: string, key: string): string {
  const object = store.get(bucket, key)!;
  const { metadata, tags = [], headers } = object.attributes;
  return digest({ body: object.body.bytes(), metadata, tags: Object.fromEntries(tags), headers });
}
