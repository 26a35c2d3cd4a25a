import type { ReportRunEvent } from '../../../../src/contract/payloads/report-payloads';
import type { Settings } from '../../../../src/contract/payloads/settings';
import { reportRun } from '../../../../src/lambda/report-run/report-run';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { createSelector } from '../../../../src/lambda/selection/select-objects';
import type { Harness } from '../../../helpers/harness';
import {
  EVENT,
  EXECUTION,
  failedChild,
  ledgerLine,
  listed,
  progress,
  readLedger,
  RUN,
  settings,
  startReportHarness,
  writeLedger,
  writeResults,
} from '../../../helpers/report-fixtures';
import { noted, skippedObjects } from '../../../helpers/skipped-objects';

let harness: Harness;
beforeEach(async () => {
  harness = await startReportHarness();
});
afterEach(() => harness.close());

function run(given: Settings = settings(), event: ReportRunEvent = EVENT) {
  const clock = { ...systemClock, now: () => Date.parse('2026-11-25T01:02:30Z') };
  return reportRun(
    {
      s3: harness.s3,
      readInput: async () => undefined,
      settings: given,
      select: createSelector(given, event.run),
      clock,
    },
    event,
  );
}

function written(): Record<string, unknown> {
  return JSON.parse(
    harness.store.get('reports', `${RUN.reportPrefix}report.json`)!.body.bytes().toString(),
  );
}

test('notes of lines and of skipped objects are in the report, and a run whose note needs attention is not clean', async () => {
  const skipped = skippedObjects({ notes: noted('gone', 2) });
  const batch = progress({ listed: 3, archived: 1, skipped: 2 }, { skipped });
  writeResults(harness, { SUCCEEDED: [batch] });
  writeLedger(harness, 'aaaa-000000_000003.jsonl', [ledgerLine('a', 'archived')]);
  const { summary } = await run();
  expect(summary).toMatchObject({ outcome: 'CLEAN', notes: noted('gone', 2) });

  writeLedger(harness, 'aaaa-000000_000003.jsonl', [
    { ...ledgerLine('a', 'archived'), notes: { notPacked: 'PACK_NOT_CONFIRMED' } },
  ]);
  const { summary: told } = await run();
  const notes = { ...noted('notPacked', 1, ['a']), ...noted('gone', 2) };
  expect(told).toMatchObject({ outcome: 'PROBLEMS', notes });
  expect(told.attributes.outcome).toBe('PROBLEMS');
  expect(written()).toMatchObject({ outcome: 'PROBLEMS', notes });
});

describe('the requests of a run', () => {
  const counted = (requests: Record<string, number> | undefined, more: object = {}) =>
    progress({ listed: 1, skipped: 1 }, { requests, ...more });

  test('are the sum over all batches, and over both children of a batch that was continued', async () => {
    const remaining = { name: 'a'.repeat(64), objects: 1 };
    writeResults(harness, {
      SUCCEEDED: [
        counted({ CopyObject: 3, PutObject: 1 }),
        counted({ CopyObject: 2, PutObject: 3, ListParts: 1 }, { remaining }),
      ],
    });
    const finish = `${RUN.reportPrefix}map-run/1f/manifest.json`;
    writeResults(
      harness,
      { SUCCEEDED: [counted({ 'CopyObject@GLACIER_IR': 4, PutObject: 1 })] },
      finish,
    );
    await run(settings(), {
      ...EVENT,
      plan: { finish: { ResultWriterDetails: { Bucket: 'reports', Key: finish } } },
    });
    expect(written()).toMatchObject({
      counts: { listed: 2 },
      requests: { CopyObject: 9, PutObject: 5, ListParts: 1 },
    });
    expect(written()).not.toHaveProperty('uncountedBatches');
  });

  test('lack those of batches that failed, and of those that do not say it', async () => {
    const items = ['x', 'y'].map((name) => listed(`incoming/${name}-2026-11-24.csv`));
    items.forEach(({ Key }) => harness.put(Key));
    const [failed, never] = items.map((item) => failedChild([item]) as Record<string, unknown>);
    writeResults(harness, {
      SUCCEEDED: [counted({ CopyObject: 3 }), counted(undefined)],
      FAILED: [failed],
      // It was never started.
      PENDING: [{ ...never, Status: 'PENDING', Error: undefined, Cause: undefined }],
    });
    await run();
    expect(written()).toMatchObject({ requests: { CopyObject: 3 }, uncountedBatches: 2 });
  });
});

