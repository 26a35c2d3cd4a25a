/**
 * `SourceDisposition.KEEP`: nothing is deleted anywhere, and a later run with DELETE finishes the
 * moves.
 */
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import type { Run } from '../../../../src/contract/payloads/run';
import { ARCHIVE_RUN, BothWays, describeBucket, KINDS, putKinds } from '../../../helpers/both-ways';
import { type Harness, startHarness } from '../../../helpers/harness';
import { expectSchema } from '../../../helpers/report-schema';
import { KILL_EVERY } from '../../../helpers/thorough';

const KEEP = { environment: { KEEPS_SOURCES: 'true' } };
const KEY = 'in/a-2026-11-24.csv';
const ARCHIVED = 'archive/2026/11/24/a-2026-11-24.csv';
const COUNT = Object.keys(KINDS).length;

let harness: Harness;
let rig: BothWays;
let operations: Record<string, number>;
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
  rig = new BothWays(harness);
  operations = {};
  harness.before = ({ operation, bucket }) => {
    const name = bucket === 'reports' ? 'report' : operation;
    operations[name] = (operations[name] ?? 0) + 1;
    return undefined;
  };
});
afterEach(() => harness.close());
afterEach(() => expectSchema(rig.lines('runs/ledger/')));

function runOf(id: string): Partial<Run> {
  return {
    id,
    ledgerPrefix: `runs/ledger/day=2026-11-24/run=${id}/`,
    startTime: new Date(Date.now() + 1_000).toISOString(),
  };
}

const deletes = () => Object.keys(operations).filter((name) => name.startsWith('Delete'));

test('objects of every kind are copied, the sources are as they were, and the ledger says so', async () => {
  putKinds(harness);
  const before = describeBucket(harness, 'source');
  expect((await rig.archive(KEEP)).counts).toEqual({
    listed: COUNT,
    archived: COUNT,
    skipped: 0,
    conflicting: 0,
    failed: 0,
  });
  expect(describeBucket(harness, 'source')).toEqual(before);
  expect(
    harness.store
      .keys('archive')
      .map((key) => harness.read('archive', key))
      .sort(),
  ).toEqual(
    Object.values(KINDS)
      .map(([body]) => body)
      .sort(),
  );
  const lines = rig.lines(ARCHIVE_RUN.ledgerPrefix);
  expect(lines).toHaveLength(COUNT);
  expect(
    lines.filter(({ status, kept, found }) => status === 'archived' && kept && !found),
  ).toHaveLength(COUNT);
  expect(deletes()).toEqual([]);
});

test('a second run counts the same, and copies nothing', async () => {
  putKinds(harness);
  await rig.archive(KEEP);
  const before = [describeBucket(harness, 'source'), describeBucket(harness, 'archive')];
  operations = {};
  const again = await rig.archive({ ...KEEP, run: runOf('again') });
  expect(again.counts).toMatchObject({ archived: COUNT, conflicting: 0, failed: 0 });
  expect(again.digest).toMatchObject({ found: COUNT });
  expect([describeBucket(harness, 'source'), describeBucket(harness, 'archive')]).toEqual(before);
  expect(Object.keys(operations).filter((name) => /Copy|Upload|Put|Delete/.test(name))).toEqual([]);
  expect(operations.ListObjectsV2).toBe(1);
  expect(
    rig.lines(runOf('again').ledgerPrefix).filter(({ kept, found }) => kept && found),
  ).toHaveLength(COUNT);
});

test('a later run that deletes finishes the moves', async () => {
  putKinds(harness);
  await rig.archive(KEEP);
  const archive = describeBucket(harness, 'archive');
  const { counts } = await rig.archive({ run: runOf('later') });
  expect(counts).toMatchObject({ archived: COUNT, failed: 0 });
  expect(harness.store.keys('source')).toEqual([]);
  expect(describeBucket(harness, 'archive')).toEqual(archive);
  expect(rig.lines(runOf('later').ledgerPrefix).filter(({ kept }) => kept)).toEqual([]);
});

