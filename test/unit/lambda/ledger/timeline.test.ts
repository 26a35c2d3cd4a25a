import { Timeline } from '../../../../src/lambda/ledger/timeline';

function createTimeline(times: number[]): Timeline {
  const timeline = new Timeline();
  for (const at of times) {
    timeline.add(at, 'archived');
  }
  return timeline;
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

test('counts objects by the second from the start of the run', () => {
  const timeline = createTimeline([0, 999, 1000, 3500]);
  timeline.add(3999, 'failed');
  timeline.add(3999, 'conflicting');
  expect(timeline.throughput()).toEqual({
    secondsPerBucket: 1,
    archived: [2, 1, 0, 1],
    notArchived: [0, 0, 0, 2],
  });
});

test('an instant before the start counts as the start', () => {
  expect(createTimeline([-5000]).throughput().archived).toEqual([1]);
});

test('a long run has longer intervals, not more of them', () => {
  const times = Array.from({ length: 1000 }, (_, i) => i * 7_777);
  const { secondsPerBucket, archived } = createTimeline(times).throughput();
  expect(secondsPerBucket).toBe(128);
  expect(archived.length).toBeLessThanOrEqual(120);
  expect(sum(archived)).toBe(1000);
});

test('an object of a redrive two weeks later fits, too', () => {
  const { archived } = createTimeline([0, 14 * 86_400_000]).throughput();
  expect([archived.length <= 120, archived[0], archived.at(-1)]).toEqual([true, 1, 1]);
});

test.each([
  [5, 5_000],
  [5_000, 5],
  [5_000, 50_000],
])('a merged timeline is the same as one of all objects: %s and %s seconds', (a, b) => {
  const [first, second] = [a, b].map((seconds) =>
    Array.from({ length: 97 }, (_, i) => (i * seconds * 1000) / 97),
  );
  const merged = createTimeline(first);
  merged.mergeDigest(createTimeline(second).toDigest());
  expect(merged.throughput()).toEqual(createTimeline([...first, ...second]).throughput());
});
