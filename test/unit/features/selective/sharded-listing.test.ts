import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import {
  findDivision,
  isInside,
  LAST_CHARACTER,
} from '../../../../src/features/selective/lambda/key-range';
import { ShardedListing } from '../../../../src/features/selective/lambda/sharded-listing';
import type { BucketClient } from '../../../../src/lambda/s3/bucket-client';
import { compareKeys } from '../../../../src/lambda/s3/listing/compare-keys';

const PREFIX = 'incoming/';
const PAGE_SIZE = 100;
const PAGES = 400;
const CONCURRENCY = 32;

const padded = (i: number, digits: number) => String(i).padStart(digits, '0');
const hashed = (i: number) => createHash('md5').update(String(i)).digest('hex');

/** Names as producers write them. */
const NAMES: Record<string, (i: number) => string> = {
  'one number after the other': (i) => `2026-11-24-${padded(i, 7)}.csv`,
  'numbers without zeros': String,
  hashes: hashed,
  'days that have as many keys each': (i) =>
    `2026-${padded(1 + ((i * 7) % 12), 2)}-${padded(1 + ((i * 11) % 28), 2)}-${padded(i, 7)}.log`,
  'times of a day': (i) =>
    `logs/prod/2026-11-24T${padded(i % 24, 2)}:${padded(i % 60, 2)}:${padded((i * 7) % 60, 2)}Z-${hashed(i).slice(0, 6)}.log`,
  'one deep folder beside many small ones': (i) =>
    i % 100 === 0
      ? `${hashed(i).slice(0, 6)}/a`
      : `tenant-eu/sensor/2026-11-24/${padded(i, 7)}.bin`,
};

/** Answers each request one tick after it was sent. */
class StubbedS3 {
  ticks = 0;
  requests = 0;
  private readonly waiting: Array<{ readonly due: number; readonly answer: () => void }> = [];
  private isOpen = true;

  constructor(
    private readonly keys: readonly string[],
    private readonly pageSize: number,
  ) {
    const tick = () => {
      const next = this.waiting.shift();
      if (next) {
        this.ticks = next.due;
        next.answer();
      }
      if (this.isOpen) {
        setImmediate(tick);
      }
    };
    setImmediate(tick);
  }

  send({
    input: { StartAfter: after },
  }: {
    readonly input: { readonly StartAfter?: string };
  }): Promise<object> {
    this.requests += 1;
    const from = after === undefined ? 0 : this.countUpTo(after);
    const page = this.keys.slice(from, from + this.pageSize).map((Key) => ({ Key }));
    return new Promise((resolve) => {
      this.waiting.push({
        due: this.ticks + 1,
        answer: () =>
          resolve({ Contents: page, IsTruncated: from + this.pageSize < this.keys.length }),
      });
    });
  }

  close(): void {
    this.isOpen = false;
  }

  private countUpTo(key: string): number {
    let [low, high] = [0, this.keys.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (compareKeys(this.keys[middle], key) > 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}

async function listAll(names: (i: number) => string, count: number, pageSize: number) {
  const keys = [
    ...new Set(Array.from({ length: count * pageSize }, (_, i) => PREFIX + names(i))),
  ].sort(compareKeys);
  const s3 = new StubbedS3(keys, pageSize);
  const source = {
    name: 'source',
    request: (send: (client: StubbedS3) => Promise<object>) => send(s3),
  } as unknown as BucketClient;
  const listing = new ShardedListing({ source, prefix: PREFIX, concurrency: CONCURRENCY }, [{}]);
  const listed: string[] = [];
  for await (const page of listing.list(() => false)) {
    listed.push(...page.map(({ Key }) => Key!));
  }
  s3.close();
  expect(listed.sort(compareKeys)).toEqual(keys);
  return { pages: Math.ceil(keys.length / pageSize), ticks: s3.ticks, requests: s3.requests };
}

test.each(Object.keys(NAMES))(
  '%s are listed by several requests at a time, of which few are in vain',
  async (what) => {
    const { pages, ticks, requests } = await listAll(NAMES[what], PAGES, PAGE_SIZE);
    expect(ticks).toBeLessThan(pages / 4);
    expect(requests).toBeLessThanOrEqual((pages * 9) / 8 + 2 * CONCURRENCY);
  },
);

// All keys say that there is nothing more to divide, and the last page says that there is.
test.each(Object.keys(NAMES))('%s are listed so until the end', async (what) => {
  const { pages, ticks, requests } = await listAll(NAMES[what], 2_000, 20);
  expect(ticks).toBeLessThan(pages / 12);
  expect(requests).toBeLessThanOrEqual((pages * 9) / 8 + 2 * CONCURRENCY);
});

const CHARACTERS = ['-', '0', '9', 'a', 'z', '\u00e9', '\u58f2', '\u{1f300}', LAST_CHARACTER];
const key = fc
  .array(fc.constantFrom(...CHARACTERS), { minLength: 1, maxLength: 6 })
  .map((characters) => PREFIX + characters.join(''));

test('a division is inside of its range, whatever the keys and the alphabet are', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(key, { minLength: 3, maxLength: 3 }),
      fc.subarray(CHARACTERS.slice(0, -1)),
      fc.nat(1_000),
      fc.boolean(),
      (keys, alphabet, pages, isOpen) => {
        const [first, last, until] = keys.sort(compareKeys);
        const range = { after: last, until: isOpen ? undefined : until };
        const division = findDivision(range, { first, last, pages: 1 }, pages, PREFIX, alphabet);
        return division === undefined || isInside(range, division.key);
      },
    ),
    { verbose: true },
  );
});

test('keys that begin with the highest character so far are divided, too', () => {
  const range = { after: `${PREFIX}9225`, until: `${PREFIX}${LAST_CHARACTER}` };
  expect(
    findDivision(range, { first: `${PREFIX}9125`, last: `${PREFIX}9225`, pages: 1 }, 2, PREFIX, [
      ...'0123456789',
    ]),
  ).toEqual({ key: `${PREFIX}9425`, pages: 2 });
});

test('a division that is longer than a key may be is left out', () => {
  const last = `${PREFIX}${'\u{10000}'.repeat(253)}ab`;
  const divide = (alphabet: readonly string[]) =>
    findDivision({ after: last }, { first: last, last, pages: 1 }, 1, PREFIX, alphabet);
  expect(Buffer.byteLength(divide(['a', 'b', '\u{10000}'])!.key)).toBe(1_024);
  expect(divide(['a', '\u{10000}'])).toBeUndefined(); // The next character has four bytes.
});
