import * as v from 'valibot';
import { Plan, type RunInput } from '../../../../src/contract/payloads';
import { Env } from '../../../../src/contract/settings';
import { planRun } from '../../../../src/lambda/plan-run/plan-run';
import { readPlanSettings } from '../../../../src/lambda/runtime/environment';
import { ENVIRONMENT } from '../../../helpers/environment';

const STARTED = '2026-11-24T16:00:05.123Z';

function plan(input: RunInput = {}, environment: { readonly [name: string]: string } = {}, startTime = STARTED) {
  return planRun({ input, runId: 'run-1', startTime }, readPlanSettings({ ...ENVIRONMENT, ...environment }));
}

function days(input: RunInput, environment: { readonly [name: string]: string } = {}, startTime = STARTED) {
  const { from, to } = plan(input, environment, startTime).run;
  return { from, to };
}

test('planRun returns the plan that the state machine expects', () => {
  expect(v.parse(Plan, plan())).toEqual({
    run: {
      id: 'run-1',
      startTime: STARTED,
      from: '2026-11-23',
      to: '2026-11-23',
      dryRun: false,
      reportPrefix: 'runs/2026-11-24/run-1/',
      objectsPerSecond: 750,
      maxConcurrency: 2,
    },
    listing: { prefix: '' },
    maxConcurrency: 2,
    resultPrefix: 'runs/2026-11-24/run-1/map-run',
    progress: {
      cursor: 0,
      finished: false,
      rounds: 0,
      counts: { listed: 0, archived: 0, skipped: 0, conflicting: 0, failed: 0 },
      bytes: 0,
      stragglers: { count: 0, oldest: null },
      problems: [],
      upload: null,
    },
  });
});

describe('the days of a run', () => {
  test('are counted from the scheduled instant, however late the run starts', () => {
    const nextDay = '2026-11-25T23:59:00.000Z';
    expect(days({ scheduledTime: '2026-11-24T16:00:00Z' }, { [Env.TIME_ZONE]: 'Asia/Tokyo' }, nextDay)).toEqual({ from: '2026-11-24', to: '2026-11-24' });
  });

  test('are counted in the time zone from the start of the run, if nothing was scheduled', () => {
    expect(days({}, { [Env.TIME_ZONE]: 'Asia/Tokyo' })).toEqual({ from: '2026-11-24', to: '2026-11-24' });
    expect(days({}, { [Env.TIME_ZONE]: 'UTC' })).toEqual({ from: '2026-11-23', to: '2026-11-23' });
  });

  test.each([
    ['2026-03-09T04:30:00Z', '2026-03-08'],
    ['2026-11-02T04:30:00Z', '2026-10-31'],
  ])('are calendar days when clocks change: at %s in New York yesterday was %s', (scheduledTime, expected) => {
    expect(days({ scheduledTime }, { [Env.TIME_ZONE]: 'America/New_York' })).toEqual({ from: expected, to: expected });
  });

  test('are the days of the input, if it has any', () => {
    expect(days({ date: '2025-01-31', scheduledTime: '2026-11-24T16:00:00Z' })).toEqual({ from: '2025-01-31', to: '2025-01-31' });
    expect(days({ from: '2025-01-01', to: '2025-01-31' })).toEqual({ from: '2025-01-01', to: '2025-01-31' });
  });

  test('may have no beginning', () => {
    expect(days({}, { [Env.SELECTION]: '{"kind":"olderThan","days":30}' })).toEqual({ from: null, to: '2026-10-24' });
  });
});

test('the rate is divided by the number of concurrent batches, also if the input sets it', () => {
  expect(plan({ maxConcurrency: 3 })).toMatchObject({ maxConcurrency: 3, run: { objectsPerSecond: 500 } });
  expect(plan({}, { [Env.CONCURRENCY]: '100', [Env.MAX_OBJECTS_PER_SECOND]: '200' })).toMatchObject({ maxConcurrency: 100, run: { objectsPerSecond: 2 } });
});

test.each([['50', 50, 1], ['2.5', 2, 1.25], ['0.5', 1, 0.5]])('at %s objects a second, a batch gets at least one, or all of them', (rate, maxConcurrency, objectsPerSecond) => {
  const environment = { [Env.CONCURRENCY]: '100', [Env.MAX_OBJECTS_PER_SECOND]: rate };
  expect(plan({}, environment)).toMatchObject({ maxConcurrency, run: { objectsPerSecond, maxConcurrency } });
});

test.each([['30', '30, which the archiver was deployed with:'], [undefined, '10, which the archiver was deployed with by default:']])('rejects a maxConcurrency above the deployed one (%s)', (deployed, limit) => {
  const environment: Record<string, string> = deployed ? { [Env.CONCURRENCY]: deployed } : {};
  expect(plan({ maxConcurrency: Number(deployed ?? 10) }, environment).maxConcurrency).toBe(Number(deployed ?? 10));
  expect(() => plan({ maxConcurrency: 10_000 }, environment)).toThrow(`maxConcurrency 10000 must be at most ${limit}`);
});

test.each([
  [1, 1], [750, 1], [751, 2], [1_500, 2], [3_000, 4], [3_500, 5], [1_000_000, 10],
])('for %d objects a second, the default is %d concurrent batches', (rate, batches) => {
  const found = plan({}, { [Env.MAX_OBJECTS_PER_SECOND]: String(rate) });
  expect(found).toMatchObject({ maxConcurrency: batches, run: { objectsPerSecond: rate / batches } });
});

test('rejects a maxConcurrency that leaves EXPRESS batches a too small share of the rate', () => {
  const most = { [Env.MAX_RUN_CONCURRENCY]: '88', [Env.CONCURRENCY]: '100' };
  expect(plan({ maxConcurrency: 88 }, most).maxConcurrency).toBe(88);
  expect(() => plan({ maxConcurrency: 89 }, most)).toThrow('maxConcurrency 89 must be at most 88, because an EXPRESS batch has five minutes');
});

test('the plan of a dry run says that it is one', () => {
  expect(plan({ dryRun: true }).run.dryRun).toBe(true);
});

test('the prefix of the reports has the UTC day of the start, whatever the time zone', () => {
  expect(plan({}, { [Env.TIME_ZONE]: 'Pacific/Kiritimati', [Env.REPORT_PREFIX]: '' }).run.reportPrefix).toBe('2026-11-24/run-1/');
});

test('the listing has a longer prefix with DateSource.keyPrefix', () => {
  const environment = { [Env.SOURCE_PREFIX]: 'incoming/', [Env.DATE_SOURCE]: '{"kind":"keyPrefix","formats":["yyyy/MM/dd"]}' };
  expect(plan({ date: '2026-11-24' }, environment).listing.prefix).toBe('incoming/2026/11/24');
});
