/**
 * Just enough of S3 for a function that lists and writes, without a network, so that a test can try
 * every way in which it may end. Everything else is tested with the S3 double.
 */
import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { Denials, type DenyRule, findSecretHeaders } from '../../packages/s3-double/src';
import { compareKeys } from '../../src/lambda/s3/listing/compare-keys';

export interface Call {
  readonly operation: string;
  readonly Bucket: string;
  readonly Key?: string;
}

/** What HEAD and GET say of an object besides its content. */
export interface ObjectAttributes {
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Response headers. The SDK leaves out of its answer what it does not know: middleware of the
   * command sees all of them.
   */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface MemoryS3 {
  readonly s3: S3Client;
  readonly calls: Call[];
  readonly buckets: Map<string, Map<string, string>>;
  /** Puts an object with any bytes, which no listing shows. */
  putFile(bucket: string, key: string, content: Buffer): void;
  /** Gives an object attributes. */
  describe(bucket: string, key: string, attributes: ObjectAttributes): void;
  /**
   * Refuses requests until the returned function is called. Where tags may not be read, no answer
   * has their count.
   */
  deny(rule: DenyRule): () => void;
  /** Sets keys of a listing. */
  setKeys(bucket: string, keys: Iterable<string>): void;
}

interface Input {
  Bucket: string;
  Key?: string;
  Body?: string;
  Range?: string;
  IfMatch?: string;
  Prefix?: string;
  StartAfter?: string;
  MaxKeys?: number;
}

/** A command of the SDK. Its own middleware runs; what a client adds when it sends does not. */
interface MemoryCommand {
  readonly input: Input;
  readonly constructor: { readonly name: string };
  readonly middlewareStack: {
    resolve(
      handler: () => Promise<MemoryAnswer>,
      context: object,
    ): (args: { readonly input: Input }) => Promise<MemoryAnswer>;
  };
}

interface MemoryAnswer {
  readonly output: object;
  readonly response: { readonly headers: Readonly<Record<string, string>> };
}

export interface MemoryS3Options {
  readonly pageSize: number;
  /** Called before each request. What it throws is the answer. */
  readonly before?: (call: Call) => void | Promise<void>;
  /** Called when the request is done. What it throws is the answer. */
  readonly after?: (call: Call) => void | Promise<void>;
  readonly modified?: Date;
  /** The size of the pieces in which a body arrives. */
  readonly chunkSize?: number;
}

export function createMemoryS3({
  pageSize,
  before,
  after,
  modified = new Date('2026-11-24T12:00:00Z'),
  chunkSize = 65_536,
}: MemoryS3Options): MemoryS3 {
  const buckets = new Map<string, Map<string, string>>();
  const files = new Map<string, Buffer>();
  const attributes = new Map<string, ObjectAttributes>();
  const denials = new Denials();
  const sorted = new Map<string, string[]>();
  const calls: Call[] = [];
  const bucket = (name: string) => buckets.get(name) ?? buckets.set(name, new Map()).get(name)!;

  const list = ({ Bucket, Prefix = '', StartAfter, MaxKeys = pageSize }: Input) => {
    if (!sorted.has(Bucket)) {
      sorted.set(Bucket, [...bucket(Bucket).keys()].sort(compareKeys));
    }
    const keys = sorted.get(Bucket)!;
    const matching: string[] = [];
    for (let i = findFirst(keys, StartAfter); i < keys.length && matching.length <= MaxKeys; i++) {
      if (keys[i].startsWith(Prefix)) {
        matching.push(keys[i]);
      }
    }
    const Contents = matching
      .slice(0, MaxKeys)
      .map((Key) => ({ Key, ETag: `"${digest(Key)}"`, Size: 1, LastModified: modified }));
    return { Contents, IsTruncated: matching.length > MaxKeys };
  };
  const mayCall = (operation: string, { Bucket, Key }: Input) => {
    try {
      denials.check(operation, Bucket, Key);
      return true;
    } catch {
      return false;
    }
  };
  const getHeaders = (operation: string, input: Input): Record<string, string> => {
    const { tags = {}, headers = {} } = attributes.get(`${input.Bucket}/${input.Key}`) ?? {};
    const count = Object.keys(tags).length;
    const all = { ...headers, ...(count > 0 && { 'x-amz-tagging-count': String(count) }) };
    const secret = findSecretHeaders(all, (guarded) => mayCall(guarded, input));
    return /^(Head|Get)Object$/.test(operation)
      ? Object.fromEntries(Object.entries(all).filter(([name]) => !secret.includes(name)))
      : {};
  };
  const perform = (operation: string, input: Input, headers: Record<string, string>): object => {
    if (!mayCall(operation, input)) {
      throw refused('AccessDenied', 403);
    }
    switch (operation) {
      case 'ListObjectsV2':
        return list(input);
      case 'PutObject':
        bucket(input.Bucket).set(input.Key!, input.Body!);
        sorted.delete(input.Bucket);
        return { ETag: `"${digest(input.Body!)}"` };
      case 'GetObject': {
        const found =
          files.get(`${input.Bucket}/${input.Key}`) ?? bucket(input.Bucket).get(input.Key!);
        if (found === undefined) {
          throw refused('NoSuchKey', 404);
        }
        const ETag = `"${digest(found)}"`;
        if (input.IfMatch !== undefined && input.IfMatch !== ETag) {
          throw refused('PreconditionFailed', 412);
        }
        const whole = Buffer.from(found);
        const from = Number(/^bytes=(\d+)-$/.exec(input.Range ?? 'bytes=0-')![1]);
        if (input.Range && from >= whole.length) {
          throw refused('InvalidRange', 416);
        }
        const bytes = whole.subarray(from);
        const transformToString = async () => bytes.toString();
        return {
          ETag,
          ...toFields(headers),
          ContentLength: bytes.length,
          Body: Object.assign(toChunks(bytes, chunkSize), { transformToString }),
        };
      }
      case 'HeadObject': {
        if (!bucket(input.Bucket).has(input.Key!)) {
          throw refused('NotFound', 404);
        }
        return {
          ETag: `"${digest(input.Key!)}"`,
          ...toFields(headers),
          ContentLength: 1,
          LastModified: modified,
        };
      }
      case 'GetObjectTagging': {
        const { tags = {} } = attributes.get(`${input.Bucket}/${input.Key}`) ?? {};
        return { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
      }
      default:
        throw new Error(`${operation} is not in the memory S3`);
    }
  };
  const send = async (command: MemoryCommand): Promise<object> => {
    const call = { operation: command.constructor.name.replace(/Command$/, ''), ...command.input };
    calls.push(call);
    await before?.(call);
    const headers = getHeaders(call.operation, call);
    const handle = command.middlewareStack.resolve(
      async () => ({
        output: perform(call.operation, command.input, headers),
        response: { headers },
      }),
      {},
    );
    const { output } = await handle({ input: command.input });
    await after?.(call);
    return output;
  };
  return {
    s3: { send } as unknown as S3Client,
    calls,
    buckets,
    putFile: (name, key, content) => {
      files.set(`${name}/${key}`, content);
    },
    describe: (name, key, given) => {
      attributes.set(`${name}/${key}`, given);
    },
    deny: (rule) => denials.add(rule),
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

/** The headers that the SDK knows, as it returns them. */
function toFields(headers: Readonly<Record<string, string>>): object {
  const count = headers['x-amz-tagging-count'];
  const redirect = headers['x-amz-website-redirect-location'];
  return {
    ...(count !== undefined && { TagCount: Number(count) }),
    ...(redirect !== undefined && { WebsiteRedirectLocation: redirect }),
  };
}

async function* toChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) {
    yield bytes.subarray(from, from + size);
  }
}

function refused(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}

function digest(text: string | Buffer): string {
  return createHash('md5').update(text).digest('hex');
}
