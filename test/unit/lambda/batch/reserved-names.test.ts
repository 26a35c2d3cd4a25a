/** Names that only packs and their indexes have in the archive, where there are packs. */
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { run, useBatches } from '../../../helpers/batch-harness';
import { listPacks, packed, PACKING } from '../../../helpers/packed-batches';

const batches = useBatches();
const { batch, ledger, listed } = batches;
const DATED = 'in/2026-11-24/';
const NAMES = [
  'pack-0123456789abcdef.zip',
  'eu/PACK-0123456789ABCDEF.zip',
  'pack-0123456789abcdef.zip. ',
  '_index-0123456789abcdef.jsonl',
];
const put = (names: readonly string[]) => {
  for (const name of names) {
    batches.harness.store.put('source', `${DATED}${name}`, `content of ${name}`);
  }
};
const env = (more = {}) => ({
  DATE_SOURCE: JSON.stringify({ kind: 'keyPrefix', formats: ['yyyy-MM-dd/'] }),
  ...more,
});

test('an object with such a name fails by name, before any request, and stays', async () => {
  put(NAMES);
  const progress = await moveBatch(batches.workerWith(env(PACKING)), batch(listed()), 60_000);
  expect(progress.counts).toMatchObject({ listed: 4, archived: 0, failed: 4 });
  expect(batches.harness.store.keys('source')).toHaveLength(4);
  expect(batches.harness.store.keys('archive')).toEqual([]);
  expect(batches.harness.requests).not.toHaveProperty('CopyObject');
  expect(ledger().map(({ status, code }) => [status, code])).toEqual(
    NAMES.map(() => ['failed', 'RESERVED_NAME']),
  );
  expect(ledger()[0].destination).toMatch(/^archive\/2026\/11\/24\//);
});

test('a dry run says the same', async () => {
  put(NAMES);
  const dryRun = { ...run, dryRun: true };
  const progress = await moveBatch(
    batches.workerWith(env(PACKING), dryRun),
    batch(listed(), { run: dryRun }),
    60_000,
  );
  expect(progress.counts).toMatchObject({ listed: 4, archived: 0, failed: 4 });
});

test('names that are only similar are archived', async () => {
  put([
    'pack-0123456789abcdef.zip.csv',
    'pack-1.zip',
    'mypack-0123456789abcdef.zip',
    'index.jsonl',
  ]);
  const items = packed(listed());
  const progress = await moveBatch(batches.workerWith(env(PACKING)), batch(items), 60_000);
  expect(progress.counts).toMatchObject({ listed: 4, archived: 4, failed: 0 });
  expect(listPacks(batches.harness)).toHaveLength(1);
});

test('without packing, any name is archived', async () => {
  put(NAMES);
  const progress = await moveBatch(batches.workerWith(env()), batch(listed()), 60_000);
  expect(progress.counts).toMatchObject({ listed: 4, archived: 4, failed: 0 });
});
