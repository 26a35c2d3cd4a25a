import type { EarlierReport } from '../../../../src/lambda/plan/earlier-reports';
import { judgeUndated } from '../../../../src/lambda/report-run/undated-arrivals';

const SINCE = '2026-11-24T01:00:00.000Z';

/** What came in a night: objects with a date of its days, and new ones without a date. */
interface Night {
  readonly found: number;
  readonly count: number;
  readonly since?: string | null;
}

const toReport = ({ found, count, since = SINCE }: Night): EarlierReport => ({
  run: { id: 'nightly', executionArn: 'arn', dryRun: false },
  dates: { from: '2026-11-23', to: '2026-11-23' },
  startedAt: SINCE,
  counts: { listed: found + count, archived: found, skipped: count, conflicting: 0, failed: 0 },
  ...(count > 0 && { undatedArrivals: { since, count } }),
});

const judge = ({ found, count, since = SINCE }: Night, ...earlier: Night[]) =>
  judgeUndated({ found, count, since }, earlier.map(toReport));
const tells = (night: Night, ...earlier: Night[]) => judge(night, ...earlier).isUnusual;

const QUIET = { found: 100, count: 0 };
const first = (found: number, count: number) => ({ found, count, since: null });

test.each([
  ['nothing was archived, and one has no date', first(0, 1), true],
  ['more than a tenth has no date', first(89, 11), true],
  ['a tenth has no date', first(90, 10), false],
])('the first run of all: %s', (_, night, isTold) => {
  expect(tells(night)).toBe(isTold);
});

test('the same objects are not told again, also if nothing else came', () => {
  expect(tells({ found: 0, count: 0 }, first(0, 1))).toBe(false);
  expect(tells({ found: 0, count: 0 }, QUIET, first(100, 5))).toBe(false);
});

test('a wrong format is told by each run, as long as nothing with a date comes', () => {
  const broken = { found: 0, count: 100 };
  expect(tells(broken, QUIET, QUIET)).toBe(true);
  expect(tells(broken, broken, broken, broken, QUIET, QUIET)).toBe(true);
});

test('one of two writers is told twice: one lost message hides nothing', () => {
  const half = { found: 50, count: 50 };
  expect(tells(half, QUIET, QUIET)).toBe(true);
  expect(tells(half, half, QUIET, QUIET)).toBe(true);
  expect(judge(half, half, half, QUIET, QUIET)).toEqual({
    since: SINCE,
    count: 50,
    usual: 50,
    isUnusual: false,
  });
});

describe('a writer that never had dates', () => {
  const usual = { found: 70, count: 30 };
  test.each([
    ['is told by the first run', first(70, 30), [], true],
    ['not by the second, whose share is the same', usual, [first(70, 30)], false],
    ['nor if older ones were there', usual, [first(70, 5_000)], false],
    ['nor by later ones', usual, [usual, first(70, 5_000)], false],
    ['nor if a few more come', { found: 70, count: 36 }, [usual, usual], false],
    ['nor on a Sunday without the others', { found: 0, count: 30 }, [usual, usual], false],
    ['more of it is', { found: 70, count: 50 }, [usual, usual], true],
    ['a wrong format beside it is', { found: 0, count: 100 }, [usual, first(70, 30)], true],
  ] as const)('%s', (_, night, earlier, isTold) => {
    expect(tells(night, ...earlier)).toBe(isTold);
  });
});

test('one large arrival makes none usual', () => {
  const half = { found: 50, count: 50 };
  expect(tells(half, { found: 100, count: 5_000 }, QUIET)).toBe(true);
});
