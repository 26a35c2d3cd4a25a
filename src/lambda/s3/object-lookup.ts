import type { BucketClient, ObjectHead } from './bucket-client';
import { compareKeys, getCommonPrefix, getKeyBefore } from './listing/compare-keys';
import { listPage } from './listing/list-page';
import { orderedMap } from './ordered-map';

export interface FoundObject {
  readonly etag: string;
  readonly size: number;
  readonly head?: ObjectHead;
}

/**
 * A request that lists a thousand keys costs as much as asking 12.5 objects
 * (https://aws.amazon.com/s3/pricing/).
 */
export const HEADS_PER_LIST = 12.5;
export const HEADS_AT_ONCE = 64;
const MAX_HEADS = 512;

/**
 * Finds those of the keys that the bucket holds. It only lists, because a role that may list
 * objects need not be allowed to read them.
 */
export async function findListed(
  bucket: BucketClient,
  keys: readonly string[],
): Promise<ReadonlyMap<string, FoundObject>> {
  const wanted = [...new Set(keys)].sort(compareKeys);
  const ask = async (key: string) => {
    const object = await bucket.find(key);
    return object && { etag: object.ETag!, size: object.Size! };
  };
  const lookup = new ObjectLookup(bucket, wanted, ask, 1);
  const found = new Map<string, FoundObject>();
  for (let next = 0; next < wanted.length;) {
    for (const object of await lookup.next(next)) {
      if (object) {
        found.set(wanted[next], object);
      }
      next += 1;
    }
  }
  return found;
}

/**
 * Looks keys up by listing where a page shows many of them, and one by one where other keys lie
 * between them. It finds out by trying.
 */
export class ObjectLookup {
  private heads = 0;
  private misses = 0;

  /**
   * @param asksPerList how many objects are asked for the price of a listing. Infinity: each is
   * asked, because no listing shows its checksums
   */
  constructor(
    private readonly bucket: BucketClient,
    private readonly keys: readonly string[],
    private readonly ask: (key: string) => Promise<FoundObject | undefined>,
    private readonly asksPerList: number,
  ) {}

  /** Returns what the bucket holds under the next keys, at least one. Undefined: nothing. */
  next(from: number): Promise<(FoundObject | undefined)[]> {
    if (this.keys.length - from < this.asksPerList) {
      return this.askNext(from, MAX_HEADS);
    }
    if (this.heads === 0) {
      return this.list(from);
    }
    const heads = Math.min(this.heads, MAX_HEADS);
    this.heads = 0;
    return this.askNext(from, heads);
  }

  private async list(from: number): Promise<(FoundObject | undefined)[]> {
    const page = await this.bucket.request((s3) =>
      listPage(s3, {
        Bucket: this.bucket.name,
        Prefix: getCommonPrefix(this.keys.slice(from)),
        StartAfter: getKeyBefore(this.keys[from]) || undefined,
      }),
    );
    const listed = new Map(
      (page.Contents ?? []).map(({ Key, ETag, Size }) => [Key!, { etag: ETag!, size: Size! }]),
    );
    const last = page.IsTruncated ? page.Contents!.at(-1)!.Key! : undefined;
    let to = from;
    while (to < this.keys.length && (last === undefined || compareKeys(this.keys[to], last) <= 0)) {
      to += 1;
    }
    // The fewer of our keys a page shows, the longer until the next one is tried.
    this.misses = to - from < this.asksPerList ? this.misses + 1 : 0;
    this.heads = this.misses > 0 ? Math.ceil(this.asksPerList) * 2 ** Math.min(this.misses, 6) : 0;
    return to === from
      ? this.askNext(from, 1)
      : this.keys.slice(from, to).map((key) => listed.get(key));
  }

  private async askNext(from: number, count: number): Promise<(FoundObject | undefined)[]> {
    const found: (FoundObject | undefined)[] = [];
    for await (const each of orderedMap(
      this.keys.slice(from, from + count),
      HEADS_AT_ONCE,
      this.ask,
    )) {
      found.push(each);
    }
    return found;
  }
}
