import { toFailedRun } from '../../../../src/lambda/explain-failure/failed-run';
import type { FailureFacts } from '../../../../src/lambda/explain-failure/failure-facts';
import { change, factsOf, PLAN, START, SUMMARY } from '../../../helpers/failure-fixtures';
import { EXECUTION, RUN } from '../../../helpers/report-fixtures';

const NOW = Date.UTC(2026, 10, 25, 2);
const run = (facts: Partial<FailureFacts> = {}) =>
  toFailedRun(
    { archiver: 'Demo/Archiver', timeZone: 'Asia/Tokyo' },
    { change: change(), gaps: [], ...facts },
    NOW,
  );

test(
  'a run that ended before its report has no counts and no folder, and the days that PlanRun ' +
    'fixed',
  () => {
    expect(run({ history: { run: PLAN.run } })).toEqual({
      archiver: 'Demo/Archiver',
      executionArn: EXECUTION,
      action: 'archive',
      dryRun: false,
      dates: { from: '2026-11-24', to: '2026-11-24' },
      startedAt: START.toISOString(),
      endedAt: new Date(START.getTime() + 60_000).toISOString(),
      day: '2026-11-25',
      timeZone: 'Asia/Tokyo',
      outcome: 'FAILED',
      counts: null,
      folder: null,
    });
  },
);

test.each(['TIMED_OUT', 'ABORTED', 'FAILED'] as const)(
  'a run that ended as %s says so',
  (status) => {
    expect(run({ change: change({ status }) }).outcome).toBe(status);
  },
);

test(
  'a run that failed before PlanRun had fixed its days has none, and says what its input asks ' +
    'for',
  () => {
    expect(run({ change: change({ input: '{"action":"verify","dryRun":true}' }) })).toMatchObject({
      dates: null,
      action: 'verify',
      dryRun: true,
    });
    expect(run({ change: change({ input: 'no JSON' }) })).toMatchObject({
      dates: null,
      action: 'archive',
      dryRun: false,
    });
  },
);

test('the day is that of the time zone, and a run without times has those of now', () => {
  expect(run({ change: change({ startDate: Date.UTC(2026, 10, 25, 15) }) }).day).toBe('2026-11-26');
  const unknown = change({ startDate: undefined, stopDate: undefined });
  expect(run({ change: unknown }).endedAt).toBe(new Date(NOW).toISOString());
});

test('an event without times has those of the execution', async () => {
  expect(run(await factsOf({}, { startDate: undefined })).startedAt).toBe(START.toISOString());
});

test('a run that has its report is in the calendar as ReportRun would add it', () => {
  expect(run({ history: { run: RUN, summary: SUMMARY } })).toMatchObject({
    outcome: 'FAILED',
    counts: { done: 4, notDone: 3 },
    folder: '2026-11-25/nightly',
  });
});
