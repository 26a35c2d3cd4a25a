/**
 * Runs the same sources with both ways to list. The archive, the ledger and the counts are the
 * same.
 */
import { Listing, type S3DatedArchiverProps } from '../../src';
import { type Rehearsal, shareRehearsals } from '../helpers/run-in-sandbox';

const DAY = { input: { date: '2026-11-24' } };

// A case archives the same objects twice, some of them more than a thousand.
jest.setTimeout(180_000);

const share = shareRehearsals();

async function archiver(
  props: Partial<S3DatedArchiverProps>,
  fill: (it: Rehearsal) => void,
): Promise<Rehearsal> {
  const rehearsal = await share(props);
  fill(rehearsal);
  return rehearsal;
}

/** What a run leaves behind, without what differs in every run. */
async function observe(
  props: Partial<S3DatedArchiverProps>,
  fill: (it: Rehearsal) => void,
  input: object = DAY.input,
) {
  const it = await archiver(props, fill);
  const { status, error, cause, counts, bytes } = await it.sandbox.run({ input });
  const ledger = it
    .ledger()
    .map(({ key, destination, status: what, code }) => ({ key, destination, what, code }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    status,
    error,
    cause: cause?.slice(0, 200),
    counts,
    bytes,
    source: it.source(),
    archive: it.archive(),
    ledger,
  };
}

const SELECTIVE = { listing: Listing.selective() };

describe('both ways to list archive the same', () => {
  const many = (it: Rehearsal) => {
    for (let i = 0; i < 1_200; i++) {
      it.put(`incoming/${i % 7}/report-2026-11-${20 + (i % 6)}-${i}.csv`);
    }
    it.put('incoming/folder/');
    it.put('incoming/no date');
    it.put('incoming/\u{1f600} 2026-11-24+%.txt');
    it.put('incoming/\uffee-2026-11-24.txt');
    it.putArchived('archive/2026/11/24/0/report-2026-11-24-28.csv', 'something else');
  };

  test.each<[string, Partial<S3DatedArchiverProps>, object]>([
    ['a prefix', {}, DAY.input],
    ['small batches', { batchSize: 100 }, DAY.input],
    ['a dry run', {}, { ...DAY.input, dryRun: true }],
    ['several days', {}, { from: '2026-11-20', to: '2026-11-25' }],
    ['no object for the day', {}, { date: '2020-01-01' }],
  ])('%s', async (_, props, input) => {
    const expected = await observe(props, many, input);
    expect(expected.counts?.listed).toBe(1_204);
    expect(await observe({ ...props, ...SELECTIVE }, many, input)).toEqual(expected);
  });
});

test('no child starts if nothing is selected', async () => {
  const it = await archiver(SELECTIVE, ({ put }) => {
    put('incoming/report-2026-11-24.csv');
  });
  const { status, counts, children } = await it.sandbox.run({ input: { date: '2026-11-25' } });
  expect({ status, counts, children }).toEqual({
    status: 'SUCCEEDED',
    children: 0,
    counts: { listed: 1, archived: 0, skipped: 1, conflicting: 0, failed: 0 },
  });
});
