import type { SkippedObjects } from '../../../../src/contract/payloads/outcomes';
import { mergeNotes } from '../../../../src/lambda/notes/note-counts';
import {
  addSkipped,
  mergeSkipped,
  nothingSkipped,
} from '../../../../src/lambda/selection/skipped-objects';
import { noted } from '../../../helpers/skipped-objects';

function addStraggler(total: SkippedObjects, straggler: string, key: string): void {
  addSkipped(total, { selected: false, reason: 'outside-window', straggler }, key);
}

test('counts the stragglers, and keeps examples of the oldest', () => {
  const total = nothingSkipped();
  for (const day of ['05', '02', '09', '01', '03']) {
    addStraggler(total, `2026-11-${day}`, `key of ${day}`);
  }
  expect(total).toEqual({
    reasons: { 'outside-window': 5 },
    filters: {},
    undated: [],
    newUndated: 0,
    notes: {},
    stragglers: {
      count: 5,
      oldest: '2026-11-01',
      examples: [
        { key: 'key of 01', date: '2026-11-01' },
        { key: 'key of 02', date: '2026-11-02' },
        { key: 'key of 03', date: '2026-11-03' },
      ],
    },
  });
});

test(
  'counts the objects without a date and those that filters leave out, and keeps examples of the ' +
    'former',
  () => {
    const total = nothingSkipped();
    for (const key of ['a', 'b', 'c', 'd']) {
      addSkipped(total, { selected: false, reason: 'no-date' }, key);
    }
    addSkipped(total, { selected: false, reason: 'filtered', filter: 'minSize' }, 'e');
    expect(total).toEqual({
      ...nothingSkipped(),
      reasons: { 'no-date': 4, filtered: 1 },
      filters: { minSize: 1 },
      undated: ['a', 'b', 'c'],
    });
  },
);

test('examples are of different producers if there are some, also in a sum', () => {
  const add = (...keys: string[]) => {
    const total = nothingSkipped();
    for (const key of keys) {
      addSkipped(total, { selected: false, reason: 'no-date' }, key);
    }
    return total;
  };
  const many = add(
    'erp/a_1.csv',
    'erp/a_2.csv',
    'erp/a_3.csv',
    'erp/a_4.csv',
    'log/b-1',
    'log/b-2',
    'hr/c 1',
  );
  expect(many.undated).toEqual(['erp/a_1.csv', 'log/b-1', 'hr/c 1']);
  expect(mergeSkipped(add('a1', 'a2', 'a3'), add('a4', 'b1')).undated).toEqual(['a1', 'b1', 'a3']);
});

test('examples are of new objects, if there are any, also in a sum', () => {
  const add = (...selections: [key: string, isNew?: true][]) => {
    const total = nothingSkipped();
    for (const [key, isNew] of selections) {
      addSkipped(total, { selected: false, reason: 'no-date', isNew }, key);
    }
    return total;
  };
  const old = add(['a'], ['b'], ['c']);
  const mixed = add(['d'], ['e', true], ['f']);
  expect(mixed).toMatchObject({ undated: ['e'], newUndated: 1, reasons: { 'no-date': 3 } });
  const sum = { undated: ['e'], newUndated: 1, reasons: { 'no-date': 6 } };
  expect(mergeSkipped(old, mixed)).toMatchObject(sum);
  expect(mergeSkipped(mixed, old)).toMatchObject(sum);
  expect(mergeSkipped(mixed, add(['g', true]))).toMatchObject({
    undated: ['e', 'g'],
    newUndated: 2,
  });
});

test('a sum has what both have, which stay as they are', () => {
  const [one, other] = [nothingSkipped(), nothingSkipped()];
  addStraggler(one, '2026-11-05', 'a');
  addSkipped(one, { selected: false, reason: 'filtered', filter: 'minSize' }, 'x');
  addStraggler(other, '2026-11-01', 'b');
  addSkipped(other, { selected: false, reason: 'filtered', filter: 'maxSize' }, 'y');
  addSkipped(other, { selected: false, reason: 'no-date' }, 'z');
  mergeNotes(one.notes, noted('gone', 1));
  mergeNotes(other.notes, noted('gone', 2, ['in/b']));
  const before = structuredClone([one, other]);
  expect(mergeSkipped(one, other)).toEqual({
    reasons: { 'outside-window': 2, filtered: 2, 'no-date': 1 },
    filters: { minSize: 1, maxSize: 1 },
    stragglers: {
      count: 2,
      oldest: '2026-11-01',
      examples: [
        { key: 'b', date: '2026-11-01' },
        { key: 'a', date: '2026-11-05' },
      ],
    },
    undated: ['z'],
    newUndated: 0,
    notes: { gone: { count: 3, reasons: { REMOVED: 3 }, examples: ['in/a', 'in/b'] } },
  });
  expect([one, other]).toEqual(before);
});

test('removes the middle of a long key, because it is part of the progress of a batch', () => {
  const total = nothingSkipped();
  addStraggler(total, '2026-11-05', `${'x'.repeat(299)}\u{1f600}${'y'.repeat(700)}`);
  addSkipped(total, { selected: false, reason: 'no-date' }, 'z'.repeat(1_000));
  const keys = [total.stragglers.examples![0].key, total.undated[0]];
  expect(keys.map((key) => [...key].length)).toEqual([300, 300]);
  expect(keys[0]).toMatch(/^x+\.\.\.y+$/);
});

test('does not cut a character in two, and writes no character that does not print', () => {
  const total = nothingSkipped();
  addStraggler(total, '2026-11-05', '\u{1f600}'.repeat(256));
  addStraggler(total, '2026-11-06', 'a\u009b\u202eb');
  expect(total.stragglers.examples!.map(({ key }) => key)).toEqual([
    '\u{1f600}'.repeat(256),
    'a\\u009b\\u202eb',
  ]);
  addStraggler(total, '2026-11-04', `x${'\u{1f600}'.repeat(1_000)}`);
  const [{ key }] = total.stragglers.examples!;
  expect(Buffer.from(key).toString()).toBe(key);
});