describe('a run of two batches', () => {
  beforeEach(() => {
    writeResults(harness, {
      SUCCEEDED: [
        progress(
          { listed: 5, archived: 3, skipped: 2 },
          {
            skipped: skippedObjects({ stragglers: { count: 2, oldest: '2026-11-20' } }),
            requests: { CopyObject: 3, PutObject: 1, GetObjectLockConfiguration: 1 },
          },
        ),
        progress(
          { listed: 3, archived: 1, skipped: 1, conflicting: 1 },
          {
            skipped: skippedObjects({ stragglers: { count: 1, oldest: '2026-11-02' } }),
            requests: { CopyObject: 2, HeadObject: 2, PutObject: 1, GetObjectLockConfiguration: 1 },
          },
        ),
      ],
    });
    writeLedger(harness, 'aaaa-000000_000005.jsonl', [
      ledgerLine('a', 'archived'),
      ledgerLine('b', 'archived'),
      ledgerLine('c', 'archived'),
    ]);
    writeLedger(harness, 'bbbb-000000_000003.jsonl', [
      ledgerLine('d', 'archived'),
      ledgerLine('e', 'conflicting', 'DESTINATION_EXISTS'),
    ]);
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

  test('replaces the report of an earlier attempt', async () => {
    await run();
    const again = await reportRun(
      {
        s3: harness.s3,
        readInput: async () => undefined,
        settings: settings(),
        select: createSelector(settings(), RUN),
        clock: { ...systemClock, now: () => Date.parse('2026-11-25T01:05:00Z') },
      },
      EVENT,
    );
    expect(again.report.endedAt).toBe('2026-11-25T01:05:00.000Z');
    expect(written()).toMatchObject({ endedAt: '2026-11-25T01:05:00.000Z' });
  });

  test.each(['report.html', 'report.json'])(
    'does not overwrite an object of somebody else with the key of %s',
    async (name) => {
      harness.store.put('reports', `${RUN.reportPrefix}${name}`, 'archived');
      await expect(run()).rejects.toThrow(
        `s3://reports/${RUN.reportPrefix}${name} is not from this run, so the report of this ` +
          'run was not written: ' +
          'move that object elsewhere, and redrive the run',
      );
      expect(harness.read('reports', `${RUN.reportPrefix}${name}`)).toBe('archived');
    },
  );

  test('does not overwrite the report of another execution', async () => {
    await run(settings(), { ...EVENT, executionId: EXECUTION.replace('Archiver', 'Other') });
    const other = harness.read('reports', `${RUN.reportPrefix}report.json`);
    await expect(run()).rejects.toThrow('is not from this run');
    expect(harness.read('reports', `${RUN.reportPrefix}report.json`)).toBe(other);
  });

  test('an attempt after a lost answer replaces the file that the first one did write', async () => {
    harness.before = ({ operation }) =>
      operation === 'PutObject' ? { kind: 'LostAnswer' } : undefined;
    await expect(run()).rejects.toThrow();
    harness.before = undefined;
    await run();
    expect(written()).toMatchObject({ outcome: 'PROBLEMS' });
  });

  test(
    'an attempt that was given up, and still runs, does not replace the report of a ' + 'later one',
    async () => {
      const attempt = (time: string) =>
        reportRun(
          {
            s3: harness.s3,
            readInput: async () => undefined,
            settings: settings(),
            select: createSelector(settings(), RUN),
            clock: { ...systemClock, now: () => Date.parse(time) },
          },
          EVENT,
        );
      const files = ['report.html', 'report.json'].map((name) => `${RUN.reportPrefix}${name}`);
      harness.before = async ({ operation, key }) => {
        if (operation !== 'PutObject' || !files.includes(key!)) {
          return undefined;
        }
        harness.before = undefined;
        await attempt('2026-11-25T01:05:00Z');
        return undefined;
      };
      await expect(attempt('2026-11-25T01:04:00Z')).rejects.toThrow(
        'is from a later attempt at the same run, so it stays',
      );
      expect(written()).toMatchObject({ endedAt: '2026-11-25T01:05:00.000Z' });
      expect(harness.read('reports', files[0])).toContain('01:05');
    },
  );

  test('is reported although another request writes the same key at the same time', async () => {
    let faults = 2;
    harness.before = ({ operation, key }) =>
      operation === 'PutObject' && key!.includes('/report.') && faults-- > 0
        ? { kind: 'Conflict' }
        : undefined;
    await run();
    expect(written()).toMatchObject({ outcome: 'PROBLEMS' });
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
      ledger: { bucket: 'reports', prefix: RUN.ledgerPrefix },
    });
  });

  test('leaves a page for people next to it', async () => {
    await run();
    const {
      body,
      attributes: { headers },
    } = harness.store.get('reports', `${RUN.reportPrefix}report.html`)!;
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8' });
    expect(body.bytes().toString()).toMatch(
      /^<!DOCTYPE html>\n<html lang="en">.*8 objects listed.*<\/html>\n$/s,
    );
  });

  test('knows how many batches and rounds there were, and what they cost', async () => {
    const { report } = await run();
    expect(report.batches).toEqual({ count: 2, rounds: 2 });
    expect(report.cost.items.map(({ what, count }) => [what, count])).toEqual([
      // Of the source and of the ledger, and two that look for earlier reports.
      ['S3: lists', 2 + 2],
      ['S3: copies', 5],
      ['S3: reads', 7 + 4],
      ['S3: other writes', 8 + 2],
      ['Step Functions: transitions', 11],
      ['Lambda', 4],
      ['SNS: messages', 1],
      ['CloudWatch: bytes of logs', 7_880],
    ]);
  });

  test('returns the same result twice', async () => {
    const first = await run();
    expect(await run()).toEqual(first);
  });

  test('fails if the ledger lacks a line', async () => {
    writeLedger(harness, 'bbbb-000000_000003.jsonl', [ledgerLine('d', 'archived')]);
    await expect(run()).rejects.toMatchObject({
      name: 'LedgerUnbalanced',
      message: expect.stringContaining('listed 8, but archived 4 + skipped 3'),
    });
  });
});

