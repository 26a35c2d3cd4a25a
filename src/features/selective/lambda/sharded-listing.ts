/**
 * A listing that sends several requests concurrently, one per range of keys. The distribution of
 * keys is unknown, so it begins with one range, and divides the ranges that turn out to be long.
 */
import type { _Object, ListObjectsV2CommandInput } from '@aws-sdk/client-s3';
import { type Division, findDivision, type KeyRange, type ListedKeys } from './key-range';
import type { BucketClient } from '../../../lambda/s3/bucket-client';
import { compareKeys } from '../../../lambda/s3/listing/compare-keys';
import { listPage } from '../../../lambda/s3/listing/list-page';

/** A range that is not listed yet. Each page makes it smaller. */
interface Shard {
  range: KeyRange;
  page?: ListedKeys;
  /**
   * All keys from the start of the listing on, as far as they are known: what other ranges list
   * between is an estimate.
   */
  listed?: ListedKeys;
}

/**
 * One page may be wasted for each number of pages that is listed: a new range may be empty, and the
 * range before it lists too far with its last page. A request costs as much as this function costs
 * in a sixth of a second, so saving time with a wasted page is cheap, too.
 */
const PAGES_PER_WASTED_PAGE = 8;
/** Enough for the languages of file names. It bounds the time of a division. */
const MAX_ALPHABET = 5_000;

/** The position at which a range will be divided. */
interface Cut {
  readonly shard: Shard;
  readonly division: Division;
}

const PAGE_FIRST = ['page', 'listed'] as const;
const LISTED_FIRST = ['listed', 'page'] as const;

interface ListingOptions extends Pick<ListObjectsV2CommandInput, 'OptionalObjectAttributes'> {
  readonly source: BucketClient;
  readonly prefix: string;
  readonly gap?: string;
  readonly concurrency: number;
}

export class ShardedListing {
  requests = 0;
  private readonly shards: Shard[];
  private readonly inFlight = new Map<
    Shard,
    Promise<{ shard: Shard; objects: _Object[]; isLast: boolean }>
  >();
  private divisions = 0;
  private pages = 0;
  private wastedPages = 0;
  private readonly characters = new Set<string>();

  constructor(
    private readonly options: ListingOptions,
    ranges: readonly KeyRange[],
  ) {
    this.shards = ranges.map((range) => ({ range }));
  }

  get ranges(): KeyRange[] {
    return this.shards.map(({ range }) => range);
  }

  /** Yields pages of objects in no order, until `isOver`. Yielded keys leave `ranges`. */
  async *list(isOver: () => boolean): AsyncGenerator<_Object[]> {
    try {
      for (;;) {
        this.startRequests(isOver);
        if (this.inFlight.size === 0) {
          return;
        }
        const { shard, objects, isLast } = await Promise.race(this.inFlight.values());
        this.inFlight.delete(shard);
        yield this.take(shard, objects, isLast);
      }
    } finally {
      await Promise.allSettled(this.inFlight.values());
    }
  }

  private startRequests(isOver: () => boolean): void {
    const mayStart = () => this.inFlight.size < this.options.concurrency && !isOver();
    for (const shard of this.shards) {
      if (!this.inFlight.has(shard) && mayStart()) {
        this.start(shard);
      }
    }
    // With one more, each range will waste half a page at its end, on average.
    const expected = this.wastedPages + (this.shards.length + 1) / 2;
    const mayDivide = expected * PAGES_PER_WASTED_PAGE <= this.pages;
    if (mayDivide && mayStart()) {
      this.divide();
    }
  }

  private start(shard: Shard): void {
    const { source, prefix, OptionalObjectAttributes } = this.options;
    const { after } = shard.range;
    this.requests += 1;
    const page = source.request(async (s3) => {
      const input = {
        Bucket: source.name,
        Prefix: prefix,
        StartAfter: after,
        OptionalObjectAttributes,
      };
      const { Contents: objects = [], IsTruncated } = await listPage(s3, input);
      assertInOrder(objects, after);
      return { shard, objects, isLast: !IsTruncated };
    });
    page.catch(() => undefined); // The race below gets it.
    this.inFlight.set(shard, page);
  }

  /** The range may have become smaller since the request was sent. */
  private take(shard: Shard, objects: _Object[], isLast: boolean): _Object[] {
    const { gap, prefix } = this.options;
    const { until } = shard.range;
    const within = until === undefined ? objects : takeUntil(objects, until);
    this.pages += 1;
    this.wastedPages += objects.length === 0 ? 1 : 1 - within.length / objects.length;
    const last = within[within.length - 1]?.Key;
    if (isLast || within.length < objects.length || last === until) {
      this.shards.splice(this.shards.indexOf(shard), 1);
    } else {
      shard.range = { ...shard.range, after: last };
    }
    if (last !== undefined) {
      const { first, pages } = shard.listed ?? { first: within[0].Key!, pages: 0 };
      shard.page = { first: within[0].Key!, last, pages: 1 };
      shard.listed = { first, last, pages: pages + 1 };
      for (const character of last.slice(prefix.length)) {
        if (this.characters.size < MAX_ALPHABET) {
          this.characters.add(character);
        }
      }
    }
    return gap === undefined ? within : within.filter(({ Key: key }) => !key!.startsWith(gap));
  }

  /**
   * The last page tells how dense a cluster of keys is, and all pages how far apart they are. Each
   * is wrong at times, so they take turns, and each tries where the other finds nothing.
   */
  private divide(): void {
    const [one, other] = this.divisions % 2 === 0 ? PAGE_FIRST : LISTED_FIRST;
    const found = this.findLongest(one) ?? this.findLongest(other);
    if (found) {
      this.cut(found);
    }
  }

  private findLongest(known: 'page' | 'listed'): Cut | undefined {
    const { prefix } = this.options;
    const alphabet = [...this.characters].sort(compareKeys);
    let longest: Cut | undefined;
    for (const shard of this.shards) {
      const listed = shard[known];
      const division = listed && findDivision(shard.range, listed, this.pages, prefix, alphabet);
      if (division && (!longest || division.pages > longest.division.pages)) {
        longest = { shard, division };
      }
    }
    return longest;
  }

  private cut({ shard, division }: Cut): void {
    const listed = shard.listed!;
    const other: Shard = {
      range: { ...shard.range, after: division.key },
      listed: {
        first: listed.first,
        last: division.key,
        pages: listed.pages + division.pages,
      },
    };
    shard.range = { ...shard.range, until: division.key };
    this.divisions += 1;
    this.shards.push(other);
    this.start(other);
  }
}

/** Objects are in order. */
function takeUntil(objects: _Object[], until: string): _Object[] {
  const end = objects.findIndex(({ Key: key }) => compareKeys(key!, until) > 0);
  return end < 0 ? objects : objects.slice(0, end);
}

/**
 * A page that does not follow the one before it would list objects twice, or for ever. It counts as
 * an answer that cannot be read.
 */
function assertInOrder(objects: readonly _Object[], after: string | undefined): void {
  const isInOrder = objects.every(({ Key: key }, index) => {
    const previous = index === 0 ? after : objects[index - 1].Key;
    return previous === undefined || compareKeys(previous, key!) < 0;
  });
  if (isInOrder) {
    return;
  }
  throw Object.assign(
    new Error('S3 answered with another page of the listing than the one that was asked for'),
    { name: 'UnreadableAnswer', $retryable: {} },
  );
}
