import { LedgerLine } from '../../src/contract/payloads';
import { Tally } from '../../src/core/tally';

function line(key: string, status: LedgerLine['status'], code?: string): LedgerLine {
  return { key, destination: `archive/${key}`, status, code, etag: '"e"', size: 10 };
}

function tallyOf(lines: LedgerLine[]): Tally {
  const tally = new Tally();
  lines.forEach((each) => tally.add(each));
  return tally;
}

test('adds up by status, and the bytes of archived objects', () => {
  const tally = tallyOf([line('a', 'archived'), line('b', 'archived'), line('c', 'conflicting', 'DESTINATION_EXISTS'), line('d', 'failed', 'SLOW_DOWN')]);
  expect(tally).toMatchObject({ archived: 2, conflicting: 1, failed: 1, bytes: 20 });
});

test('names reasons, failures first, the most frequent first', () => {
  const tally = tallyOf([
    line('a', 'conflicting', 'SOURCE_CHANGED'), line('b', 'conflicting', 'SOURCE_CHANGED'),
    line('c', 'failed', 'SOURCE_CHANGED'), line('d', 'failed', 'SLOW_DOWN'), line('e', 'failed', 'SLOW_DOWN'),
  ]);
  expect(tally.reasons().map(({ status, code, count }) => [status, code, count])).toEqual([
    ['failed', 'SLOW_DOWN', 2], ['failed', 'SOURCE_CHANGED', 1], ['conflicting', 'SOURCE_CHANGED', 2],
  ]);
});

test('a rare reason is not hidden by a frequent one', () => {
  const tally = tallyOf([...Array.from({ length: 10_000 }, (_, i) => line(`s${i}`, 'failed', 'SLOW_DOWN')), line('k', 'failed', 'KMS_DENIED')]);
  expect(tally.problems(4).map(({ key }) => key)).toEqual(['s0', 's1', 's2', 'k']);
  expect(tally.problems(1000)).toHaveLength(21);
});

test('what was tallied apart adds up to the same', () => {
  const lines = Array.from({ length: 100 }, (_, i) => line(`k${i}`, (['archived', 'failed', 'conflicting'] as const)[i % 3], i % 3 ? `CODE_${i % 7}` : undefined));
  const merged = new Tally();
  merged.merge(tallyOf(lines.slice(0, 50)));
  merged.merge(tallyOf(lines.slice(50)));
  expect(merged.reasons()).toEqual(tallyOf(lines).reasons());
  expect({ ...merged }).toMatchObject({ archived: 34, failed: 33, conflicting: 33 });
});
