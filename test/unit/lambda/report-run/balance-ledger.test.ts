import type { Progress } from '../../../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { reportRun } from '../../../../src/lambda/report-run/report-run';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { createSelector } from '../../../../src/lambda/selection/select-objects';
import type { Harness } from '../../../helpers/harness';
import {
  EVENT,
  failedChild,
  ledgerLine,
  listed,
  RUN,
  settings,
  startReportHarness,
  writeBatch,
  writeLedger,
  writeResults,
} from '../../../helpers/report-fixtures';

let harness: Harness;
beforeEach(async () => {
  harness = await startReportHarness();
});
afterEach(() => harness.close());

async function run() {
  harness.store
    .keys('reports', RUN.reportPrefix)
    .filter((key) => key.includes('report.'))
    .forEach((key) => harness.store.delete('reports', key));
  const given = settings({ TOLERATED_FAILURE_PERCENTAGE: '100' });
  const clock = { ...systemClock, now: () => Date.parse('2026-11-25T01:02:30Z') };
  return reportRun(
    {
      s3: harness.s3,
      readInput: async () => undefined,
      settings: given,
      select: createSelector(given, RUN),
      clock,
    },
    EVENT,
  );
}

const toId = (batch: number) => ((batch * 2_654_435_761) % 2 ** 32).toString(16).padStart(16, '0');

/**
 * Batches of all kinds: some have only archived objects, others have problems; few objects are
 * large or slow.
 */
function createBatches(
  count: number,
  seed: number,
): { id: string; lines: LedgerLine[]; skipped: number }[] {
  let state = seed;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % below;
  };
  return Array.from({ length: count }, (_, batch) => ({
    id: toId(batch),
    skipped: random(5),
    lines: Array.from({ length: random(12) }, (__, i): LedgerLine => {
      const status =
        random(8) > 0 || batch % 3 > 0
          ? 'archived'
          : (['failed', 'conflicting'] as const)[random(2)];
      return {
        ...ledgerLine(
          `b${batch}/k${i}`,
          status,
          status === 'archived'
            ? undefined
            : ['SLOW_DOWN', 'KMS_DENIED', 'SOURCE_CHANGED'][random(3)],
        ),
        size: 2 ** random(34),
        at: batch * 1_700 + random(2_000),
        // Each time occurs once, so that it is known which objects are the slowest.
        ...(random(9) > 0 && { ms: batch * 20 + i + (random(40) === 0 ? 1_000_000 : 0) }),
        ...(random(5) === 0 && { storageClass: 'STANDARD_IA' }),
      };
    }),
  }));
}

test.each([1, 2, 3, 4, 5])(
  'the report by digests is the report by all lines (seed %d)',
  async (seed) => {
    const batches = createBatches(80, seed).map(({ id, lines, skipped }) =>
      writeBatch(harness, id, lines, skipped),
    );
    writeResults(harness, { SUCCEEDED: batches });
    const { report, summary } = await run();
    const reads = harness.requests.GetObject!;
    writeResults(harness, { SUCCEEDED: batches.map((batch) => ({ ...batch, digest: null })) });
    const all = await run();
    expect(harness.requests.GetObject - reads).toBeGreaterThan(reads);
    const withoutCost = ({ cost: _, ...rest }: typeof report) => rest;
    expect(withoutCost(report)).toEqual(withoutCost(all.report));
    expect(summary.message).toBe(all.summary.message);
    expect(report.reasons.length).toBeGreaterThan(1);
  },
);

test('a clean run takes one listing, and reads no more parts than the slowest objects are in', async () => {
  const clean = Array.from({ length: 1_500 }, (_, i) =>
    writeBatch(harness, toId(i), [{ ...ledgerLine(`k${i}`, 'archived'), ms: i }]),
  );
  writeResults(harness, { SUCCEEDED: clean });
  const { report } = await run();
  expect(report.counts).toMatchObject({ archived: 1_500 });
  expect(report.slowest.map(({ key }) => key)).toEqual(
    Array.from({ length: 10 }, (_, i) => `k${1_499 - i}`),
  );
  // Two pages, and two of earlier reports; manifest, results, and ten parts; the list of parts,
  // page and report.
  expect(harness.requests).toEqual({ ListObjectsV2: 4, GetObject: 12, PutObject: 3 });
});

