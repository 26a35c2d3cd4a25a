import { addStraggler, mergeStragglers, noStragglers } from '../../../../src/lambda/selection/stragglers';

test('addStraggler counts the stragglers, and keeps examples of the oldest', () => {
  const total = noStragglers();
  for (const day of ['05', '02', '09', '01', '03']) { addStraggler(total, `2026-11-${day}`, `key of ${day}`); }
  expect(total).toEqual({
    count: 5,
    oldest: '2026-11-01',
    examples: [{ key: 'key of 01', date: '2026-11-01' }, { key: 'key of 02', date: '2026-11-02' }, { key: 'key of 03', date: '2026-11-03' }],
  });
});

test('mergeStragglers does not change the merged value', () => {
  const one = noStragglers();
  addStraggler(one, '2026-11-05', 'a');
  const total = noStragglers();
  mergeStragglers(total, one);
  addStraggler(total, '2026-11-01', 'b');
  expect([one.examples, total.examples]).toMatchObject([[{ key: 'a' }], [{ key: 'b' }, { key: 'a' }]]);
});

test('mergeStragglers accepts a batch of an older version, which has no examples', () => {
  const total = noStragglers();
  mergeStragglers(total, { count: 2, oldest: '2026-11-05' });
  expect(total).toEqual({ count: 2, oldest: '2026-11-05' });
});

test('addStraggler removes the middle of a long key, because it is part of the progress of a batch', () => {
  const total = noStragglers();
  addStraggler(total, '2026-11-05', `${'x'.repeat(299)}\u{1f600}${'y'.repeat(700)}`);
  const [{ key }] = total.examples!;
  expect([...key]).toHaveLength(300);
  expect(key).toMatch(/^x+\.\.\.y+$/);
});

test('addStraggler does not cut a character in two, and writes no character that does not print', () => {
  const total = noStragglers();
  addStraggler(total, '2026-11-05', '\u{1f600}'.repeat(256));
  addStraggler(total, '2026-11-06', 'a\u009b\u202eb');
  expect(total.examples!.map(({ key }) => key)).toEqual(['\u{1f600}'.repeat(256), 'a\\u009b\\u202eb']);
  addStraggler(total, '2026-11-04', `x${'\u{1f600}'.repeat(1_000)}`);
  const [{ key }] = total.examples!;
  expect(Buffer.from(key).toString()).toBe(key);
});
