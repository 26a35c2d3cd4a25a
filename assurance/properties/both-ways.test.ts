/**
 * Archives and restores `ROUND_TRIPS` objects of every kind, 10,000 by default, killed at every
 * request and repeated, under all faults of S3:
 *
 *   npx jest assurance/properties/both-ways
 */
import { SEED } from './check';
import { Life } from './life';
import type { ObjectStore, PutOptions, StoredObject } from '../../packages/s3-double/src';
import {
  FAULT_KINDS,
  FaultInjector,
  type FaultKind,
} from '../../packages/s3-double/src/faults/faults';
import type { BucketOptions } from '../../packages/s3-double/src/store/bucket';
import type { Progress } from '../../src/contract/payloads/batch-payloads';
import type { ListedObject } from '../../src/contract/payloads/listing';
import { canBeMember } from '../../src/features/packing/lambda/pack/member-name';
import {
  BothWays,
  describeBucket,
  KIB,
  KINDS,
  type RigOptions,
} from '../../test/helpers/both-ways';
import { type Harness, startHarness } from '../../test/helpers/harness';
import { PACKING } from '../../test/helpers/packed-batches';
import { createClock } from '../../test/helpers/simulated-time';

const OBJECTS = Number(process.env.ROUND_TRIPS ?? 10_000);
const KMS = {
  algorithm: 'aws:kms',
  kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/default',
} as const;

/** What the buckets are. Each form gets its share of the objects. */
const FORMS: { readonly [form: string]: BucketOptions & { readonly isPacked?: boolean } } = {
  'plain buckets': {},
  'versioned buckets': { versioning: 'Enabled' },
  'buckets that encrypt with KMS': { encryption: KMS },
  'versioned buckets that encrypt with KMS': { versioning: 'Enabled', encryption: KMS },
  'buckets with Object Lock': { versioning: 'Enabled', objectLock: true },
  'plain buckets, packed': { isPacked: true },
  'versioned buckets that encrypt with KMS, packed': {
    versioning: 'Enabled',
    encryption: KMS,
    isPacked: true,
  },
};

const until = Date.parse('2036-01-01T00:00:00Z');
const LOCKED: typeof KINDS = {
  'in/held-2026-11-24.csv': ['held', { lock: { legalHold: true } }],
  'in/held-until-an-event-2026-11-24.csv': [
    'event',
    { lock: { legalHold: false, eventHold: { days: 30 } } },
  ],
  'in/held-for-years-2026-11-24.csv': [
    'y'.repeat(33 * KIB),
    { lock: { legalHold: false, eventHold: { years: 7 } } },
  ],
  'in/retained-2026-11-24.csv': [
    'retained',
    { lock: { legalHold: false, mode: 'GOVERNANCE', retainUntil: until }, tags: { team: 'data' } },
  ],
  'in/complied-2026-11-24.csv': [
    'c'.repeat(33 * KIB),
    { lock: { mode: 'COMPLIANCE', retainUntil: until, legalHold: true } },
  ],
};

/** So small that every request of a batch is killed several times. */
const BATCH_SIZE = 25;
const BATCHES = Math.max(1, Math.round(OBJECTS / BATCH_SIZE / Object.keys(FORMS).length));
/** A fault of each kind hits this share of the requests. */
const PROBABILITY = 0.005;
const MOST_ATTEMPTS = 200;

jest.setTimeout(3_600_000);

/** Waits cost no time. */
const clock = createClock({ ahead: 0 }, 0);

/** Everything that a bucket holds, versions and delete markers included. */
function versionsOf(store: ObjectStore, bucket: string): StoredObject[] {
  const found: StoredObject[] = [];
  for (const key of store.bucket(bucket).keys.from('')) {
    for (let version = store.bucket(bucket).head(key); version; version = version.older) {
      found.push(version);
    }
  }
  return found;
}

