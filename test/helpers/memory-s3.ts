/**
 * Just enough of S3 for a function that lists and writes, without a network, so that a test can try every way in which it may
 * end. Everything else is tested with the S3 double.
 */
import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { compareKeys } from '../../src/lambda/s3/compare-keys';

export interface Call {
  readonly operation: string;
  readonly Bucket: string;
  readonly Key?: string;
}

export interface MemoryS3 {
  readonly s3: S3Client;
  readonly calls: Call[];
  readonly buckets: Map<string, Map<string, string>>;
  /** Sets keys of a listing. */
  setKeys(bucket: string, keys: Iterable<string>): void;
}

interface Input { Bucket: string; Key?: string; Body?: string; Prefix?: string; StartAfter?: string; MaxKeys?: number }

export interface MemoryS3Options {
  readonly pageSize: number;
  /** Called before each request. What it throws is the answer. */
  readonly before?: (call: Call) => void | Promise<void>;
  /** Called when the request is done. What it throws is the answer. */
  readonly after?: (call: Call) => void | Promise<void>;
  readonly modified?: Date;
}

export function createMemoryS3({ pageSize, before, after, modified = new Date('2026-11-24T12:00:00Z') }: MemoryS3Options): MemoryS3 {
  const buckets = new Map<string, Map<string, string>>();
  const sorted = new Map<string, string[]>();
  const calls: Call[] = [];
  const bucket = (name: string) => buckets.get(name) ?? buckets.set(name, new Map()).get(name)!;

  const list = ({ Bucket, Prefix = '', StartAfter, MaxKeys = pageSize }: Input) => {
    if (!sorted.has(Bucket)) { sorted.set(Bucket, [...bucket(Bucket).keys()].sort(compareKeys)); }
    const keys = sorted.get(Bucket)!;
    const matching: string[] = [];
    for (let i = findFirst(keys, StartAfter); i < keys.length && matching.length <= MaxKeys; i++) {
      if (keys[i].startsWith(Prefix)) { matching.push(keys[i]); }
    }
    const Contents = matching.slice(0, MaxKeys).map((Key) => ({ Key, ETag: `"${digest(Key)}"`, Size: 1, LastModified: modified }));
    return { Contents, IsTruncated: matching.length > MaxKeys };
  };
  const perform = (operation: string, input: Input): object => {
    switch (operation) {
      case 'ListObjectsV2': return list(input);
      case 'PutObject':
        bucket(input.Bucket).set(input.Key!, input.Body!);
        sorted.delete(input.Bucket);
        return { ETag: `"${digest(input.Body!)}"` };
      case 'GetObject': {
        const found = bucket(input.Bucket).get(input.Key!);
        if (found === undefined) { throw Object.assign(new Error('no such key'), { name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } }); }
        return { ETag: `"${digest(found)}"`, Body: { transformToString: async () => found } };
      }
      default: throw new Error(`${operation} is not in the memory S3`);
    }
  };
  const send = async (command: { readonly input: Input; readonly constructor: { readonly name: string } }): Promise<object> => {
    const call = { operation: command.constructor.name.replace(/Command$/, ''), ...command.input };
    calls.push(call);
    await before?.(call);
    const answer = perform(call.operation, command.input);
    await after?.(call);
    return answer;
  };
  return {
    s3: { send } as unknown as S3Client,
    calls,
    buckets,
    setKeys: (name, keys) => {
      sorted.delete(name);
      buckets.set(name, new Map([...keys].map((key) => [key, ''])));
    },
  };
}

/** Returns the index of the first key after another one. */
function findFirst(keys: readonly string[], after: string | undefined): number {
  let [low, high] = [0, after === undefined ? 0 : keys.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (compareKeys(keys[middle], after!) > 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

function digest(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
