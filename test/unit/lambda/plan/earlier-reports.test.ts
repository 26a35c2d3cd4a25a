import { addDays } from '../../../../src/dates/calendar';
import {
  findPreviousStart,
  readEarlierReports,
  toLaterRun,
} from '../../../../src/lambda/plan/earlier-reports';
import { getArrivalRatio } from '../../../../src/lambda/report-run/arrival-ratio';
import type { Harness } from '../../../helpers/harness';
import { EXECUTION, startReportHarness } from '../../../helpers/report-fixtures';

const DAY = '2026-11-24';
let harness: Harness;
beforeEach(async () => {
  harness = await startReportHarness();
});
afterEach(() => harness.close());

interface Given {
  ago?: number;
  selected?: number;
  id?: string;
  dryRun?: boolean;
  machine?: string;
  startedAt?: string;
}

/** The fields of a report that are read. */
function reportOf({
  ago = 0,
  selected = 100,
  id = 'nightly',
  dryRun = false,
  machine = 'Archiver',
  startedAt,
}: Given) {
  const day = addDays(DAY, -ago);
  return {
    schemaVersion: 1,
    run: { id, dryRun, executionArn: EXECUTION.replace(':Archiver:', `:${machine}:`) },
    dates: { from: day, to: day },
    timeZone: 'UTC',
    startedAt: startedAt ?? `${addDays(day, 1)}T01:00:00.000Z`,
    counts: { listed: selected, archived: selected, skipped: 0, conflicting: 0, failed: 0 },
  };
}

function put(given: Given): void {
  const { startedAt, run } = reportOf(given);
  harness.store.put(
    'reports',
    `runs/${startedAt.slice(0, 10)}/${run.id}/report.json`,
    JSON.stringify(reportOf(given)),
  );
}

function fortnight(more: Given = {}): void {
  for (let ago = 1; ago <= 14; ago++) {
    put({ ago, ...more });
  }
}

const laterRun = (given: Given = {}, reportRoot = 'runs/') => {
  const { run, startedAt } = reportOf(given);
  return toLaterRun(reportRoot, run.executionArn, startedAt);
};

async function ratio(given: Given = {}, reportRoot = 'runs/') {
  const reportPrefix = `${reportRoot}2026-11-25/nightly/`;
  const run = { ...laterRun(given, reportRoot), reportPrefix };
  const earlier = await readEarlierReports(harness.s3, 'reports', run);
  return getArrivalRatio(reportOf(given), earlier, 'UTC');
}

const previous = () => findPreviousStart(harness.s3, 'reports', laterRun());

test('compares with the reports of earlier runs', async () => {
  fortnight();
  expect(await ratio({ selected: 20 })).toBe(0.2);
});

test('a run for a day that had not begun is no later run', async () => {
  fortnight();
  put({ ago: -300, selected: 0, id: 'typo', startedAt: `${addDays(DAY, -1)}T09:00:00.000Z` });
  expect(await ratio({ selected: 0 })).toBe(0);
  put({ ago: -1, selected: 5, id: 'later', startedAt: `${addDays(DAY, 1)}T00:30:00.000Z` });
  expect(await ratio({ selected: 0 })).toBeUndefined();
});

test('is 1 without earlier reports, if anything arrived', async () => {
  expect(await ratio()).toBe(1);
  expect(await ratio({ selected: 0 })).toBe(0);
});

test('ignores other archivers under the prefix, dry runs and the run itself', async () => {
  fortnight({ machine: 'Other', selected: 1, id: 'other' });
  fortnight({ dryRun: true, selected: 1, id: 'dry' });
  fortnight();
  put({ ago: 0, selected: 1000 });
  expect(await ratio({ selected: 50 })).toBe(0.5);
});

test('ignores runs without a report, and files that are not reports', async () => {
  fortnight();
  harness.store.put('reports', 'runs/2026-11-20/failed/ledger/a.jsonl', 'x');
  harness.store.put('reports', 'runs/2026-11-20/odd/report.json', 'not JSON');
  harness.store.put('reports', 'runs/2026-11-20/old/report.json', '{"schemaVersion":0}');
  expect(await ratio({ selected: 50 })).toBe(0.5);
});

test('fails if S3 denies access, instead of assuming that nothing arrived', async () => {
  fortnight();
  harness.store.denials.add({ operations: ['GetObject'] });
  await expect(ratio()).rejects.toThrow(/denied/i);
});

test('sends a few dozen requests at most, however many runs there were', async () => {
  for (let hour = 0; hour < 24; hour++) {
    for (let ago = 1; ago <= 20; ago++) {
      put({ ago, id: `run-${hour}` });
    }
  }
  let requests = 0;
  harness.before = () => {
    requests += 1;
  };
  expect(await ratio()).toBeDefined();
  expect(requests).toBeLessThan(80);
});

test('ignores reports that are older than a hundred days', async () => {
  for (let ago = 120; ago <= 130; ago++) {
    put({ ago, selected: 1 });
  }
  expect(await ratio({ selected: 10 })).toBe(1);
});

test('reads reports at the root of a bucket', async () => {
  for (let ago = 1; ago <= 7; ago++) {
    const { startedAt } = reportOf({ ago });
    harness.store.put(
      'reports',
      `${startedAt.slice(0, 10)}/nightly/report.json`,
      JSON.stringify(reportOf({ ago })),
    );
  }
  expect(await ratio({ selected: 10 }, '')).toBe(0.1);
});

describe('the run before', () => {
  test('is the last one of the archiver that has a report, and moved objects of a listing', async () => {
    put({ ago: 4 });
    put({ ago: 3, id: 'b', startedAt: `${addDays(DAY, -2)}T01:00:00.000Z` });
    put({ ago: 3, id: 'a', startedAt: `${addDays(DAY, -2)}T09:00:00.000Z` });
    put({ ago: 1, dryRun: true, id: 'dry' });
    put({ ago: 1, machine: 'Other', id: 'other' });
    put({ ago: 0, id: 'later', startedAt: `${addDays(DAY, 1)}T02:00:00.000Z` });
    harness.store.put(
      'reports',
      `runs/${DAY}/listed/report.json`,
      JSON.stringify({ ...reportOf({ ago: 1, id: 'listed' }), manifest: { uri: 's3://b/list' } }),
    );
    harness.store.put('reports', `runs/${DAY}/verify/report.json`, '{"counts":{"present":1}}');
    expect(await previous()).toBe(`${addDays(DAY, -2)}T09:00:00.000Z`);
  });

  test('is unknown if there is none', async () => {
    expect(await previous()).toBeUndefined();
  });

  test('takes three requests, however many days there were', async () => {
    fortnight();
    const operations: string[] = [];
    harness.before = ({ operation }) => {
      operations.push(operation);
    };
    expect(await previous()).toBe(`${DAY}T01:00:00.000Z`);
    expect(operations).toEqual(['ListObjectsV2', 'ListObjectsV2', 'GetObject']);
  });
});
