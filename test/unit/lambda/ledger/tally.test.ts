import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { Tally } from '../../../../src/lambda/ledger/tally';

function line(key: string, status: LedgerLine['status'], code?: string): LedgerLine {
  return {
    v: 2,
    key,
    destination: `archive/${key}`,
    status,
    code,
    etag: '"e"',
    size: 10,
    day: '2026-11-24',
    at: 0,
  };
}

function createTally(lines: LedgerLine[]): Tally {
  const tally = new Tally();
  lines.forEach((each) => tally.add(each));
  return tally;
}

test('adds up the objects by status, and the bytes of archived objects', () => {
  const tally = createTally([
    line('a', 'archived'),
    line('b', 'archived'),
    line('c', 'conflicting', 'DESTINATION_EXISTS'),
    line('d', 'failed', 'SLOW_DOWN'),
  ]);
  expect(tally).toMatchObject({ archived: 2, conflicting: 1, failed: 1, bytes: 20 });
});

test('lists the reasons, failures first, and the most frequent first', () => {
  const tally = createTally([
    line('a', 'conflicting', 'SOURCE_CHANGED'),
    line('b', 'conflicting', 'SOURCE_CHANGED'),
    line('c', 'failed', 'SOURCE_CHANGED'),
    line('d', 'failed', 'SLOW_DOWN'),
    line('e', 'failed', 'SLOW_DOWN'),
  ]);
  expect(tally.reasons().map(({ status, code, count }) => [status, code, count])).toEqual([
    ['failed', 'SLOW_DOWN', 2],
    ['failed', 'SOURCE_CHANGED', 1],
    ['conflicting', 'SOURCE_CHANGED', 2],
  ]);
});

test('a frequent reason does not hide a rare one', () => {
  const tally = createTally([
    ...Array.from({ length: 10_000 }, (_, i) => line(`s${i}`, 'failed', 'SLOW_DOWN')),
    line('k', 'failed', 'KMS_DENIED'),
  ]);
  expect(tally.problems(4).map(({ key }) => key)).toEqual(['s0', 's1', 's2', 'k']);
  expect(tally.problems(1000)).toHaveLength(21);
});

test(
  'the busy time of a batch is from its first start to its last end, and several batches add ' +
    'up',
  () => {
    const batch = (...times: [at: number, ms: number][]) =>
      createTally(times.map(([at, ms], i) => ({ ...line(`k${i}`, 'archived'), at, ms })));
    const total = batch();
    total.merge(batch([1_000, 400], [1_100, 50], [900, 200]));
    total.merge(batch([5_000, 1_000]));
    total.merge(createTally([line('settled later', 'archived')]));
    expect(total.busyMilliseconds()).toBe(500 + 1_000);
  },
);

test('the size of a tally does not grow with the ledger', () => {
  const size = (count: number) =>
    JSON.stringify(
      createTally(
        Array.from({ length: count }, (_, i) => ({
          ...line(
            `k${String(i).padStart(9, '0')}`,
            i % 2 ? 'archived' : 'failed',
            i % 2 ? undefined : 'SLOW_DOWN',
          ),
          at: (i * 119_000) / count,
          ms: 100 + (i % 7),
        })),
      ),
    ).length;
  expect(size(200_000)).toBeLessThan(size(10_000) * 1.5);
});

test('merged tallies are the same as one tally of all lines', () => {
  const lines = Array.from({ length: 100 }, (_, i) => ({
    ...line(
      `k${i}`,
      (['archived', 'failed', 'conflicting'] as const)[i % 3],
      i % 3 ? `CODE_${i % 7}` : undefined,
    ),
    at: i * 3_000,
    ms: i,
  }));
  const merged = new Tally();
  merged.merge(createTally(lines.slice(0, 50)));
  merged.merge(createTally(lines.slice(50)));
  const whole = createTally(lines);
  expect(merged.reasons()).toEqual(whole.reasons());
  expect([merged.timeline.throughput(), merged.sizes.classes, merged.slowest.items]).toEqual([
    whole.timeline.throughput(),
    whole.sizes.classes,
    whole.slowest.items,
  ]);
  expect({ ...merged }).toMatchObject({ archived: 34, failed: 33, conflicting: 33 });
});
