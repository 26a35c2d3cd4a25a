import type { Counts } from '../../../../../src/contract/payloads/outcomes';
import {
  assertBalanced,
  explainNothing,
  judge,
} from '../../../../../src/lambda/report-run/report/outcome';
import { RUN } from '../../../../helpers/report-fixtures';
import { noted } from '../../../../helpers/skipped-objects';

const counts = (more: Partial<Counts>): Counts => ({
  listed: 0,
  archived: 0,
  skipped: 0,
  conflicting: 0,
  failed: 0,
  ...more,
});

describe('balance', () => {
  test('holds if every listed object is accounted for', () => {
    expect(() =>
      assertBalanced(
        counts({ listed: 10, archived: 4, skipped: 3, conflicting: 2, failed: 1 }),
        'r',
        RUN,
      ),
    ).not.toThrow();
  });

  test.each([
    [11, '1 object fewer'],
    [8, '2 objects more'],
  ])('fails the run if %d were listed', (listed, words) => {
    const check = () =>
      assertBalanced(
        counts({ listed, archived: 4, skipped: 3, conflicting: 2, failed: 1 }),
        'r',
        RUN,
      );
    expect(check).toThrow(expect.objectContaining({ name: 'LedgerUnbalanced' }));
    expect(check).toThrow(
      `the ledger accounts for ${words} than were listed: listed ${listed}, but archived 4 + ` +
        'skipped 3 + conflicting 2 + failed 1 = 10; ' +
        'compare the parts under s3://r/runs/ledger/day=2026-11-24/run=nightly/ with the result ' +
        'files under s3://r/runs/2026-11-25/nightly/map-run/',
    );
  });
});

describe('tolerance', () => {
  test('counts selected objects, not listed ones', () => {
    expect(judge(counts({ archived: 99, failed: 1, skipped: 1_000_000 }), 0.5)).toBe('FAILED');
  });

  test.each([
    ['exactly as many as tolerated', { archived: 95, failed: 5 }, 5, 'PROBLEMS'],
    ['one more', { archived: 94, failed: 6 }, 5, 'FAILED'],
    ['one more in ten thousand', { archived: 9_899, failed: 101 }, 1, 'FAILED'],
    ['none tolerated', { archived: 999_999, failed: 1 }, 0, 'FAILED'],
    ['all tolerated', { failed: 10 }, 100, 'PROBLEMS'],
    ['nothing selected', { skipped: 10 }, 0, 'CLEAN'],
    ['all well', { archived: 10 }, 0, 'CLEAN'],
    ['conflicts do not count against it', { conflicting: 10 }, 0, 'PROBLEMS'],
    // In binary 0.57 * 10,000 is less than 5,700.
    ['a fraction, exactly', { archived: 9_943, failed: 57 }, 0.57, 'PROBLEMS'],
    ['a fraction, one more', { archived: 9_942, failed: 58 }, 0.57, 'FAILED'],
    ['a fraction written with an exponent', { archived: 999_999_999, failed: 1 }, 1e-7, 'PROBLEMS'],
    ['and one more', { archived: 999_999_998, failed: 2 }, 1e-7, 'FAILED'],
  ] as const)('%s', (_, given, percentage, outcome) => {
    expect(judge(counts(given), percentage)).toBe(outcome);
  });
});

describe('a run that archived nothing', () => {
  const facts = {
    counts: counts({ listed: 125, skipped: 125 }),
    dates: { from: '2026-11-24', to: '2026-11-24' },
    skipReasons: { 'no-date': 5 },
    undated: 5,
    undatedArrivals: { since: null, count: 5, usual: 0, isUnusual: true },
    undatedKeys: ['in/readme'],
    startedAt: '2026-11-25T01:00:00Z',
    timeZone: 'UTC',
    manifestSkipped: undefined,
  };

  test('and found no date anywhere has the wrong dateSource', () => {
    expect(explainNothing(facts)?.sentence).toContain('no date was found in any of the keys');
  });

  test('and found a date of another day in one key says of how many keys that is', () => {
    const skipReasons = { 'no-date': 5, 'outside-window': 1 };
    expect(explainNothing({ ...facts, skipReasons })?.sentence).toContain(
      'no date was found in 5 of the keys of 6 objects, such as in/readme. The others are not of ' +
        'these days. dateSource',
    );
  });

  test('and found only what was there before has nothing to tell', () => {
    const undatedArrivals = { since: facts.startedAt, count: 0, usual: 0, isUnusual: false };
    expect(explainNothing({ ...facts, undatedArrivals })).toBeUndefined();
  });

  test.each([
    [
      'in/2026/11/24/a.csv',
      'in/2026/11/24/a.csv looks like yyyy/MM/dd in its folders: ' +
        'DateSource.keyPrefix("yyyy/MM/dd") finds it and lists only the days of a run. If not ' +
        'all keys begin with their dates, DateSource.objectKey("yyyy/MM/dd") finds it.',
    ],
    [
      'in/eu/24-Nov-2026.csv',
      'in/eu/24-Nov-2026.csv looks like dd-MMM-yyyy: DateSource.objectName("dd-MMM-yyyy") finds it.',
    ],
    [
      'in/eu/1795478400.json',
      'in/eu/1795478400.json looks like epochSeconds: DateSource.objectName("epochSeconds") ' +
        'finds it.',
    ],
    [
      'in/2026-W48.csv',
      'in/2026-W48.csv seems to have a week, which no format can read: use ' +
        'DateSource.lastModified() if each object is written on its day, or give each run a ' +
        'manifest with a "date" column, which needs Listing.selective().',
    ],
  ])('is told the cheapest source that fits %s', (key, hint) => {
    const { sentence } = explainNothing({
      ...facts,
      undatedKeys: [key],
      source: { bucket: 'live', prefix: 'in/' },
    })!;
    expect(sentence.endsWith(hint)).toBe(true);
  });

  test.each(['gone', 'restoring', 'restoreLimit'] as const)(
    'and has objects with the note %s has found dates, so its dateSource is right',
    (name) => {
      expect(explainNothing({ ...facts, notes: noted(name, 120) })).toBeUndefined();
    },
  );

  test('because nothing of its list is there says so, also if some was there when it was planned', () => {
    const list = { ...facts, manifestSkipped: { gone: 3, repeated: 0 } };
    expect(explainNothing({ ...list, notes: noted('gone', 2) })?.sentence).toContain(
      'all 5 objects of the list for these days are not at the source',
    );
    expect(explainNothing({ ...list, notes: noted('restoring', 2) })).toBeUndefined();
  });
});
