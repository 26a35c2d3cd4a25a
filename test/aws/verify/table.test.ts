import type { Scenario } from './scenarios';
import { compare, differences } from './table';

const named = (...names: string[]) => names.map((name): Scenario => ({ name, objects: 0, runs: 0, play: async () => ({}) }));

test('fields are compared at any depth, lists as a whole', () => {
  expect(differences({ a: { b: 1, c: [1, 2] }, d: null }, { a: { b: 2, c: [2, 1] }, d: null })).toEqual([
    'a.b: the sandbox says 1, AWS 2', 'a.c: the sandbox says [1,2], AWS [2,1]',
  ]);
  expect(differences({ a: null }, {})).toEqual(['a: the sandbox says null, AWS nothing']);
  expect(differences({ a: [1], b: { c: 1 } }, { b: { c: 1 }, a: [1] })).toEqual([]);
});

test('a row for each scenario', () => {
  const { text, passed, failed } = compare(named('same', 'other', 'left out'), [{ a: 1 }, { a: 1 }, {}], [{ a: 1 }, { a: 2 }]);
  expect(text.split('\n')).toEqual(['same      as the sandbox said', 'other     DIFFERS', '    a: the sandbox says 1, AWS 2', 'left out  DIFFERS', '    not played']);
  expect([passed, failed]).toEqual([1, 2]);
});

test('what stopped a scenario is all that is told of it, and is never the same', () => {
  expect(compare(named('a'), [{ status: 'SUCCEEDED' }], [{ problem: 'Timeout' }]).text).toBe('a  DIFFERS\n    AWS: Timeout');
  expect(compare(named('a'), [{ problem: 'Timeout' }], [{ problem: 'Timeout' }]).failed).toBe(1);
});
