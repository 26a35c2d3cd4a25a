/**
 * Lists a prefix in several requests at the same time. Nobody knows beforehand how its keys are spread, so the listing begins
 * as one range of keys. The longer it turns out to be, the more often a range is divided.
 */
import type { _Object } from '@aws-sdk/client-s3';
import { findMiddle, isBeyond, isInside, type KeyRange, LAST_CHARACTER } from './key-range';
import type { BucketClient } from '../s3/bucket-client';
import { compareKeys } from '../s3/compare-keys';
import { listPage } from '../s3/list-page';
import { getCommonPrefix } from '../text/common-prefix';

/** A range that is not listed yet. Each page makes it smaller. */
interface Shard {
  range: KeyRange;
  /** The number of pages since it was divided. */
  pages: number;
}

export interface ShardedListingOptions {
  readonly source: BucketClient;
  readonly prefix: string;
  /** Keys that begin with it are left out. */
  readonly gap?: string;
  /** The most requests at the same time. */
  readonly concurrency: number;
}

/**
 * One request in so many may begin a range that proves to be empty. A new range also costs the part of a page that the range
 * before it has read too far.
 */
const PAGES_PER_DIVISION = 16;
/** With more, four digits of a key would not be an exact number any more. */
const MAX_ALPHABET = 200;

export class ShardedListing {
  /** The number of requests. */
  requests = 0;
  private readonly shards: Shard[];
  private readonly inFlight = new Map<Shard, Promise<{ shard: Shard; objects: _Object[]; isLast: boolean }>>();
  private divisions = 0;
  private pages = 0;
  /** What all keys so far begin with. */
  private envelope: string | undefined;
  private readonly characters = new Set<string>();

  constructor(private readonly options: ShardedListingOptions, ranges: readonly KeyRange[]) {
    this.shards = ranges.map((range) => ({ range, pages: 0 }));
  }

  /** What is still to be listed. */
  get ranges(): KeyRange[] {
    return this.shards.map(({ range }) => range);
  }

  /**
   * Yields the objects of each page, in no order. What is yielded is not part of `ranges` any more.
   *
   * @param isOver returns true if no further page shall be listed
   */
  async* list(isOver: () => boolean): AsyncGenerator<_Object[]> {
    try {
      for (;;) {
        if (!isOver()) { this.startRequests(); }
        if (this.inFlight.size === 0) { return; }
        const { shard, objects, isLast } = await Promise.race(this.inFlight.values());
        this.inFlight.delete(shard);
        yield this.take(shard, objects, isLast);
      }
    } finally {
      await Promise.allSettled(this.inFlight.values());
    }
  }

  private startRequests(): void {
    for (const shard of this.shards) {
      if (this.inFlight.size < this.options.concurrency && !this.inFlight.has(shard)) { this.start(shard); }
    }
    if (this.inFlight.size < this.options.concurrency && (this.divisions + 1) * PAGES_PER_DIVISION <= this.pages) { this.divide(); }
  }

  private start(shard: Shard): void {
    const { source, prefix } = this.options;
    const { after } = shard.range;
    this.requests += 1;
    const page = source.request(async (s3) => {
      const { Contents: objects = [], IsTruncated } = await listPage(s3, { Bucket: source.name, Prefix: prefix, StartAfter: after });
      assertInOrder(objects, after, IsTruncated === true);
      return { shard, objects, isLast: !IsTruncated };
    });
    page.catch(() => undefined); // The race below gets it.
    this.inFlight.set(shard, page);
  }

  /** The range may have become smaller since the request was sent. */
  private take(shard: Shard, objects: _Object[], isLast: boolean): _Object[] {
    const { gap } = this.options;
    const within = objects.filter(({ Key: key }) => !isBeyond(shard.range, key!));
    this.pages += 1;
    shard.pages += 1;
    const last = within[within.length - 1]?.Key;
    if (isLast || within.length < objects.length || last === shard.range.until) {
      this.shards.splice(this.shards.indexOf(shard), 1);
    } else {
      shard.range = { ...shard.range, after: last };
    }
    if (last !== undefined) { this.learn(within[0].Key!, last); }
    return gap === undefined ? within : within.filter(({ Key: key }) => !key!.startsWith(gap));
  }

  private learn(first: string, last: string): void {
    this.envelope = getCommonPrefix([this.envelope ?? first, first, last]);
    for (const character of last.slice(this.options.prefix.length)) {
      if (this.characters.size < MAX_ALPHABET) { this.characters.add(character); }
    }
  }

  /** Begins a new range in the middle of the one that has had the most pages since it was divided. */
  private divide(): void {
    const alphabet = [...this.characters].sort(compareKeys);
    for (const shard of [...this.shards].sort((a, b) => b.pages - a.pages)) {
      const middle = this.findDivision(shard.range, alphabet);
      if (middle === undefined) { continue; }
      const other: Shard = { range: { ...shard.range, after: middle }, pages: 0 };
      shard.range = { ...shard.range, until: middle };
      shard.pages = 0;
      this.divisions += 1;
      this.shards.push(other);
      return this.start(other);
    }
  }

  /** Nothing is known of the end of the last range, so it is first divided from what begins otherwise than all keys so far. */
  private findDivision(range: KeyRange, alphabet: readonly string[]): string | undefined {
    const { prefix } = this.options;
    const outside = (this.envelope ?? '') + LAST_CHARACTER;
    if (range.until === undefined && outside.length > prefix.length + 1 && isInside(range, outside)) { return outside; }
    return findMiddle(range, prefix, alphabet);
  }
}

/** A page that does not follow the one before it would list objects twice, or for ever. It counts as an answer that cannot be read. */
function assertInOrder(objects: readonly _Object[], after: string | undefined, isTruncated: boolean): void {
  let before = after;
  const isInOrder = objects.every(({ Key: key }) => {
    const follows = before === undefined || compareKeys(before, key!) < 0;
    before = key;
    return follows;
  });
  if (isInOrder && !(isTruncated && objects.length === 0)) { return; }
  throw Object.assign(new Error('S3 answered with another page of the listing than the one that was asked for'), { name: 'UnreadableAnswer', $retryable: {} });
}
