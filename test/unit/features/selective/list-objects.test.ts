import * as fc from 'fast-check';
import type {
  ListedObject,
  PlannedPart,
  RunListing,
} from '../../../../src/contract/payloads/listing';
import { parseDateSource } from '../../../../src/dates/key-dates';
import { parseLayout } from '../../../../src/dates/layout';
import { listObjects } from '../../../../src/features/selective/lambda/list-objects';
import {
  type PlanContext,
  splitEvenly,
} from '../../../../src/features/selective/lambda/plan-round';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { createSelector } from '../../../../src/lambda/selection/select-objects';
import { testRun } from '../../../helpers/batch-fixtures';
import { testSettings } from '../../../helpers/environment';
import {
  type Call,
  createMemoryS3,
  type MemoryS3,
  type MemoryS3Options,
} from '../../../helpers/memory-s3';
import { KILL_EVERY } from '../../../helpers/thorough';

const RUN = testRun();
const PLAN = `${RUN.reportPrefix}plan/`;

interface Options {
  readonly prefix?: string;
  readonly destinationPrefix?: string;
  readonly destinationBucket?: string;
  readonly concurrency?: number;
  readonly batchSize?: number;
  readonly maxPartsOfRound?: number;
}

function createContext(memory: MemoryS3, options: Options = {}): PlanContext {
  const {
    prefix = '',
    destinationPrefix = 'archive/',
    destinationBucket = 'source',
    concurrency = 4,
    batchSize = 5,
    maxPartsOfRound,
  } = options;
  const settings = testSettings({
    sourceBucket: 'source',
    sourcePrefix: prefix,
    destinationBucket,
    destinationPrefix,
    dateSource: parseDateSource({ kind: 'objectName', formats: ['yyyy-MM-dd'] }),
    layout: parseLayout({ format: 'yyyy/MM/dd/' }),
    listingConcurrency: concurrency,
    batchSize,
  });
  return {
    s3: memory.s3,
    clock: systemClock,
    settings,
    select: createSelector(settings, RUN),
    maxPartsOfRound,
  };
}

const KILLED = Object.assign(new Error('killed'), { name: 'Killed' });

/**
 * Invokes the function as the state machine does: again if it failed, and again until everything is
 * listed.
 */
async function listAll(
  context: PlanContext,
  prefix = '',
  invoke = listObjects,
): Promise<RunListing> {
  let listing: RunListing = { prefix };
  for (let attempts = 0; !listing.progress?.finished; attempts++) {
    if (attempts > 1_000) {
      throw new Error('the listing has no end');
    }
    try {
      // As JSON, because a state is JSON.
      listing = JSON.parse(
        JSON.stringify(await invoke(context, { run: RUN, listing }, 600_000)),
      ) as RunListing;
    } catch (error) {
      if (error !== KILLED) {
        throw error;
      }
    }
  }
  return listing;
}