test('a key in two parts of a batch counts once, with the status in the later part', async () => {
  writeResults(harness, { SUCCEEDED: [progress({ listed: 2, archived: 2 })] });
  writeLedger(harness, 'aaaa-000000_000001.jsonl', [ledgerLine('a', 'archived')]);
  writeLedger(harness, 'aaaa-000000_000002.jsonl', [
    ledgerLine('a', 'archived'),
    ledgerLine('b', 'failed', 'SLOW_DOWN'),
  ]);
  writeLedger(harness, 'aaaa-000001_000002.jsonl', [ledgerLine('b', 'archived')]);
  expect((await run()).summary).toMatchObject({
    outcome: 'CLEAN',
    counts: { archived: 2, failed: 0 },
  });
});

test(
  'of two lines for one object the younger one counts, in whichever order the parts are ' + 'read',
  async () => {
    writeResults(harness, { SUCCEEDED: [progress({ listed: 2, archived: 2 })] });
    writeLedger(harness, 'aaaa-000000_000001.jsonl', [
      { ...ledgerLine('a', 'archived'), at: 200 },
      { ...ledgerLine('b', 'failed', 'KMS_DENIED'), at: 100 },
    ]);
    writeLedger(harness, 'aaaa-000000_000002.jsonl', [
      { ...ledgerLine('a', 'failed', 'KMS_DENIED'), at: 100 },
      { ...ledgerLine('b', 'archived'), at: 200 },
    ]);
    expect((await run()).summary).toMatchObject({
      outcome: 'CLEAN',
      counts: { listed: 2, archived: 2, failed: 0 },
    });
  },
);

