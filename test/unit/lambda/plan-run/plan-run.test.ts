import * as v from 'valibot';
import { Plan, type RunInput } from '../../../../src/contract/payloads';
import { Env } from '../../../../src/contract/settings';
import { planRun } from '../../../../src/lambda/plan-run/plan-run';
import { readPlanSettings } from '../../../../src/lambda/runtime/environment';
import { ENVIRONMENT } from '../../../helpers/environment';

const STARTED = '2026-11-24T16:00:05.123Z';

function plan(input: RunInput = {}, environment: { readonly [name: string]: string } = {}, startTime = STARTED) {
  const event = { input, runId: 'run-1', startTime, executionId: 'arn:aws:states:us-east-1:111122223333:execution:archiver:run-1' };
  return planRun(event, readPlanSettings({ ...ENVIRONMENT, ...environment }), async (day) => ({ reportPrefix: 'runs/2026-11-24/run-1/', ledgerPrefix: `runs/ledger/day=${day}/run=run-1/` }));
}

async function days(input: RunInput, environment: { readonly [name: string]: string } = {}, startTime = STARTED) {
  const { from, to } = (await plan(input, environment, startTime)).run;
  return { from, to };
}

test('planRun returns the plan that the state machine expects', async () => {
  expect(v.parse(Plan, await plan())).toEqual({
    run: {
      id: 'run-1',
      startTime: STARTED,
      from: '2026-11-23',
      to: '2026-11-23',
      dryRun: false,
      action: 'archive',
      reportPrefix: 'runs/2026-11-24/run-1/',
      ledgerPrefix: 'runs/ledger/day=2026-11-23/run=run-1/',
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
      digest: {
        parts: [],
        copies: 0,
        span: null,
        timeline: { width: 1_000, first: 0, archived: [], notArchived: [] },
        sizes: [],
        classes: {},
        slowest: [],
        reasons: [],
      },
    },
  });
});

describe('the days of a run', () => {
  test('are counted from the scheduled instant, however late the run starts', async () => {
    const nextDay = '2026-11-25T23:59:00.000Z';
    expect(await days({ scheduledTime: '2026-11-24T16:00:00Z' }, { [Env.TIME_ZONE]: 'Asia/Tokyo' }, nextDay)).toEqual({ from: '2026-11-24', to: '2026-11-24' });
  });

  test('are counted in the time zone from the start of the run, if nothing was scheduled', async () => {
    expect(await days({}, { [Env.TIME_ZONE]: 'Asia/Tokyo' })).toEqual({ from: '2026-11-24', to: '2026-11-24' });
    expect(await days({}, { [Env.TIME_ZONE]: 'UTC' })).toEqual({ from: '2026-11-23', to: '2026-11-23' });
  });

  test.each([
    ['2026-03-09T04:30:00Z', '2026-03-08'],
    ['2026-11-02T04:30:00Z', '2026-10-31'],
  ])('are calendar days when clocks change: at %s in New York yesterday was %s', async (scheduledTime, expected) => {
    expect(await days({ scheduledTime }, { [Env.TIME_ZONE]: 'America/New_York' })).toEqual({ from: expected, to: expected });
  });

  test('are the days of the input, if it has any', async () => {
    expect(await days({ date: '2025-01-31', scheduledTime: '2026-11-24T16:00:00Z' })).toEqual({ from: '2025-01-31', to: '2025-01-31' });
    expect(await days({ from: '2025-01-01', to: '2025-01-31' })).toEqual({ from: '2025-01-01', to: '2025-01-31' });
  });

  test.each([
    ['the first', '1970-01-01T00:00:00Z', 'Pacific/Pago_Pago', { from: '1869-12-30', to: '1969-12-30' }],
    ['the last', '9998-12-31T23:59:59Z', 'Pacific/Kiritimati', { from: '9898-12-31', to: '9998-12-31' }],
  ])('are computed from %s instant that is allowed, however many they are', async (_, scheduledTime, zone, expected) => {
    expect(await days({ scheduledTime }, { [Env.TIME_ZONE]: zone, [Env.SELECTION]: '{"kind":"lastDays","days":36525}' })).toEqual(expected);
  });

  test('may have no beginning', async () => {
    expect(await days({}, { [Env.SELECTION]: '{"kind":"olderThan","days":30}' })).toEqual({ from: null, to: '2026-10-24' });
  });
});