function readLines<T>(memory: MemoryS3, key: string): T[] {
  return memory.buckets
    .get('reports')!
    .get(key)!
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** What the children of the map get. */
function readPlan(memory: MemoryS3, { progress }: RunListing): string[][] {
  if (!progress?.partsKey) {
    return [];
  }
  return readLines<PlannedPart>(memory, progress.partsKey).map(({ name, objects }) => {
    const items = readLines<ListedObject>(memory, `${PLAN}${name}.jsonl`);
    expect(items).toHaveLength(objects);
    return items.map(({ Key }) => Key);
  });
}

const isDue = (key: string) =>
  key.slice(key.lastIndexOf('/') + 1).includes('2026-11-24') && !key.endsWith('/');
const sort = (keys: Iterable<string>) => [...keys].sort();

/**
 * Keys at the edges of what ranges are: first, last, long, the archive's neighbors, and characters
 * that JavaScript sorts otherwise.
 */
const ODD_KEYS = [
  '!2026-11-24',
  'archive-2026-11-24',
  'archive.2026-11-24',
  'archive0 2026-11-24',
  'archive0',
  'a/2026-11-24',
  'a/b/2026-11-24/',
  'zz\u{10ffff}2026-11-24',
  '\uffee2026-11-24',
  '\u{1f600}2026-11-24',
  '\ue000 2026-11-24',
  '\ud7ff 2026-11-24',
  `${'l'.repeat(1_014)}2026-11-24`,
  `${'l'.repeat(1_012)}2026-11-24`,
  `${'\u{1f600}'.repeat(253)}2026-11-24`,
  '\u0001 2026-11-24',
  'quote" \\ 2026-11-24\n',
  '2026-11-24',
  '2026-11-23',
];
const ARCHIVED = [
  'archive/',
  'archive/2026/11/24/2026-11-24',
  'archive/\u{10fffd}2026-11-24',
  'archive/\u{10fffe}2026-11-24',
  `archive/${'\u{10ffff}'.repeat(200)}2026-11-24`,
];
const MANY = Array.from(
  { length: 150 },
  (_, i) => `in/${i % 3}/${String(i).padStart(4, '0')}-2026-11-${i % 2 === 0 ? 24 : 23}.csv`,
);

function memoryOf(keys: Iterable<string>, options: Partial<MemoryS3Options> = {}): MemoryS3 {
  const memory = createMemoryS3({ pageSize: 4, ...options });
  memory.setKeys('source', keys);
  return memory;
}

test('a plan has each selected object once, and the counts of what is not in it', async () => {
  const memory = memoryOf([...ODD_KEYS, ...MANY, ...ARCHIVED]);
  const listing = await listAll(createContext(memory));
  const plan = readPlan(memory, listing);
  const due = [...ODD_KEYS, ...MANY].filter(isDue);
  expect(sort(plan.flat())).toEqual(sort(due));
  expect(plan.every((keys) => keys.length <= 5)).toBe(true);
  expect(plan).toHaveLength(Math.ceil(due.length / 5));
  expect(listing.progress).toMatchObject({
    finished: true,
    rounds: 1,
    parts: plan.length,
    listed: ODD_KEYS.length + MANY.length,
    selected: due.length,
    skipped: { stragglers: { count: MANY.length / 2 + 1, oldest: '2026-11-23' } },
    requests: memory.calls.filter(({ operation }) => operation === 'ListObjectsV2').length,
  });
});

test.each([
  ['one batch', 900, 10_000, 2, [900]],
  ['both batches that run at the same time', 10_001, 10_000, 2, [5_000, 5_001]],
  ['a multiple of them', 25_000, 10_000, 2, [6_250, 6_250, 6_250, 6_250]],
  ['no batch that is not worth its requests', 2_500, 10_000, 10, [833, 833, 834]],
  ['small batches, where the prop asks for them', 5, 2, 2, [1, 2, 2]],
  ['nothing', 0, 10_000, 2, []],
  ['batches that make those before even', 25_000, 10_000, 2, [8_333, 8_333, 8_334], 1],
])('what is left at the end becomes %s', (_, objects, batchSize, atOnce, sizes, planned = 0) => {
  const all = Array.from({ length: objects }, (__, i) => i);
  const parts = splitEvenly(all, batchSize, atOnce, planned);
  expect(parts.map(({ length }) => length)).toEqual(sizes);
  expect(parts.flat()).toEqual(all);
});

test('no batch is larger than the prop says, however many objects there are', async () => {
  for (const objects of [1, 9, 10, 11, 29, 30, 31, 93]) {
    const keys = Array.from({ length: objects }, (_, i) => `in/${i}-2026-11-24`);
    const memory = memoryOf(keys);
    const plan = readPlan(memory, await listAll(createContext(memory, { batchSize: 10 })));
    expect(sort(plan.flat())).toEqual(sort(keys));
    expect(plan).toHaveLength(Math.ceil(objects / 10));
    expect(Math.max(...plan.map(({ length }) => length))).toBeLessThanOrEqual(10);
  }
});

test('an item is as the reader of the map would have it', async () => {
  const memory = memoryOf(['2026-11-24']);
  const { progress } = await listAll(createContext(memory));
  const [{ name }] = readLines<PlannedPart>(memory, progress!.partsKey!);
  expect(readLines(memory, `${PLAN}${name}.jsonl`)).toEqual([
    {
      Key: '2026-11-24',
      Etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) as string,
      LastModified: Date.parse('2026-11-24T12:00:00Z') / 1000,
      Size: 1,
    },
  ]);
});

