import { Timeline } from '../../../../src/lambda/ledger/timeline';

function timelineOf(times: number[]): Timeline {
  const timeline = new Timeline();
  for (const at of times) { timeline.add(at, 'archived'); }
  return timeline;
}

const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);

test('counts by the second, from the run\'s start on', () => {
  const timeline = timelineOf([0, 999, 1000, 3500]);
  timeline.add(3999, 'failed');
  timeline.add(3999, 'conflicting');
  expect(timeline.throughput()).toEqual({ secondsPerBucket: 1, archived: [2, 1, 0, 1], notArchived: [0, 0, 0, 2] });
});

test('what seems to lie before the start counts as the start', () => {
  expect(timelineOf([-5000]).throughput().archived).toEqual([1]);
});

test('a long run has longer buckets, not more', () => {
  const times = Array.from({ length: 1000 }, (_, i) => i * 7_777);
  const { secondsPerBucket, archived } = timelineOf(times).throughput();
  expect(secondsPerBucket).toBe(128);
  expect(archived.length).toBeLessThanOrEqual(120);
  expect(sum(archived)).toBe(1000);
});

test('even an object of a redrive two weeks later fits', () => {
  const { archived } = timelineOf([0, 14 * 86_400_000]).throughput();
  expect([archived.length <= 120, archived[0], archived.at(-1)]).toEqual([true, 1, 1]);
});

test.each([[5, 5_000], [5_000, 5], [5_000, 50_000]])('merged, it is what it would have been in one: %s and %s seconds', (a, b) => {
  const [first, second] = [a, b].map((seconds) => Array.from({ length: 97 }, (_, i) => (i * seconds * 1000) / 97));
  const merged = timelineOf(first);
  merged.merge(timelineOf(second));
  expect(merged.throughput()).toEqual(timelineOf([...first, ...second]).throughput());
});
