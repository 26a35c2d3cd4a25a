/** A batch that a function planned has several parts of the ledger. */
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import type { BatchWorker } from '../../../../src/lambda/batch/batch-worker';
import { useBatches, withLostDeletes } from '../../../helpers/batch-harness';

const batches = useBatches();
const { batch, ledger, listed, put, workerWith } = batches;

const PART_LINES = 5;
const withParts = (): BatchWorker => workerWith({ LEDGER_PART_LINES: String(PART_LINES) });

/** What each delete takes away, and which copies were in progress or not begun then. */
function watchDeletes() {
  const copied = new Set<string>();
  const deletes: { readonly keys: readonly string[]; readonly copied: number }[] = [];
  batches.harness.after = ({ operation, key }) => {
    if (operation === 'CopyObject') {
      copied.add(key!);
    }
  };
  batches.harness.before = ({ operation, keys = [] }) => {
    if (operation !== 'DeleteObjects') {
      return;
    }
    const recorded = new Set(ledger().map(({ key }) => key));
    expect(keys.filter((key) => !recorded.has(key))).toEqual([]);
    deletes.push({ keys, copied: copied.size });
  };
  return deletes;
}

test('a part is written, and its sources are deleted, while a later object is copied', async () => {
  put(3 * PART_LINES);
  const deletes = watchDeletes();
  const watch = batches.harness.before!;
  batches.harness.before = (call) =>
    call.operation === 'CopyObject' && call.key!.includes('d0014')
      ? { kind: 'Latency', ms: 1_000 }
      : watch(call);
  const progress = await moveBatch(withParts(), batch(listed()), 60_000);
  expect(progress).toMatchObject({ finished: true, counts: { listed: 15, archived: 15 } });
  expect(deletes.map(({ keys }) => keys.length)).toEqual([5, 5, 5]);
  // The last copy had no answer when the first two parts were deleted.
  expect(deletes.slice(0, 2).every(({ copied }) => copied < 15)).toBe(true);
  expect(batches.harness.store.keys('source')).toEqual([]);
});

test('it takes one PUT and one delete for each part, and no other request', async () => {
  put(3 * PART_LINES);
  await moveBatch(withParts(), batch(listed()), 60_000);
  expect(batches.harness.requests).toEqual({ CopyObject: 15, PutObject: 3, DeleteObjects: 3 });
  expect(ledger()).toHaveLength(15);
});

test('after slow deletes, one listing shows that no other attempt wrote a part', async () => {
  put(3 * PART_LINES);
  await moveBatch({ ...withParts(), promptDeletes: -1 }, batch(listed()), 60_000);
  const { ListObjectsV2: lists, GetObject: gets } = batches.harness.requests;
  expect([lists, gets]).toEqual([1, undefined]);
});

test('what conflicts or is denied is written with the other objects of its part', async () => {
  put(2 * PART_LINES);
  const { store } = batches.harness;
  store.put('archive', 'archive/2026/11/24/d0001-2026-11-24.csv', 'theirs');
  store.deny({ operations: ['GetObject'], bucket: 'source', keyPrefix: 'in/d0007' });
  const progress = await moveBatch(withParts(), batch(listed()), 60_000);
  expect(progress.counts).toMatchObject({ archived: 8, conflicting: 1, failed: 1 });
  expect(batches.harness.requests).toMatchObject({ PutObject: 2, DeleteObjects: 2 });
  expect(Object.fromEntries(ledger().map(({ key, code }) => [key, code]))).toMatchObject({
    'in/d0001-2026-11-24.csv': ReasonCode.DESTINATION_EXISTS,
    'in/d0007-2026-11-24.csv': ReasonCode.ACCESS_DENIED,
  });
});

test('sources stay while their part cannot be written, and go at the end of the round', async () => {
  put(2 * PART_LINES);
  const deletes = watchDeletes();
  const watch = batches.harness.before!;
  let writes = 0;
  batches.harness.before = (call) =>
    call.operation === 'PutObject' && ++writes === 1
      ? { kind: 'Error', status: 403, code: 'AccessDenied' }
      : watch(call);
  const progress = await moveBatch(withParts(), batch(listed()), 60_000);
  expect(progress).toMatchObject({ finished: true, counts: { archived: 10, failed: 0 } });
  expect(deletes).toHaveLength(2);
  expect(writes).toBe(3);
  expect(batches.harness.store.keys('source')).toEqual([]);
});

test('the digest of the batch names each of its parts', async () => {
  put(2 * PART_LINES + 1);
  const { digest } = await moveBatch(withParts(), batch(listed()), 60_000);
  const { ledgerPrefix } = batch(listed()).BatchInput.run;
  const parts = batches.harness.store.keys('reports', ledgerPrefix);
  expect(digest!.parts.map(({ name }) => `${ledgerPrefix}${name}`).sort()).toEqual(parts.sort());
  expect(digest!.parts.map(({ lines }) => lines).sort()).toEqual([1, 5, 5]);
});

test('a round that the time ends leaves the rest of a part to the next one', async () => {
  put(2 * PART_LINES);
  const items = listed();
  batches.harness.before = ({ operation, key }) =>
    operation === 'CopyObject' && key!.includes('d0007')
      ? { kind: 'Latency', ms: 12_000 }
      : undefined;
  const progress = await moveBatch(withParts(), batch(items), 6_000);
  expect(progress).toMatchObject({ finished: false, cursor: 7 });
  expect(batches.harness.store.keys('source')).toEqual(['in/d0007-2026-11-24.csv']);
  batches.harness.before = undefined;
  expect(await moveBatch(withParts(), batch(items, { progress }), 60_000)).toMatchObject({
    finished: true,
    counts: { listed: 10, archived: 10, failed: 0, skipped: 0 },
  });
  expect(batches.harness.store.keys('source')).toEqual([]);
});

test.each([PART_LINES, 1_000])(
  'an attempt keeps what the one before, which died after its deletes, knew of its copies; ' +
    '%i lines a part',
  async (partLines) => {
    const { harness } = batches;
    // The ETag of a copy that KMS encrypts says nothing about its content.
    for (let i = 0; i < 2 * PART_LINES; i++) {
      const key = `in/d000${i}-2026-11-24.csv`;
      harness.store.put('source', key, key, { serverSideEncryption: 'aws:kms' });
    }
    const items = listed();
    const worker = (): BatchWorker => workerWith({ LEDGER_PART_LINES: String(partLines) });
    let isDead = false;
    harness.before = () => (isDead ? { kind: 'Error', status: 400, code: 'Dead' } : undefined);
    harness.after = ({ operation }) => {
      isDead ||= operation === 'DeleteObjects';
    };
    const first = worker();
    await moveBatch({ ...first, s3: withLostDeletes(first.s3) }, batch(items), 60_000).catch(
      () => undefined,
    );
    expect(harness.store.keys('source').length).toBeLessThan(items.length);
    harness.before = harness.after = undefined;
    const { counts } = await moveBatch(worker(), batch(items), 60_000);
    expect(counts).toMatchObject({ archived: items.length, failed: 0 });
    expect(ledger().filter(({ proof, archivedEtag }) => proof || !archivedEtag)).toEqual([]);
    expect(ledger()).toHaveLength(items.length);
  },
);