test('without a selected object there is no plan', async () => {
  const memory = memoryOf(['2026-11-23']);
  const { progress } = await listAll(createContext(memory));
  expect(progress).toMatchObject({
    finished: true,
    parts: 0,
    partsKey: null,
    listed: 1,
    selected: 0,
  });
  expect(memory.calls.map(({ operation }) => operation)).toEqual([
    'ListObjectsV2',
    'ListObjectsV2',
  ]);
});

test('what lies in the archive is not listed', async () => {
  const archived = Array.from({ length: 1_000 }, (_, i) => `archive/2026/11/24/${i}-2026-11-24`);
  const memory = memoryOf([...MANY, ...archived], { pageSize: 10 });
  const { progress } = await listAll(createContext(memory));
  expect(progress!.listed).toBe(MANY.length);
  expect(progress!.requests).toBeLessThanOrEqual(MANY.length / 10 + 3);

  const elsewhere = memoryOf([...MANY, ...archived], { pageSize: 10 });
  expect(
    (await listAll(createContext(elsewhere, { destinationBucket: 'other' }))).progress!.listed,
  ).toBe(MANY.length + archived.length);
});

test('a long listing is divided, and a short one is not', async () => {
  let open = 0;
  let most = 0;
  const counting: Partial<MemoryS3Options> = {
    before: async () => {
      most = Math.max(most, ++open);
      await new Promise(setImmediate);
    },
    after: () => {
      open -= 1;
    },
  };
  const keys = Array.from(
    { length: 4_000 },
    (_, i) => `in/${String((i * 7919) % 4_000).padStart(5, '0')}`,
  );
  const { progress } = await listAll(
    createContext(memoryOf(keys, counting), { prefix: 'in/', concurrency: 8 }),
    'in/',
  );
  expect(progress!.listed).toBe(4_000);
  expect(most).toBe(8);
  expect(progress!.requests).toBeLessThanOrEqual(1_000 * 1.125);

  most = 0;
  const short = await listAll(
    createContext(memoryOf(keys.slice(0, 28), counting), { prefix: 'in/', concurrency: 8 }),
    'in/',
  );
  expect(most).toBe(1);
  expect(short.progress!.requests).toBe(7);
});

describe('a round that dies', () => {
  const keys = [...ODD_KEYS, ...MANY, ...ARCHIVED];
  const options = { maxPartsOfRound: 4, concurrency: 3 };
  const due = sort([...ODD_KEYS, ...MANY].filter(isDue));

  /**
   * @param killAt the number of the call at which the first invocation that reaches it dies, before
   * or after S3 does what it says
   */
  async function listWithKill(
    killAt: number,
    when: 'before' | 'after',
    change?: (memory: MemoryS3) => void,
  ) {
    let calls = 0;
    let isDead = false;
    let wasKilled = false;
    const numbers = new Map<Call, number>();
    const dieAt = (call: Call, moment: 'before' | 'after') => {
      if (!wasKilled && numbers.get(call) === killAt && moment === when) {
        isDead = true;
        wasKilled = true;
        change?.(memory);
      }
      if (isDead) {
        throw KILLED;
      }
    };
    const memory = memoryOf(keys, {
      before: (call) => {
        numbers.set(call, ++calls);
        dieAt(call, 'before');
      },
      after: (call) => dieAt(call, 'after'),
    });
    const listing = await listAll(createContext(memory, options), '', async (...event) => {
      try {
        return await listObjects(...event);
      } finally {
        isDead = false;
      }
    });
    return { memory, listing, calls, wasKilled };
  }

  test('neither doubles nor drops an object, at whichever call it dies', async () => {
    const { listing: whole, calls, memory: undisturbed } = await listWithKill(Infinity, 'before');
    expect(whole.progress!.rounds).toBeGreaterThan(3);
    expect(sort(readPlan(undisturbed, whole).flat())).toEqual(due);
    let kills = 0;
    for (let killAt = 1; killAt <= calls; killAt += KILL_EVERY) {
      for (const when of ['before', 'after'] as const) {
        const { memory, listing, wasKilled } = await listWithKill(killAt, when);
        kills += Number(wasKilled);
        expect({ killAt, when, plan: sort(readPlan(memory, listing).flat()) }).toEqual({
          killAt,
          when,
          plan: due,
        });
        const { skipped } = whole.progress!;
        expect(listing.progress).toMatchObject({
          listed: ODD_KEYS.length + MANY.length,
          selected: due.length,
          skipped,
        });
      }
    }
    expect(kills).toBe(2 * Math.ceil(calls / KILL_EVERY));
  });

  test('has no part in the plan if the source changed before it was repeated', async () => {
    const added = 'in/0/0000-2026-11-24-added.csv';
    const removed = 'in/0/0000-2026-11-24.csv';
    const { calls } = await listWithKill(Infinity, 'before');
    for (let killAt = 1; killAt <= calls; killAt += KILL_EVERY) {
      const { memory, listing } = await listWithKill(killAt, 'after', ({ setKeys }) => {
        setKeys('source', [added, ...keys.filter((key) => key !== removed)]);
      });
      const plan = readPlan(memory, listing).flat();
      expect({ killAt, doubled: plan.length - new Set(plan).size }).toEqual({ killAt, doubled: 0 });
      expect({
        killAt,
        missing: due.filter((key) => key !== removed && !plan.includes(key)),
      }).toEqual({ killAt, missing: [] });
      expect(listing.progress!.selected).toBe(plan.length);
    }
  });

  test('changes nothing of the plan, although it still runs while it is repeated', async () => {
    const memory = memoryOf(keys);
    const context = createContext(memory, options);
    const given = { prefix: '' };
    const first = await listObjects(context, { run: RUN, listing: given }, 600_000);
    const plan = readPlan(
      memory,
      await listAll(context, '', async (c, event, ms) =>
        listObjects(c, { ...event, listing: event.listing.progress ? event.listing : first }, ms),
      ),
    );
    memory.setKeys('source', keys.slice(3));
    // The given-up invocation sees another source, and goes on.
    await listAll(context);
    memory.setKeys('source', keys);
    const again = await listAll(context, '', async (c, event, ms) =>
      listObjects(c, { ...event, listing: event.listing.progress ? event.listing : first }, ms),
    );
    expect(readPlan(memory, again)).toEqual(plan);
  });
});

