import * as fc from 'fast-check';
import { addDays } from '../../../../src/dates/calendar';
import { type RunArrivals, arrivalRatio } from '../../../../src/lambda/report-run/arrival-ratio';

const TODAY = '2026-11-24';

/** A nightly run of one day, `ago` days before the present one. */
function nightly(ago: number, selected: number, more: Partial<RunArrivals> = {}): RunArrivals {
  const day = addDays(TODAY, -ago);
  return {
    from: day,
    to: day,
    startedAt: `${addDays(day, 1)}T01:00:00.000Z`,
    isAhead: false,
    archived: selected,
    selected,
    ...more,
  };
}

const week = (selected: number) => [1, 2, 3, 4, 5, 6, 7].map((ago) => nightly(ago, selected));

test('is 1 if as much arrived as usual', () => {
  expect(arrivalRatio(nightly(0, 100), week(100))).toBe(1);
});

test('is the share of the usual amount, if far less or far more arrived', () => {
  expect(arrivalRatio(nightly(0, 5), week(100))).toBe(0.05);
  expect(arrivalRatio(nightly(0, 300), week(100))).toBe(3);
});

test('compares with the median, which one empty day and one huge day do not move', () => {
  expect(
    arrivalRatio(nightly(0, 50), [
      nightly(1, 0),
      nightly(2, 100),
      nightly(3, 100),
      nightly(4, 100),
      nightly(5, 1_000_000),
    ]),
  ).toBe(0.5);
  expect(
    arrivalRatio(
      nightly(0, 50),
      [1, 2, 3, 4, 5, 6].map((ago) => nightly(ago, ago < 4 ? 50 : 150)),
    ),
  ).toBe(0.5);
});

test('is 0 if nothing arrived, whatever is usual', () => {
  expect(arrivalRatio(nightly(0, 0), [])).toBe(0);
  expect(arrivalRatio(nightly(0, 0), week(100))).toBe(0);
  expect(arrivalRatio(nightly(0, 0), week(0))).toBe(0);
});

test('is 1 if anything arrived, with too few earlier runs or in a bucket that is usually empty', () => {
  expect(arrivalRatio(nightly(0, 1), [])).toBe(1);
  expect(arrivalRatio(nightly(0, 1), week(100).slice(0, 4))).toBe(1);
  expect(arrivalRatio(nightly(0, 1), week(0))).toBe(1);
});

test('counts what earlier runs for the same days archived', () => {
  const failed = nightly(0, 100, { archived: 90, selected: 100 });
  const again = nightly(0, 10, { startedAt: '2026-11-25T09:00:00.000Z' });
  expect(arrivalRatio(again, [...week(100), failed])).toBe(1);
  const third = nightly(0, 0, { startedAt: '2026-11-25T10:00:00.000Z' });
  expect(arrivalRatio(third, [...week(100), failed, again])).toBe(1);
});

test('counts it for earlier windows too', () => {
  const twice = week(100).flatMap((run) => [
    { ...run, archived: 40 },
    { ...run, startedAt: `${run.startedAt.slice(0, 11)}09:00:00.000Z`, archived: 60, selected: 60 },
  ]);
  expect(arrivalRatio(nightly(0, 50), twice)).toBe(0.5);
});

test('is undefined for a run that catches up on earlier days', () => {
  expect(arrivalRatio(nightly(30, 0), week(100))).toBeUndefined();
});

test('a run for a day that has not begun silences none of the runs until that day', () => {
  const ahead = nightly(-20, 0, { startedAt: '2026-11-20T09:00:00.000Z', isAhead: true });
  expect(arrivalRatio(nightly(0, 0), [...week(100), ahead])).toBe(0);
  expect(arrivalRatio(nightly(0, 50), [...week(100), ahead])).toBe(0.5);
  expect(
    arrivalRatio({ ...ahead, startedAt: '2026-11-25T09:00:00.000Z' }, week(100)),
  ).toBeUndefined();
});

test('compares only windows with the same number of days', () => {
  const month = {
    from: '2026-10-25',
    to: addDays(TODAY, -1),
    startedAt: '2026-11-24T09:00:00.000Z',
    isAhead: false,
    archived: 3000,
    selected: 3000,
  };
  expect(arrivalRatio(nightly(0, 100), [...week(100), month])).toBe(1);
  expect(arrivalRatio({ ...month, to: TODAY }, week(100))).toBe(1);
});

test('compares runs for every past day only with each other', () => {
  const all = (ago: number, selected: number) => nightly(ago, selected, { from: null });
  expect(
    arrivalRatio(
      all(0, 10),
      [1, 2, 3, 4, 5].map((ago) => all(ago, 100)),
    ),
  ).toBe(0.1);
});

test('uses the last fourteen windows', () => {
  const long = Array.from({ length: 40 }, (_, index) => nightly(index + 1, index < 14 ? 10 : 1000));
  expect(arrivalRatio(nightly(0, 10), long)).toBe(1);
});

test('does not depend on the order in which reports are read', () => {
  const runs = [...week(100), nightly(0, 100, { archived: 30 }), nightly(8, 7), nightly(9, 500)];
  const now = nightly(0, 70, { startedAt: '2026-11-25T09:00:00.000Z' });
  fc.assert(
    fc.property(fc.shuffledSubarray(runs, { minLength: runs.length }), (shuffled) => {
      expect(arrivalRatio(now, shuffled)).toBe(1);
    }),
  );
});
