import type { ReportRunEvent } from '../../../../src/contract/payloads';
import { reportRun } from '../../../../src/lambda/report-run/report-run';
import type { ReportSettings } from '../../../../src/lambda/runtime/environment';
import { createSelector } from '../../../../src/lambda/selection/select-objects';
import type { Harness } from '../../../helpers/harness';
import { EVENT, EXECUTION, failedChild, ledgerLine, listed, progress, readLedger, RUN, settings, startReportHarness, writeLedger, writeResults } from '../../../helpers/report-fixtures';

let harness: Harness;
beforeEach(async () => { harness = await startReportHarness(); });
afterEach(() => harness.close());

function run(given: ReportSettings = settings(), event: ReportRunEvent = EVENT) {
  return reportRun({ s3: harness.s3, settings: given, select: createSelector(given, event.run), now: () => new Date('2026-11-25T01:02:30Z') }, event);
}

function written(): Record<string, unknown> {
  return JSON.parse(harness.store.get('reports', `${RUN.reportPrefix}report.json`)!.body.bytes().toString());
}

describe('a run of two batches', () => {
  beforeEach(() => {
    writeResults(harness, {
      SUCCEEDED: [
        progress({ listed: 5, archived: 3, skipped: 2 }, { stragglers: { count: 2, oldest: '2026-11-20' } }),
        progress({ listed: 3, archived: 1, skipped: 1, conflicting: 1 }, { stragglers: { count: 1, oldest: '2026-11-02' } }),
      ],
    });
    writeLedger(harness, 'aaaa-000000_000005.jsonl', [ledgerLine('a', 'archived'), ledgerLine('b', 'archived'), ledgerLine('c', 'archived')]);
    writeLedger(harness, 'bbbb-000000_000003.jsonl', [ledgerLine('d', 'archived'), ledgerLine('e', 'conflicting', 'DESTINATION_EXISTS')]);
  });

  test('is added up', async () => {
    const { summary } = await run();
    expect(summary).toMatchObject({
      runId: 'nightly',
      dates: { from: '2026-11-24', to: '2026-11-24' },
      dryRun: false,
      outcome: 'PROBLEMS',
      counts: { listed: 8, archived: 4, skipped: 3, conflicting: 1, failed: 0 },
      bytes: 400,
      stragglers: { count: 3, oldest: '2026-11-02' },
      report: { bucket: 'reports', key: 'runs/2026-11-25/nightly/report.json' },
    });
  });

  test('leaves a report', async () => {
    await run();
    expect(written()).toMatchObject({
      schemaVersion: 1,
      run: { id: 'nightly', executionArn: EXECUTION, dryRun: false },
      outcome: 'PROBLEMS',
      reasons: [{ status: 'conflicting', code: 'DESTINATION_EXISTS', count: 1 }],
      problems: [{ key: 'e', code: 'DESTINATION_EXISTS' }],
      startedAt: '2026-11-25T01:00:00.000Z',
      endedAt: '2026-11-25T01:02:30.000Z',
      seconds: 150,
      ledger: { bucket: 'reports', prefix: 'runs/2026-11-25/nightly/ledger/' },
    });
  });

  test('leaves a page for people next to it', async () => {
    await run();
    const { body, attributes: { headers } } = harness.store.get('reports', `${RUN.reportPrefix}report.html`)!;
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8' });
    expect(body.bytes().toString()).toMatch(/^<!DOCTYPE html>\n<html lang="en">.*8 objects listed.*<\/html>\n$/s);
  });

  test('knows how many batches and rounds there were, and what they cost', async () => {
    const { report } = await run();
    expect(report.batches).toEqual({ count: 2, rounds: 2 });
    expect(report.cost.items.map(({ what, count }) => [what, count])).toEqual([
      ['S3: lists', 2], ['S3: copies', 5], ['S3: reads', 8], ['S3: other writes', 6], ['Step Functions: transitions', 14], ['Lambda', 4],
      ['SNS: messages', 1], ['CloudWatch: bytes of logs', 7_880],
    ]);
  });

  test('returns the same result twice', async () => {
    const first = await run();
    expect(await run()).toEqual(first);
  });

  test('fails if the ledger lacks a line', async () => {
    writeLedger(harness, 'bbbb-000000_000003.jsonl', [ledgerLine('d', 'archived')]);
    await expect(run()).rejects.toMatchObject({ name: 'LedgerUnbalanced', message: expect.stringContaining('listed 8, but archived 4 + skipped 3') });
  });
});

test('a key in two parts of a batch counts once, with the status in the later part', async () => {
  writeResults(harness, { SUCCEEDED: [progress({ listed: 2, archived: 2 })] });
  writeLedger(harness, 'aaaa-000000_000001.jsonl', [ledgerLine('a', 'archived')]);
  writeLedger(harness, 'aaaa-000000_000002.jsonl', [ledgerLine('a', 'archived'), ledgerLine('b', 'failed', 'SLOW_DOWN')]);
  writeLedger(harness, 'aaaa-000001_000002.jsonl', [ledgerLine('b', 'archived')]);
  expect((await run()).summary).toMatchObject({ outcome: 'CLEAN', counts: { archived: 2, failed: 0 } });
});