describe('a part that is not as a batch wrote it', () => {
  let batches: Progress[];
  beforeEach(() => {
    batches = [
      writeBatch(harness, 'aaaa000000000000', [
        ledgerLine('a', 'archived'),
        { ...ledgerLine('b', 'failed', 'SLOW_DOWN'), at: 5 },
      ]),
      writeBatch(harness, 'bbbb000000000000', [ledgerLine('c', 'archived')]),
    ];
    writeResults(harness, { SUCCEEDED: batches });
  });

  test('beside its parts, from an attempt that was given up, is read: the younger line counts', async () => {
    writeLedger(harness, 'aaaa000000000000-000000_000002.jsonl', [
      { ...ledgerLine('b', 'archived'), at: 6 },
    ]);
    expect((await run()).summary.counts).toMatchObject({ listed: 3, archived: 3, failed: 0 });
  });

  test('because such an attempt wrote it again, is read', async () => {
    writeLedger(harness, 'aaaa000000000000-000000_001000.jsonl', [
      ledgerLine('a', 'archived'),
      { ...ledgerLine('b', 'archived'), at: 6 },
    ]);
    expect((await run()).summary.counts).toMatchObject({ listed: 3, archived: 3, failed: 0 });
  });

  test('with nothing younger in it changes nothing', async () => {
    writeLedger(harness, 'aaaa000000000000-000000_000002.jsonl', [
      { ...ledgerLine('b', 'archived'), at: 4 },
    ]);
    expect((await run()).summary.counts).toMatchObject({ listed: 3, archived: 2, failed: 1 });
  });

  test('because it lacks a line, fails the run', async () => {
    writeLedger(harness, 'aaaa000000000000-000000_001000.jsonl', [ledgerLine('a', 'archived')]);
    await expect(run()).rejects.toMatchObject({
      name: 'LedgerUnbalanced',
      message: expect.stringContaining('listed 3, but archived 2 + skipped 0'),
    });
  });

  test('because it is missing, fails the run, and the part is named', async () => {
    harness.store.delete('reports', `${RUN.ledgerPrefix}bbbb000000000000-000000_001000.jsonl`);
    await expect(run()).rejects.toMatchObject({
      name: 'LedgerUnbalanced',
      message:
        'the ledger lacks 1 object, because a part of it is missing: ' +
        `s3://reports/${RUN.ledgerPrefix}bbbb000000000000-000000_001000.jsonl`,
    });
  });

  test('is missing, and another part of the batch has all its lines: that fails the run, too', async () => {
    const lost = `${RUN.ledgerPrefix}bbbb000000000000-000000_001000.jsonl`;
    writeLedger(harness, 'bbbb000000000000-000000_000001.jsonl', [ledgerLine('c', 'archived')]);
    harness.store.delete('reports', lost);
    await expect(run()).rejects.toThrow(`is missing: s3://reports/${lost}`);
  });
});

test('batches that did not finish are read, and the others are not', async () => {
  const items = [listed('incoming/x-2026-11-24.csv')];
  harness.put(items[0].Key);
  const clean = Array.from({ length: 50 }, (_, i) =>
    writeBatch(harness, toId(i), [ledgerLine(`k${i}`, 'archived')]),
  );
  writeResults(harness, { SUCCEEDED: clean, FAILED: [failedChild(items)] });
  const { summary } = await run();
  expect(summary.counts).toEqual({
    listed: 51,
    archived: 50,
    skipped: 0,
    conflicting: 0,
    failed: 1,
  });
  // The manifest, two files of results, the part of the failed batch (loaded to reconcile it), and
  // again to add it up.
  expect(harness.requests.GetObject).toBeLessThanOrEqual(5);
});