test('a page that does not follow the one before it is no part of the listing', async () => {
  let page: object | undefined;
  let repeated = 0;
  const memory = memoryOf(MANY);
  const send = memory.s3.send.bind(memory.s3) as (command: unknown) => Promise<object>;
  memory.s3.send = (async (command: { readonly constructor: { readonly name: string } }) => {
    const isList = command.constructor.name.startsWith('List');
    if (isList && page && repeated++ === 2) {
      return page;
    }
    const answer = await send(command);
    if (isList) {
      page ??= answer;
    }
    return answer;
  }) as never;
  const listing = await listAll(createContext(memory, { prefix: 'in/', concurrency: 1 }), 'in/');
  expect(repeated).toBeGreaterThan(2);
  expect(sort(readPlan(memory, listing).flat())).toEqual(sort(MANY.filter(isDue)));
});

test('every set of keys is listed once, however its pages are divided and whenever they arrive', async () => {
  const character = fc.constantFrom(
    'a',
    'b',
    '/',
    '0',
    '9',
    '-',
    'é',
    '\uffee',
    '\u{1f600}',
    '\u0001',
    '~',
  );
  const key = fc
    .array(character, { minLength: 1, maxLength: 6 })
    .map((characters) => characters.join(''));
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { minLength: 20, maxLength: 200 }),
      fc.constantFrom('', 'a', 'a/', 'é'),
      fc.constantFrom('archive/', 'a/', 'a/b/', '0'),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 8 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 3 })),
      async (keys, prefix, destinationPrefix, pageSize, concurrency, delays) => {
        const memory = memoryOf(keys, {
          pageSize,
          before: async () => {
            for (let i = delays.next().value as number; i > 0; i--) {
              await new Promise(setImmediate);
            }
          },
        });
        const context = {
          ...createContext(memory, {
            prefix,
            destinationPrefix,
            concurrency,
            maxPartsOfRound: 7,
          }),
          select: () => ({ selected: true, date: '', destinationKey: '' }) as const,
        };
        const gap =
          destinationPrefix !== prefix && destinationPrefix.startsWith(prefix)
            ? destinationPrefix
            : '\u{10ffff}';
        const plan = readPlan(memory, await listAll(context, prefix)).flat();
        expect(sort(plan)).toEqual(
          sort(keys.filter((each) => each.startsWith(prefix) && !each.startsWith(gap))),
        );
      },
    ),
    { numRuns: 300 },
  );
});