describe.each(Object.entries(FORMS))('in %s', (form, options) => {
  let harness: Harness;
  let rig: BothWays;
  let kills = 0;
  let faults = 0;
  beforeAll(async () => {
    harness = await startHarness({ minPartBytes: 1 });
    for (const bucket of ['source', 'archive']) {
      harness.store.createBucket(bucket, options);
    }
    harness.store.createBucket('reports');
    rig = new BothWays(harness);
  });
  afterAll(() => harness.close());

  const kinds = Object.entries({ ...KINDS, ...(options.objectLock ? LOCKED : {}) });
  const prefixOf = (batch: number) => `in/batch-${String(batch).padStart(4, '0')}/`;

  function fill(batch: number): void {
    for (let i = 0; i < BATCH_SIZE; i++) {
      const [key, [content, more]] = kinds[(batch * BATCH_SIZE + i) % kinds.length];
      const attributes: PutOptions | undefined = more;
      harness.store.put(
        'source',
        key.replace('in/', `${prefixOf(batch)}${i}/`),
        content,
        attributes,
      );
    }
  }

  /** Under all faults of S3 from now on. */
  function disturb(batch: number): void {
    const all = (Object.keys(FAULT_KINDS) as FaultKind[]).filter((kind) => kind !== 'Latency');
    const rules = all.flatMap((kind) =>
      [true, false].map((executed) => ({ kind, probability: PROBABILITY / 2, executed, ms: 1 })),
    );
    const injector = new FaultInjector({ seed: SEED + batch, rules });
    harness.before = (call) => {
      const [fault] = injector.faultsFor(call);
      faults += fault ? 1 : 0;
      return fault;
    };
  }

  const given = {
    clock,
    locks: options.objectLock,
    milliseconds: 600_000,
    // A batch has several parts of the ledger.
    environment: { LEDGER_PART_LINES: '8', ...(options.isPacked && PACKING) },
  };

  /** Lists the objects of a batch. A third of those that can be packed are in each pack. */
  function list(batch: number): ListedObject[] {
    const items = rig.list(prefixOf(batch));
    return options.isPacked
      ? items.map((item, i) =>
          canBeMember(item.Key.slice('in/'.length))
            ? { ...item, Pack: Math.floor((i * 3) / items.length) }
            : item,
        )
      : items;
  }

  /**
   * Repeats an invocation as the state machine's Retry does, until it answers.
   *
   * @param lives after so many requests the first attempts die
   */
  async function persist(
    lives: readonly number[],
    isLastExecuted: boolean,
    invoke: (given: RigOptions) => Promise<Progress>,
  ): Promise<Progress> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const life = new Life(lives[attempt] ?? Infinity, isLastExecuted);
      try {
        const answer = await invoke({ ...given, s3: life.of(harness.s3) });
        life.demand();
        return answer;
      } catch (error) {
        // What S3 denies, such as after the end of a session, fails a batch, and so does a delete
        // that it does not answer.
        if (error instanceof TypeError || error instanceof RangeError) {
          throw error;
        }
        await life.quiet();
        kills += life.over ? 1 : 0;
      }
    }
    throw new Error(`${MOST_ATTEMPTS} attempts have no answer`);
  }

  /**
   * Most batches die once, each at another request. The others die again and again, each time one
   * request later.
   */
  const livesOf = (batch: number, requests: number) =>
    batch % 40 === 1 ? Array.from({ length: requests }, (_, i) => i) : [batch % requests];
  const isExecuted = (batch: number) => batch % 2 === 0;

  /** Counts the requests of a batch that nothing disturbs. */
  async function countRequests(invoke: (given: RigOptions) => Promise<Progress>): Promise<number> {
    let sent = 0;
    harness.before = () => {
      sent += 1;
      return undefined;
    };
    await invoke(given);
    return sent;
  }

  test(
    `${BATCHES * BATCH_SIZE} objects of every kind, killed at every request and repeated, under ` +
      'all faults, are as they were, and the archive, too',
    async () => {
      const [first, ...others] = Array.from({ length: BATCHES }, (_, batch) => batch);
      const all = {
        listed: BATCH_SIZE,
        archived: BATCH_SIZE,
        skipped: 0,
        conflicting: 0,
        failed: 0,
      };
      [first, ...others].forEach(fill);
      const before = describeBucket(harness, 'source');
      const runOf = (batch: number, attempt: number) => ({
        run: {
          id: `nightly-${batch}-${attempt}`,
          ledgerPrefix: `runs/ledger/day=2026-11-24/run=nightly-${batch}-${attempt}/`,
        },
      });
      const requests = await countRequests((more) =>
        rig.archive({ ...more, ...runOf(first, 0) }, list(first)),
      );
      for (const batch of others) {
        disturb(batch);
        // What fails in one run is archived by the next, as on the next night.
        for (let run = 0; harness.store.keys('source', prefixOf(batch)).length > 0; run++) {
          expect(run).toBeLessThan(MOST_ATTEMPTS);
          const lives = run === 0 ? livesOf(batch, requests) : [];
          const listed = list(batch);
          await persist(lives, isExecuted(batch), (more) =>
            rig.archive({ ...more, ...runOf(batch, run) }, listed),
          );
        }
      }
      harness.before = undefined;
      expect(harness.store.keys('source')).toEqual([]);
      const archive = versionsOf(harness.store, 'archive');

      const backRun = (batch: number, attempt: number) => ({
        run: {
          id: `undo-${batch}-${attempt}`,
          ledgerPrefix: `runs/ledger/day=2026-11-24/run=undo-${batch}-${attempt}/`,
        },
      });
      const partsOf = (batch: number) =>
        rig.parts(`runs/ledger/day=2026-11-24/run=nightly-${batch}-`);
      const restoreRequests = await countRequests((more) =>
        rig.restore({ ...more, ...backRun(first, 0) }, partsOf(first)),
      );
      for (const batch of others) {
        disturb(batch);
        let progress: Progress | undefined;
        // Two ledgers may claim one object, where a night had to repeat what the night before had
        // half done.
        for (
          let run = 0;
          run === 0 || harness.store.keys('source', prefixOf(batch)).length < BATCH_SIZE;
          run++
        ) {
          if (run === MOST_ATTEMPTS) {
            expect(progress!.counts).toEqual(all);
          }
          const lives = run === 0 ? livesOf(batch, restoreRequests) : [];
          progress = await persist(lives, isExecuted(batch), (more) =>
            rig.restore({ ...more, ...backRun(batch, run) }, partsOf(batch)),
          );
        }
      }
      harness.before = undefined;
      console.info(
        `${form}, seed ${SEED}: ${BATCHES} batches of ${requests} and ${restoreRequests} ` +
          `requests, ${kills} kills, ${faults} faults`,
      );
      const after = describeBucket(harness, 'source');
      expect(Object.keys(after)).toEqual(Object.keys(before));
      for (const key of Object.keys(before)) {
        expect({ key, object: after[key] }).toEqual({ key, object: before[key] });
      }
      const now = new Set(versionsOf(harness.store, 'archive'));
      const gone = archive.filter((version) => !now.has(version)).map(({ key }) => key);
      expect({ gone: gone.length, first: gone[0], versions: now.size }).toEqual({
        gone: 0,
        first: undefined,
        versions: archive.length,
      });
    },
  );
});