test('a later run that deletes tries no copy of what it must expect to be archived', async () => {
  for (let i = 0; i < 300; i++) {
    harness.put(`in/${i}-2026-11-24.csv`);
  }
  await rig.archive(KEEP);
  operations = {};
  expect((await rig.archive({ run: runOf('later') })).counts).toMatchObject({ archived: 300 });
  expect(harness.store.keys('source')).toEqual([]);
  // As many as are open at once before the first ten are found.
  expect(operations.CopyObject).toBeLessThan(192);
  expect(operations.ListObjectsV2).toBe(1);
});

test.each([
  ['KEEP', KEEP],
  ['DELETE', {}],
])(
  'what was written at the source after it was copied is not archived over the copy, nor ' +
    'deleted: %s',
  async (_, options) => {
    harness.put(KEY, 'first');
    await rig.archive(KEEP);
    harness.put(KEY, 'second');
    expect((await rig.archive({ ...options, run: runOf('later') })).counts).toMatchObject({
      archived: 0,
      conflicting: 1,
    });
    expect([harness.read('source', KEY), harness.read('archive', ARCHIVED)]).toEqual([
      'second',
      'first',
    ]);
  },
);

test('an invocation that dies after its copies is repeated, whatever it had written', async () => {
  const kinds = Object.fromEntries(
    ['plain', 'tags', 'multipart'].map((name) => [
      `in/${name}-2026-11-24.csv`,
      KINDS[`in/${name}-2026-11-24.csv`],
    ]),
  );
  putKinds(harness, kinds);
  const before = describeBucket(harness, 'source');
  let died = 0;
  for (let at = 1, isOver = false; !isOver; at += KILL_EVERY) {
    harness.store.keys('archive').forEach((key) => harness.store.bucket('archive').delete(key, 0));
    harness.store.keys('reports').forEach((key) => harness.store.bucket('reports').delete(key, 0));
    let count = 0;
    const dies = {
      ...harness.s3,
      send: async (command: never, options: never) => {
        if (++count >= at) {
          died += 1;
          throw new Error('dead');
        }
        return harness.s3.send(command, options);
      },
    } as unknown as typeof harness.s3;
    await rig.archive({ ...KEEP, s3: dies, milliseconds: 500 }).catch(() => undefined);
    expect([at, (await rig.archive(KEEP)).counts]).toEqual([
      at,
      { listed: 3, archived: 3, skipped: 0, conflicting: 0, failed: 0 },
    ]);
    expect(describeBucket(harness, 'source')).toEqual(before);
    isOver = count < at;
  }
  expect(died).toBeGreaterThan(3);
  expect(deletes()).toEqual([]);
});

test(
  'an attempt whose credentials have expired does not say that objects failed that another one ' +
    'has copied',
  async () => {
    putKinds(harness);
    await rig.archive(KEEP);
    harness.before = ({ operation, bucket }) =>
      ['CopyObject', 'HeadObject', 'ListObjectsV2', 'UploadPartCopy'].includes(operation) &&
      bucket !== 'reports'
        ? { kind: 'ExpiredToken' }
        : undefined;
    expect((await rig.archive(KEEP)).counts).toEqual({
      listed: COUNT,
      archived: COUNT,
      skipped: 0,
      conflicting: 0,
      failed: 0,
    });
    const lines = rig.lines(ARCHIVE_RUN.ledgerPrefix);
    expect(lines).toHaveLength(COUNT);
    expect(lines.filter(({ status, kept }) => status === 'archived' && kept)).toHaveLength(COUNT);
    expect(rig.problems).toEqual([]);
  },
);

test(
  'a restore whose credentials have expired does not say that objects failed that another ' +
    'attempt has taken back',
  async () => {
    harness.put(KEY, 'content');
    await rig.archive(KEEP);
    await rig.restore();
    harness.before = ({ operation, bucket }) =>
      operation !== 'ListObjectsV2' && bucket !== 'reports' ? { kind: 'ExpiredToken' } : undefined;
    // The old key shows what became of the object, and this attempt may not look at it: another
    // one, or ReportRun, finds out.
    await expect(rig.restore()).rejects.toThrow();
    harness.before = ({ operation }) =>
      operation === 'CopyObject' ? { kind: 'ExpiredToken' } : undefined;
    expect((await rig.restore()).counts).toMatchObject({ listed: 1, archived: 1, failed: 0 });
    expect(rig.lines()).toMatchObject([{ status: 'restored' }]);
  },
);