test('results can also be records, and arrays', async () => {
  const records = [progress({ listed: 1, archived: 1 }), progress({ listed: 4, skipped: 4 })].map(
    (output) => ({
      ExecutionArn: 'arn',
      Input: '{}',
      Output: JSON.stringify(output),
      Status: 'SUCCEEDED',
    }),
  );
  writeResults(harness, { SUCCEEDED: JSON.stringify(records, undefined, 1) });
  writeLedger(harness, 'aaaa-000000_000001.jsonl', [ledgerLine('a', 'archived')]);
  expect((await run()).summary.counts).toEqual({
    listed: 5,
    archived: 1,
    skipped: 4,
    conflicting: 0,
    failed: 0,
  });
});

test('an empty listing is a clean run', async () => {
  writeResults(harness, {});
  expect((await run()).summary).toMatchObject({ outcome: 'CLEAN', counts: { listed: 0 } });
});

test('the prices are those of the region of the function', async () => {
  writeResults(harness, {});
  expect((await run(settings({ AWS_REGION: 'ap-northeast-1' }))).report.cost.prices.region).toBe(
    'ap-northeast-1',
  );
  expect((await run(settings({ AWS_REGION: 'moon-north-1' }))).report.cost.prices.region).toBe(
    'us-east-1',
  );
});

test('the tolerance is a share of the selected objects', async () => {
  writeResults(harness, {
    SUCCEEDED: [progress({ listed: 1_000, archived: 19, skipped: 980, failed: 1 })],
  });
  writeLedger(harness, 'aaaa-000000_001000.jsonl', [
    ...Array.from({ length: 19 }, (_, i) => ledgerLine(`k${i}`, 'archived')),
    ledgerLine('x', 'failed', 'SLOW_DOWN'),
  ]);
  expect((await run(settings({ TOLERATED_FAILURE_PERCENTAGE: '5' }))).summary.outcome).toBe(
    'PROBLEMS',
  );
  expect((await run(settings({ TOLERATED_FAILURE_PERCENTAGE: '4.9' }))).summary.outcome).toBe(
    'FAILED',
  );
});

test('objects of a failed batch are reconciled, and the run balances', async () => {
  const items = [
    listed('incoming/a-2026-11-24.csv'),
    listed('incoming/b-2026-11-24.csv'),
    listed('incoming/c-2026-11-23.csv'),
    listed('incoming/readme.txt'),
  ];
  harness.put('incoming/a-2026-11-24.csv');
  harness.store.put('archive', 'archive/2026/11/24/b-2026-11-24.csv', 'b');
  writeResults(harness, {
    SUCCEEDED: [progress({ listed: 1, skipped: 1 })],
    FAILED: [failedChild(items)],
  });

  const { summary, report } = await run(settings({ TOLERATED_FAILURE_PERCENTAGE: '50' }));
  expect(summary).toMatchObject({
    outcome: 'PROBLEMS',
    counts: { listed: 5, archived: 1, skipped: 3, conflicting: 0, failed: 1 },
    stragglers: { count: 1, oldest: '2026-11-23' },
  });
  expect(report.problems).toMatchObject([
    {
      key: 'incoming/a-2026-11-24.csv',
      code: 'BATCH_FAILED',
      message: 'SystemicFailure: ACCESS_DENIED: no',
    },
  ]);
  // The first one is blank: it keeps the batch, which may still run, from writing a line that is
  // not counted.
  expect(Object.entries(readLedger(harness)).map(([name, { length }]) => [name, length])).toEqual([
    [expect.stringMatching(/^[0-9a-f]{16}-000000\.jsonl$/), 0],
    [expect.stringMatching(/^[0-9a-f]{16}-reconciled\.jsonl$/), expect.any(Number)],
  ]);

  expect((await run(settings({ TOLERATED_FAILURE_PERCENTAGE: '50' }))).summary).toEqual(summary);
});