test('of two lines for one object the younger one counts, in whichever order the parts are read', async () => {
  writeResults(harness, { SUCCEEDED: [progress({ listed: 2, archived: 2 })] });
  writeLedger(harness, 'aaaa-000000_000001.jsonl', [{ ...ledgerLine('a', 'archived'), at: 200 }, { ...ledgerLine('b', 'failed', 'KMS_DENIED'), at: 100 }]);
  writeLedger(harness, 'aaaa-000000_000002.jsonl', [{ ...ledgerLine('a', 'failed', 'KMS_DENIED'), at: 100 }, { ...ledgerLine('b', 'archived'), at: 200 }]);
  expect((await run()).summary).toMatchObject({ outcome: 'CLEAN', counts: { listed: 2, archived: 2, failed: 0 } });
});

test('results can also be records, and arrays', async () => {
  const records = [progress({ listed: 1, archived: 1 }), progress({ listed: 4, skipped: 4 })]
    .map((output) => ({ ExecutionArn: 'arn', Input: '{}', Output: JSON.stringify(output), Status: 'SUCCEEDED' }));
  writeResults(harness, { SUCCEEDED: JSON.stringify(records, undefined, 1) });
  writeLedger(harness, 'aaaa-000000_000001.jsonl', [ledgerLine('a', 'archived')]);
  expect((await run()).summary.counts).toEqual({ listed: 5, archived: 1, skipped: 4, conflicting: 0, failed: 0 });
});

test('an empty listing is a clean run', async () => {
  writeResults(harness, {});
  expect((await run()).summary).toMatchObject({ outcome: 'CLEAN', counts: { listed: 0 } });
});

test('the tolerance is a share of the selected objects', async () => {
  writeResults(harness, { SUCCEEDED: [progress({ listed: 1_000, archived: 19, skipped: 980, failed: 1 })] });
  writeLedger(harness, 'aaaa-000000_001000.jsonl', [...Array.from({ length: 19 }, (_, i) => ledgerLine(`k${i}`, 'archived')), ledgerLine('x', 'failed', 'SLOW_DOWN')]);
  expect((await run(settings({ TOLERATED_FAILURE_PERCENTAGE: '5' }))).summary.outcome).toBe('PROBLEMS');
  expect((await run(settings({ TOLERATED_FAILURE_PERCENTAGE: '4.9' }))).summary.outcome).toBe('FAILED');
});

test('objects of a failed batch are reconciled, and the run balances', async () => {
  const items = [listed('incoming/a-2026-11-24.csv'), listed('incoming/b-2026-11-24.csv'), listed('incoming/c-2026-11-23.csv'), listed('incoming/readme.txt')];
  harness.put('incoming/a-2026-11-24.csv');
  harness.store.put('archive', 'archive/2026/11/24/b-2026-11-24.csv', 'b');
  writeResults(harness, { SUCCEEDED: [progress({ listed: 1, skipped: 1 })], FAILED: [failedChild(items)] });

  const { summary, report } = await run(settings({ TOLERATED_FAILURE_PERCENTAGE: '50' }));
  expect(summary).toMatchObject({
    outcome: 'PROBLEMS',
    counts: { listed: 5, archived: 1, skipped: 3, conflicting: 0, failed: 1 },
    stragglers: { count: 1, oldest: '2026-11-23' },
  });
  expect(report.problems).toMatchObject([{ key: 'incoming/a-2026-11-24.csv', code: 'BATCH_FAILED', message: 'SystemicFailure: ACCESS_DENIED: no' }]);
  expect(Object.keys(readLedger(harness))).toEqual([expect.stringMatching(/^[0-9a-f]{16}-reconciled\.jsonl$/)]);

  expect((await run(settings({ TOLERATED_FAILURE_PERCENTAGE: '50' }))).summary).toEqual(summary);
});

test('ten thousand problems make a short message', async () => {
  const key = (i: number) => `incoming/${String(i).padStart(5, '0')}-\n\u0000${'é'.repeat(500)}-2026-11-24.csv`;
  writeResults(harness, { SUCCEEDED: [progress({ listed: 10_000, failed: 10_000 })] });
  for (let part = 0; part < 10; part++) {
    writeLedger(harness, `${part}-000000_001000.jsonl`, Array.from({ length: 1000 }, (_, i) => ({ ...ledgerLine(key(part * 1000 + i), 'failed', 'KMS_DENIED'), message: 'x'.repeat(300) })));
  }
  const { summary } = await run();
  expect(summary.outcome).toBe('FAILED');
  const bytes = Buffer.byteLength(summary.message);
  console.info(`10,000 failing keys: a message of ${bytes} bytes`);
  expect(bytes).toBeLessThan(16 * 1024);
  expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThan(20 * 1024);
  expect(summary.message).toContain('and 9,990 more in the ledger');
  expect(written().problems).toHaveLength(20);
});