test('the rate is divided by the number of concurrent batches, also if the input sets it', async () => {
  expect(await plan({ maxConcurrency: 3 })).toMatchObject({ maxConcurrency: 3, run: { objectsPerSecond: 500 } });
  expect(await plan({}, { [Env.CONCURRENCY]: '100', [Env.MAX_OBJECTS_PER_SECOND]: '200' })).toMatchObject({ maxConcurrency: 100, run: { objectsPerSecond: 2 } });
});

test.each([['50', 50, 1], ['2.5', 2, 1.25], ['0.5', 1, 0.5]])('at %s objects a second, a batch gets at least one, or all of them', async (rate, maxConcurrency, objectsPerSecond) => {
  const environment = { [Env.CONCURRENCY]: '100', [Env.MAX_OBJECTS_PER_SECOND]: rate };
  expect(await plan({}, environment)).toMatchObject({ maxConcurrency, run: { objectsPerSecond, maxConcurrency } });
});

test.each([['30', '30, which the archiver was deployed with:'], [undefined, '10, which the archiver was deployed with by default:']])('rejects a maxConcurrency above the deployed one (%s)', async (deployed, limit) => {
  const environment: Record<string, string> = deployed ? { [Env.CONCURRENCY]: deployed } : {};
  expect((await plan({ maxConcurrency: Number(deployed ?? 10) }, environment)).maxConcurrency).toBe(Number(deployed ?? 10));
  await expect(plan({ maxConcurrency: 10_000 }, environment)).rejects.toThrow(`maxConcurrency 10000 must be at most ${limit}`);
});

test.each([
  [1, 1], [750, 1], [751, 2], [1_500, 2], [3_000, 4], [3_500, 5], [1_000_000, 10],
])('for %d objects a second, the default is %d concurrent batches', async (rate, batches) => {
  const found = await plan({}, { [Env.MAX_OBJECTS_PER_SECOND]: String(rate) });
  expect(found).toMatchObject({ maxConcurrency: batches, run: { objectsPerSecond: rate / batches } });
});

test('rejects a maxConcurrency that leaves EXPRESS batches a too small share of the rate', async () => {
  const most = { [Env.MAX_RUN_CONCURRENCY]: '88', [Env.CONCURRENCY]: '100' };
  expect((await plan({ maxConcurrency: 88 }, most)).maxConcurrency).toBe(88);
  await expect(plan({ maxConcurrency: 89 }, most)).rejects.toThrow('maxConcurrency 89 must be at most 88, because an EXPRESS batch has five minutes');
});

test('the plan of a dry run says that it is one', async () => {
  expect((await plan({ dryRun: true })).run.dryRun).toBe(true);
});

test('the ledger of a run of several days lies at the last of them', async () => {
  expect((await plan({ from: '2026-10-01', to: '2026-10-31' })).run.ledgerPrefix).toBe('runs/ledger/day=2026-10-31/run=run-1/');
});

test('a run that is refused claims no folder', async () => {
  let claims = 0;
  const event = { input: { date: 'monday' }, runId: 'run-1', startTime: STARTED, executionId: 'arn' };
  await expect(planRun(event, readPlanSettings(ENVIRONMENT), async () => ({ reportPrefix: `${claims++}`, ledgerPrefix: '' }))).rejects.toThrow('date must be');
  expect(claims).toBe(0);
});

test('the listing has a longer prefix with DateSource.keyPrefix', async () => {
  const environment = { [Env.SOURCE_PREFIX]: 'incoming/', [Env.DATE_SOURCE]: '{"kind":"keyPrefix","formats":["yyyy/MM/dd"]}' };
  expect((await plan({ date: '2026-11-24' }, environment)).listing.prefix).toBe('incoming/2026/11/24');
});
