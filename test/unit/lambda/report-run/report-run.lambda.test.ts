import type { Context } from 'aws-lambda';
import { readRuns } from '../../../../src/lambda/calendar/calendar-page';
import { handler } from '../../../../src/lambda/report-run/report-run.lambda';
import type { Harness } from '../../../helpers/harness';
import {
  ENVIRONMENT,
  EVENT,
  ledgerLine,
  progress,
  RUN,
  startReportHarness,
  writeLedger,
  writeResults,
} from '../../../helpers/report-fixtures';

const CONTEXT = {
  functionName: 'report-run',
  awsRequestId: 'r1',
  getRemainingTimeInMillis: () => 60_000,
} as Context;

const environment = process.env;
let harness: Harness;
let output: jest.SpyInstance;

beforeAll(async () => {
  harness = await startReportHarness();
  process.env = {
    ...environment,
    ...ENVIRONMENT,
    AWS_ENDPOINT_URL_S3: harness.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
});
afterAll(async () => {
  process.env = environment;
  await harness.close();
});

beforeEach(() => {
  output = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  writeResults(harness, {
    SUCCEEDED: [progress({ listed: 3, archived: 1, skipped: 1, conflicting: 1 })],
  });
  writeLedger(harness, 'aaaa-000000_000003.jsonl', [
    ledgerLine('a', 'archived'),
    ledgerLine('secret\nname', 'conflicting', 'DESTINATION_EXISTS'),
  ]);
});
afterEach(() => output.mockRestore());

const printed = (): Record<string, any>[] =>
  output.mock.calls.map(([text]) => JSON.parse(String(text)));

test('writes the report and publishes metrics', async () => {
  const summary = await handler(EVENT, CONTEXT);
  expect(summary).toMatchObject({
    outcome: 'PROBLEMS',
    counts: { listed: 3, archived: 1, skipped: 1, conflicting: 1, failed: 0 },
  });
  expect(harness.store.get('reports', `${RUN.reportPrefix}report.json`)).toBeDefined();
  expect(printed().filter(({ _aws: aws }) => aws)).toMatchObject([
    { Archiver: 'Demo/Archiver', ObjectsConflicting: 1 },
  ]);
});

test('a run whose map has no ResultWriter is not counted as an empty one', async () => {
  const outputs = [progress({ listed: 3, skipped: 3 })];
  await expect(handler({ ...EVENT, map: outputs }, CONTEXT)).rejects.toThrow(
    expect.objectContaining({
      name: 'LedgerUnbalanced',
      message: expect.stringContaining(
        'the Distributed Map has no ResultWriter, so the run cannot be counted: it returned ' +
          'what its batches returned (1)',
      ),
    }),
  );
});

test("logs the run's id in every line, and no key", async () => {
  await handler(EVENT, CONTEXT);
  const lines = printed().filter(({ _aws: aws }) => !aws);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line).toMatchObject({ run_id: 'nightly', service: 'report-run' });
  }
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test('publishes no metrics for a dry run', async () => {
  await handler({ ...EVENT, run: { ...RUN, dryRun: true } }, CONTEXT);
  expect(printed().filter(({ _aws: aws }) => aws)).toEqual([]);
});

test('adds the run to the calendar, also a dry run', async () => {
  await handler(EVENT, CONTEXT);
  await handler(
    {
      ...EVENT,
      run: { ...RUN, dryRun: true, reportPrefix: 'runs/2026-11-25/dry/' },
      executionId: `${EVENT.executionId}-dry`,
    },
    CONTEXT,
  );
  expect(
    readRuns(harness.read('reports', 'runs/index.html')!, '').map(
      ({ dryRun, outcome, counts, folder, day }) => ({ dryRun, outcome, counts, folder, day }),
    ),
  ).toEqual([
    {
      dryRun: true,
      outcome: 'PROBLEMS',
      counts: { done: 1, notDone: 1 },
      folder: '2026-11-25/dry',
      day: '2026-11-25',
    },
    {
      dryRun: false,
      outcome: 'PROBLEMS',
      counts: { done: 1, notDone: 1 },
      folder: '2026-11-25/nightly',
      day: '2026-11-25',
    },
  ]);
  expect(harness.store.keys('reports', 'runs/ledger/').every((key) => key.endsWith('.jsonl'))).toBe(
    true,
  );
});

test('succeeds if the calendar cannot be updated, and logs why', async () => {
  harness.store.put('reports', 'runs/index.html', 'a page of somebody else');
  const warnings = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  expect(await handler(EVENT, CONTEXT)).toMatchObject({ outcome: 'PROBLEMS' });
  expect([
    ...printed(),
    ...warnings.mock.calls.map(([text]) => JSON.parse(String(text))),
  ]).toContainEqual(
    expect.objectContaining({
      level: 'WARN',
      message: expect.stringContaining('the calendar was not updated'),
    }),
  );
  warnings.mockRestore();
  expect(harness.read('reports', 'runs/index.html')).toBe('a page of somebody else');
  harness.store.delete('reports', 'runs/index.html');
});

test('fails for an event of another shape and names what is wrong', async () => {
  await expect(handler({ run: RUN }, CONTEXT)).rejects.toThrow(/executionId|map/);
});