test('ten thousand problems make a short message', async () => {
  const key = (i: number) =>
    `incoming/${String(i).padStart(5, '0')}-\n\u0000${'é'.repeat(500)}-2026-11-24.csv`;
  writeResults(harness, { SUCCEEDED: [progress({ listed: 10_000, failed: 10_000 })] });
  for (let part = 0; part < 10; part++) {
    writeLedger(
      harness,
      `${part}-000000_001000.jsonl`,
      Array.from({ length: 1000 }, (_, i) => ({
        ...ledgerLine(key(part * 1000 + i), 'failed', 'KMS_DENIED'),
        message: 'x'.repeat(300),
      })),
    );
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

test('all that it writes is ASCII or printable, whatever the keys are', async () => {
  const hostile = 'incoming/\u009b31m\u202e\u061c\ufffe日本-2026-11-24.csv';
  harness.put(hostile, 'x');
  writeResults(harness, { FAILED: [failedChild([listed(hostile)], 'Error\u202e', 'why \u009b')] });
  const { summary } = await run(settings({ TOLERATED_FAILURE_PERCENTAGE: '100' }));
  const files = harness.store.keys('reports').filter((key) => /report\.json$|ledger\//.test(key));
  expect(files.map((file) => /[^-/]+$/.exec(file)![0])).toEqual([
    'report.json',
    '000000.jsonl',
    'reconciled.jsonl',
  ]);
  for (const file of files) {
    expect(harness.read('reports', file)).toMatch(/^[\n\x20-\x7e]*$/);
  }
  expect(JSON.stringify(written().problems)).toContain(JSON.stringify(hostile));
  for (const text of [
    harness.read('reports', `${RUN.reportPrefix}report.html`)!,
    summary.message,
    JSON.stringify(summary),
  ]) {
    expect(text.replaceAll('日本', '').replaceAll('·', '')).toMatch(/^[\n\x20-\x7e]*$/);
  }
});

describe('a dry run in which objects of different batches want one name', () => {
  const dry: ReportRunEvent = { ...EVENT, run: { ...RUN, dryRun: true } };
  const flat = (more = {}) =>
    settings({ LAYOUT: '{"format":"yyyy/MM/dd/","flatten":true}', ...more });
  const line = (key: string, etag: string, at: number) => ({
    ...ledgerLine(key, 'archived'),
    destination: 'archive/2026/11/24/name',
    etag: `"${etag}"`,
    at,
  });

  beforeEach(() => {
    writeResults(harness, {
      SUCCEEDED: [progress({ listed: 3, archived: 3 }), progress({ listed: 1, archived: 1 })],
    });
    // The batch has found its own two objects the same by reading them, although their ETags
    // differ.
    writeLedger(harness, 'aaaa-000000_000003.jsonl', [
      line('late', 'late', 30),
      line('late too', 'late-2', 40),
      ledgerLine('other', 'archived'),
    ]);
    writeLedger(harness, 'bbbb-000000_000001.jsonl', [line('first', 'first', 10)]);
  });

  test('counts those that come later as conflicts', async () => {
    const { summary, report } = await run(flat(), dry);
    expect(summary).toMatchObject({
      outcome: 'PROBLEMS',
      counts: { listed: 4, archived: 2, conflicting: 2 },
      bytes: 200,
    });
    expect(report.problems.map(({ key, code, message }) => [key, code, message])).toEqual(
      ['late', 'late too'].map((key) => [
        key,
        'DESTINATION_EXISTS',
        'an object of another batch would already be there',
      ]),
    );
    expect(report.estimate).not.toHaveProperty('destinationsNotCompared');
  });

  test.each<[string, () => Promise<{ summary: { counts: object } }>]>([
    ['under RENAME', () => run(flat({ CONFLICT_POLICY: 'RENAME' }), dry)],
    ['in a real run, whose batches have seen each other', () => run(flat())],
  ])('changes nothing %s', async (_, result) => {
    expect((await result()).summary.counts).toMatchObject({ archived: 4, conflicting: 0 });
  });
});
