/** The report of a run whose source a function has listed. */
import type { ListingProgress } from '../../../../src/contract/payloads/listing';
import type { ReportRunEvent } from '../../../../src/contract/payloads/report-payloads';
import { writePlanFile } from '../../../../src/lambda/plan/planned-part';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { reportRun } from '../../../../src/lambda/report-run/report-run';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { createSelector } from '../../../../src/lambda/selection/select-objects';
import { bucketClient, type Harness } from '../../../helpers/harness';
import {
  EVENT,
  ledgerLine,
  listed,
  progress,
  RUN,
  settings,
  startReportHarness,
  writeLedger,
  writeResults,
} from '../../../helpers/report-fixtures';
import { schemaErrors } from '../../../helpers/report-schema';
import { noted, skippedObjects } from '../../../helpers/skipped-objects';

let harness: Harness;
beforeEach(async () => {
  harness = await startReportHarness();
});
afterEach(() => harness.close());

function run(listing: Partial<ListingProgress>, event: Partial<ReportRunEvent> = {}) {
  const given: ListingProgress = {
    finished: true,
    rounds: 1,
    checkpoint: null,
    partsKey: null,
    parts: 1,
    listed: 0,
    selected: 0,
    skipped: skippedObjects({ stragglers: { count: 0, oldest: null } }),
    requests: 1,
    milliseconds: 500,
    ...listing,
  };
  const clock = { ...systemClock, now: () => Date.parse('2026-11-25T01:02:30Z') };
  return reportRun(
    {
      s3: harness.s3,
      readInput: async () => undefined,
      settings: settings(),
      select: createSelector(settings(), RUN),
      clock,
    },
    { ...EVENT, listing: { prefix: 'incoming/', progress: given }, ...event },
  );
}

test('what was listed and not selected is skipped, and its stragglers are known', async () => {
  writeResults(harness, { SUCCEEDED: [progress({ listed: 3, archived: 2, skipped: 1 })] });
  writeLedger(harness, 'aaaa-000000_000003.jsonl', [
    ledgerLine('a', 'archived'),
    ledgerLine('b', 'archived'),
  ]);
  const { summary } = await run({
    listed: 1_000,
    selected: 3,
    skipped: skippedObjects({ stragglers: { count: 7, oldest: '2026-10-01' } }),
  });
  expect(summary).toMatchObject({
    counts: { listed: 1_000, archived: 2, skipped: 998, conflicting: 0, failed: 0 },
    stragglers: { count: 7, oldest: '2026-10-01' },
  });
});

test(
  'what a manifest names in vain is told: a list with the wrong encoding would look like a day ' +
    'without objects',
  async () => {
    const manifest = { gone: 900, repeated: 7, requests: {} };
    const event = { map: {}, run: { ...RUN, manifest: { uri: 's3://lists/today' } } };
    const { summary } = await run({ listed: 1_000, parts: 0, manifest }, event);
    expect(summary.message).toContain(
      '1,000 (other dates, no date, folder markers, not at the source: 900, named before in the ' +
        'list: 7)',
    );
    const report = JSON.parse(
      harness.store.get(summary.report.bucket, summary.report.key)!.body.bytes().toString(),
    ) as unknown;
    expect(report).toMatchObject({
      manifest: { uri: 's3://lists/today' },
      manifestSkipped: { gone: 900, repeated: 7 },
    });
    expect(schemaErrors(report)).toEqual([]);
  },
);

test.each([
  [
    'all 900 objects of the list for these days are not at the source',
    { listed: 1_000, parts: 0, manifest: { gone: 900, repeated: 7, requests: {} } },
    undefined,
  ],
  [
    'the only object of the list for these days is not at the source',
    { listed: 1, selected: 1, manifest: { gone: 0, repeated: 0, requests: {} } },
    { listed: 1, skipped: 1 },
  ],
])('a list of which nothing is there makes a message: %s', async (sentence, listing, batch) => {
  if (batch) {
    const skipped = skippedObjects({ notes: noted('gone', 1) });
    writeResults(harness, { SUCCEEDED: [progress(batch, { skipped })] });
  }
  for (const dryRun of [false, true]) {
    const { summary, report } = await run(listing, {
      ...(!batch && { map: {} }),
      run: { ...RUN, dryRun, manifest: { uri: 's3://lists/today' } },
    });
    expect(summary.outcome).toBe('PROBLEMS');
    expect(summary.subject).toMatch(/^(Archive|Dry run,) found nothing: 2026-11-24/);
    expect(summary.message).toContain(sentence);
    expect(summary.message).toContain(
      'Next: compare the keys of the list with those of the source.',
    );
    expect(schemaErrors(JSON.parse(JSON.stringify(report)))).toEqual([]);
  }
});

