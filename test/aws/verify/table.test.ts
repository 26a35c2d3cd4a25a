import type { Scenario } from './scenarios/scenario';
import {
  compare,
  compareAll,
  countRows,
  describeRows,
  differences,
  type Row,
  unmet,
} from './table';

const named = (name: string, wants?: Scenario['wants']): Scenario => ({
  name,
  objects: 0,
  runs: 0,
  wants,
  play: async () => ({}),
});
const SKIPPED: Row = { name: 'left out', status: 'skipped', details: ['the 60 minutes are over'] };

test('fields are compared at any depth, lists as a whole', () => {
  expect(
    differences({ a: { b: 1, c: [1, 2] }, d: null }, { a: { b: 2, c: [2, 1] }, d: null }),
  ).toEqual(['a.b: the sandbox says 1, AWS 2', 'a.c: the sandbox says [1,2], AWS [2,1]']);
  expect(differences({ a: null }, {})).toEqual(['a: the sandbox says null, AWS nothing']);
  expect(differences({ a: [1], b: { c: 1 } }, { b: { c: 1 }, a: [1] })).toEqual([]);
});

test('a row for each scenario', () => {
  const rows = [
    compare(named('same'), { a: 1 }, { a: 1 }),
    { ...compare(named('other'), { a: 1 }, { a: 2 }), notes: ['3 objects a second'] },
    SKIPPED,
  ];
  expect(describeRows(rows).split('\n')).toEqual([
    'same      as the sandbox said',
    'other     DIFFERS',
    '    a: the sandbox says 1, AWS 2',
    '    3 objects a second',
    'left out  SKIPPED',
    '    the 60 minutes are over',
  ]);
  expect(countRows(rows)).toBe('1 passed, 1 failed, 1 skipped');
});

test('what stopped a scenario is all that is told of it, and is never the same', () => {
  expect(compare(named('a'), { status: 'SUCCEEDED' }, { problem: 'Timeout' })).toMatchObject({
    status: 'differs',
    details: ['AWS: Timeout'],
  });
  expect(compare(named('a'), { problem: 'Timeout' }, { problem: 'Timeout' }).status).toBe(
    'differs',
  );
});

test('what both sides must have seen is a difference although they agree', () => {
  const { status, details } = compare(
    named('a', { alarm: 'ALARM', counts: { failed: 1 }, told: [/^Archive/] }),
    { alarm: 'none' },
    { alarm: 'none' },
  );
  expect(status).toBe('differs');
  expect(details).toEqual(
    ['the sandbox', 'AWS'].flatMap((side) => [
      `alarm: must be "ALARM", and ${side} says "none"`,
      `counts.failed: must be 1, and ${side} says nothing`,
      `told: must be [{}], and ${side} says nothing`,
    ]),
  );
  expect(
    unmet(
      { counts: { failed: 1 }, told: [/^Archive/] },
      { counts: { failed: 1, archived: 2 }, told: ['Archive run'] },
      'AWS',
    ),
  ).toEqual([]);
});

test(
  'a scenario of parts has a row for each of them; what stops one of them hides no other, and ' +
    'what stops all is told of each',
  () => {
    const scenario = { ...named('both', { a: { status: 'SUCCEEDED' } }), parts: ['a', 'b'] };
    const fine = { a: { status: 'SUCCEEDED' }, b: { status: 'FAILED' } };
    const statusesOf = (found: object) =>
      compareAll(scenario, fine, found as never).map(({ name, status, details }) => [
        name,
        status,
        ...details,
      ]);
    expect(statusesOf(fine)).toEqual([
      ['a', 'passed'],
      ['b', 'passed'],
    ]);
    expect(statusesOf({ ...fine, a: { problem: 'Timeout' } })).toEqual([
      ['a', 'differs', 'AWS: Timeout'],
      ['b', 'passed'],
    ]);
    expect(statusesOf({ problem: 'Timeout' })).toEqual([
      ['a', 'differs', 'AWS: Timeout'],
      ['b', 'differs', 'AWS: Timeout'],
    ]);
    expect(
      compareAll(scenario, { ...fine, a: {} }, { ...fine, a: {} }).map(({ status }) => status),
    ).toEqual(['differs', 'passed']);
  },
);