test(
  'a dry run counts the same, and predicts neither deletes nor copies to what is archived ' +
    'already',
  async () => {
    harness.put(KEY, 'same');
    harness.put('in/b-2026-11-24.csv', 'mine');
    harness.put('in/c-2026-11-24.csv', 'new');
    harness.store.put('archive', ARCHIVED, 'same');
    harness.store.put('archive', 'archive/2026/11/24/b-2026-11-24.csv', 'theirs');
    const dry = await rig.archive({ ...KEEP, run: { ...runOf('dry'), dryRun: true } });
    const requests = rig.lines(runOf('dry').ledgerPrefix).map((line) => line.requests);
    expect(requests).toEqual([
      { HeadObject: 4, GetObjectTagging: 2, ListObjectAnnotations: 1 },
      { HeadObject: 2 },
      undefined,
    ]);
    operations = {};
    const real = await rig.archive({ ...KEEP, run: runOf('real') });
    expect(real.counts).toEqual(dry.counts);
    expect(operations).toMatchObject({
      CopyObject: 1,
      HeadObject: 6,
      GetObjectTagging: 2,
      ListObjectsV2: 1,
    });
  },
);

describe('a restore of a run that kept its sources', () => {
  beforeEach(async () => {
    harness.put(KEY, 'content');
    await rig.archive(KEEP);
  });

  test('deletes nothing where the source is still there', async () => {
    operations = {};
    expect((await rig.restore()).counts).toMatchObject({ listed: 1, archived: 1 });
    expect([harness.read('source', KEY), harness.read('archive', ARCHIVED)]).toEqual([
      'content',
      'content',
    ]);
    expect(rig.lines()).toMatchObject([{ status: 'restored' }]);
    expect(deletes()).toEqual([]);
  });

  test('copies back what is gone from its source, and keeps the archived copy', async () => {
    harness.store.bucket('source').delete(KEY, 0);
    operations = {};
    expect((await rig.restore()).counts).toMatchObject({ archived: 1 });
    expect([harness.read('source', KEY), harness.read('archive', ARCHIVED)]).toEqual([
      'content',
      'content',
    ]);
    expect(deletes()).toEqual([]);
  });

  test('conflicts with what was written at the source meanwhile', async () => {
    harness.put(KEY, 'newer');
    expect((await rig.restore()).counts).toMatchObject({ archived: 0, conflicting: 1 });
    expect([harness.read('source', KEY), harness.read('archive', ARCHIVED)]).toEqual([
      'newer',
      'content',
    ]);
    const [line] = rig.lines();
    expect(line).toMatchObject({ status: 'conflicting', code: ReasonCode.OLD_KEY_TAKEN });
    expect(line.kept).toBeUndefined();
  });

  test('loses nothing beside another archiver that deletes the source, at any call', async () => {
    let isOver = false;
    for (let at = 1; !isOver; at++) {
      let count = 0;
      harness.put(KEY, 'content');
      harness.store.put('archive', ARCHIVED, 'content');
      harness.before = async ({ bucket }) => {
        if (bucket === 'reports' || ++count !== at) {
          return undefined;
        }
        harness.before = undefined;
        await rig.archive({ run: runOf(`other-${at}`) });
        return undefined;
      };
      await rig.restore({ run: runOf(`undo-${at}`) });
      isOver = count < at;
      expect([at, harness.read('archive', ARCHIVED)]).toEqual([at, 'content']);
    }
    expect(harness.read('source', KEY)).toBe('content');
  });
});

test('a restore of the run that deleted the sources copies back what another run had only copied', async () => {
  harness.put(KEY, 'content');
  await rig.archive(KEEP);
  await rig.archive({ run: runOf('later') });
  const parts = rig.parts(runOf('later').ledgerPrefix);
  expect((await rig.restore({}, parts)).counts).toMatchObject({ archived: 1 });
  expect([harness.read('source', KEY), harness.read('archive', ARCHIVED)]).toEqual([
    'content',
    'content',
  ]);
});