test.each([
  ['2026-11-26', 'PROBLEMS'],
  // Tomorrow has begun elsewhere.
  ['2026-11-25', 'CLEAN'],
  ['2026-11-24', 'CLEAN'],
])('a run for %s that found nothing on the day before 2026-11-25 is %s', async (date, outcome) => {
  const { summary } = await run(
    { listed: 10, parts: 0 },
    { map: {}, run: { ...RUN, startTime: '2026-11-24T23:00:00Z', from: date, to: date } },
  );
  expect(summary.outcome).toBe(outcome);
  expect(summary.message.includes('the run was for days that have not begun')).toBe(
    outcome === 'PROBLEMS',
  );
});

test('a run for later days that finds objects is like any other: names may have later dates', async () => {
  writeResults(harness, { SUCCEEDED: [progress({ listed: 1, archived: 1 })] });
  writeLedger(harness, 'aaaa-000000_000003.jsonl', [ledgerLine('a', 'archived')]);
  const { summary } = await run(
    { listed: 1, selected: 1 },
    { run: { ...RUN, from: '2030-01-01', to: '2030-01-01' } },
  );
  expect(summary.outcome).toBe('CLEAN');
});

test('a run that selected nothing is clean', async () => {
  const { summary } = await run({ listed: 1_000, parts: 0 }, { map: {} });
  expect(summary).toMatchObject({
    outcome: 'CLEAN',
    counts: { listed: 1_000, archived: 0, skipped: 1_000 },
  });
});

test.each([2, 4])(
  'a run whose batches had three objects fails if the plan has %i',
  async (selected) => {
    writeResults(harness, { SUCCEEDED: [progress({ listed: 3, archived: 2, skipped: 1 })] });
    writeLedger(harness, 'aaaa-000000_000003.jsonl', [
      ledgerLine('a', 'archived'),
      ledgerLine('b', 'archived'),
    ]);
    await expect(run({ listed: 1_000, selected })).rejects.toMatchObject({
      name: 'LedgerUnbalanced',
      message: `the plan of the run has ${selected} objects, and its batches had 3 objects`,
    });
  },
);

test('a batch that failed is reconciled with the objects that were planned', async () => {
  const items = ['a', 'b'].map((name) => listed(`incoming/${name}-2026-11-24.csv`));
  harness.store.put('source', items[0].Key, 'x');
  const name = await writePlanFile(bucketClient(harness, 'reports'), RUN, items);
  const input = {
    BatchInput: { run: RUN, progress: initialProgress() },
    part: { name, objects: 2 },
    retries: 0,
  };
  writeResults(harness, {
    FAILED: [
      {
        ExecutionArn: 'arn:child',
        Input: JSON.stringify(input),
        Status: 'FAILED',
        Error: 'Sandbox.Timedout',
        Cause: 'too late',
      },
    ],
  });
  const { summary } = await run({ listed: 10, selected: 2 });
  expect(summary.counts).toEqual({
    listed: 10,
    archived: 0,
    skipped: 9,
    conflicting: 0,
    failed: 1,
  });
});

test('the cost has the requests, the invocations and the states of the listing', async () => {
  writeResults(harness, { SUCCEEDED: [progress({ listed: 3, archived: 2, skipped: 1 })] });
  writeLedger(harness, 'aaaa-000000_000003.jsonl', [
    ledgerLine('a', 'archived'),
    ledgerLine('b', 'archived'),
  ]);
  const costs = async (requests: number, rounds: number) => {
    const { report } = await run({ listed: 1_000_000, selected: 3, requests, rounds });
    return (what: string) => report.cost.items.find((item) => item.what === what)!.count;
  };
  const [short, long] = [await costs(1_001, 1), await costs(1_101, 4)];
  expect(long('S3: lists') - short('S3: lists')).toBe(100);
  expect(long('Lambda') - short('Lambda')).toBe(3);
  expect(long('Step Functions: transitions') - short('Step Functions: transitions')).toBe(6);
  expect(long('S3: other writes') - short('S3: other writes')).toBe(3);
  // PlanRun, Action, ListObjects, Listed?, ArchiveObjects, the child and its state, ReportRun,
  // Outcome, Succeed.
  expect(short('Step Functions: transitions')).toBe(10);
});
