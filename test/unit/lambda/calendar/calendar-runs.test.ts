import fc from 'fast-check';
import { addDays } from '../../../../src/dates/calendar';
import { toMonths } from '../../../../src/lambda/calendar/calendar-page';
import {
  addRun,
  type CalendarRun,
  MAX_RUNS,
  MAX_RUNS_PER_DAY,
} from '../../../../src/lambda/calendar/calendar-runs';
import { calendarRun } from '../../../helpers/calendar-fixtures';

const addAll = (runs: readonly CalendarRun[]) =>
  runs.reduce<CalendarRun[]>((all, run) => addRun(all, run), []);
const stateOf = (runs: readonly CalendarRun[], day: string) =>
  toMonths(addAll(runs), day)
    .flatMap(({ weeks }) => weeks.flat())
    .find((each) => each?.day === day)?.state;

describe('the runs', () => {
  test('are the same in whichever order they end, and how often each is added', () => {
    const run = fc
      .record({
        day: fc.integer({ min: 0, max: 5 }),
        hour: fc.integer({ min: 0, max: 23 }),
        dryRun: fc.boolean(),
        failed: fc.boolean(),
      })
      .map(({ day, failed, ...more }) =>
        calendarRun({
          ...more,
          day: addDays('2026-11-20', day),
          outcome: failed ? 'FAILED' : 'CLEAN',
        }),
      );
    const runs = fc.uniqueArray(run, { selector: ({ startedAt }) => startedAt, maxLength: 8 });
    fc.assert(
      fc.property(runs, fc.infiniteStream(fc.nat()), (given, order) => {
        const shuffled = [...given, ...given]
          .map((each) => ({ each, at: order.next().value as number }))
          .sort((a, b) => a.at - b.at);
        expect(addAll(shuffled.map(({ each }) => each))).toEqual(addAll(given));
      }),
    );
  });

  test('have what ReportRun knows of a run, whether ExplainFailure comes before or after it', () => {
    const reported = calendarRun({ outcome: 'FAILED' });
    const explained = { ...reported, counts: null, folder: null };
    expect(addAll([reported, explained])).toEqual([reported]);
    expect(addAll([explained, reported])).toEqual([reported]);
  });

  test('are those of the last 400 days, or of the days that reports are kept', () => {
    const runs = [0, 1, 399, 400].map((days) => calendarRun({ day: addDays('2026-11-25', -days) }));
    expect(addAll(runs).map(({ day }) => day)).toEqual([
      '2026-11-25',
      '2026-11-24',
      addDays('2026-11-25', -399),
    ]);
    expect(addRun(runs.slice(1), runs[0], 1).map(({ day }) => day)).toEqual(['2026-11-25']);
  });

  test('of a day are the last ones for their days, and those with problems', () => {
    const day = (hour: number, more: Parameters<typeof calendarRun>[0] = {}) =>
      calendarRun({ hour, ...more });
    const runs = [
      day(1, { outcome: 'FAILED' }),
      day(2),
      day(3, { from: '2026-01-01', outcome: 'PROBLEMS' }),
      day(4, { from: '2026-02-01' }),
      day(5, { dryRun: true }),
      day(6),
    ];
    expect(addAll(runs).map(({ startedAt }) => Number(startedAt.slice(11, 13)))).toEqual([6, 4, 3]);
    expect(MAX_RUNS_PER_DAY).toBe(3);
  });

  test('are so few that the page stays small, however many archivers share it', () => {
    let runs: CalendarRun[] = [];
    for (let index = 0; index < 700; index++) {
      runs = addRun(
        runs,
        calendarRun({
          archiver: `Stack/${index % 7}`,
          day: addDays('2026-01-01', Math.floor(index / 7)),
        }),
      );
    }
    expect(runs).toHaveLength(700);
    const many = Array.from({ length: MAX_RUNS }, (_, index) =>
      calendarRun({ archiver: `Stack/${index}`, day: '2026-11-24' }),
    );
    const [newest] = addRun(many, calendarRun({ day: '2026-11-25' }));
    expect(addRun(many, calendarRun({ day: '2026-11-25' }))).toHaveLength(MAX_RUNS);
    expect(newest.day).toBe('2026-11-25');
  });
});

describe('a day', () => {
  const DAY = '2026-11-25';
  test.each([
    ['archived', 'archived', [{}]],
    ['incomplete', 'incomplete', [{ outcome: 'PROBLEMS' }]],
    ['failed', 'failed', [{ outcome: 'FAILED' }]],
    ['timed out', 'failed', [{ outcome: 'TIMED_OUT' }]],
    ['stopped', 'failed', [{ outcome: 'ABORTED' }]],
    ['only tried', 'tried', [{ dryRun: true, outcome: 'FAILED' }]],
    ['verified', 'verified', [{ action: 'verify' }]],
    ['restored', 'restored', [{ action: 'restore' }, { action: 'verify', hour: 2 }]],
    ['repeated with success', 'archived', [{ outcome: 'FAILED' }, { hour: 2 }]],
    [
      'repeated with success on another day',
      'archived',
      [{ outcome: 'FAILED' }, { day: '2026-11-27' }],
    ],
    [
      'repeated without success',
      'failed',
      [{ outcome: 'PROBLEMS' }, { hour: 2, outcome: 'FAILED' }],
    ],
    [
      'with a dry run for the same days after it',
      'failed',
      [{ outcome: 'FAILED' }, { hour: 2, dryRun: true }],
    ],
    [
      'with a backfill of other days after it',
      'failed',
      [{ outcome: 'FAILED' }, { hour: 2, from: '2026-01-01', to: '2026-01-31' }],
    ],
    [
      'with a verification of the same days after it',
      'failed',
      [{ outcome: 'FAILED' }, { hour: 2, action: 'verify' }],
    ],
    [
      'with a run of another archiver after it',
      'failed',
      [{ outcome: 'FAILED' }, { hour: 2, archiver: 'Other' }],
    ],
    [
      'on which a run failed before it knew its days',
      'failed',
      [
        { outcome: 'FAILED', dates: null },
        { hour: 2, dates: null },
      ],
    ],
  ] as const)('that was %s is %s', (_, state, runs) => {
    expect(
      stateOf(
        runs.map((run) => calendarRun({ ...run })),
        DAY,
      ),
    ).toBe(state);
  });

  test(
    'without a run is empty between the first run and the last one, and says nothing outside of ' +
      'them',
    () => {
      const runs = [calendarRun({ day: '2026-11-20' }), calendarRun({ day: '2026-11-22' })];
      expect(
        ['2026-11-19', '2026-11-21', '2026-11-23'].map(
          (day) =>
            toMonths(addAll(runs), '2026-11-22')
              .flatMap(({ weeks }) => weeks.flat())
              .find((each) => each?.day === day)!.state,
        ),
      ).toEqual([undefined, 'none', undefined]);
    },
  );
});

test('months are complete, the newest first, and weeks begin on Monday', () => {
  const months = toMonths(
    addAll([calendarRun({ day: '2026-12-31' }), calendarRun({ day: '2027-02-01' })]),
    '2027-02-01',
  );
  expect(months.map(({ year, month }) => [year, month])).toEqual([
    [2027, 2],
    [2027, 1],
    [2026, 12],
  ]);
  for (const { weeks } of months) {
    for (const week of weeks) {
      expect(week).toHaveLength(7);
      week.forEach((each, index) => {
        if (each) {
          expect((new Date(each.day).getUTCDay() + 6) % 7).toBe(index);
        }
      });
    }
  }
  expect(months[0].weeks.flat().filter(Boolean)).toHaveLength(28);
});
