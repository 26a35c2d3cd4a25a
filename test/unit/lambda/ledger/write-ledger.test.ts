import type { LedgerLine, ListedObject, Run } from '../../../../src/contract/payloads';
import { toLedgerPartKey, writeLedgerPart } from '../../../../src/lambda/ledger/write-ledger';
import { budgetOf, type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
  harness.store.createBucket('reports');
});
afterEach(() => harness.close());

const RUN: Run = {
  id: 'run', startTime: '2026-11-25T01:00:00Z', from: '2026-11-24', to: '2026-11-24', dryRun: false, reportPrefix: 'runs/2026-11-25/run/', objectsPerSecond: 1,
};
const item = (Key: string): ListedObject => ({ Key, Etag: '"x"', Size: 1, LastModified: 0 });
const line = (key: string): LedgerLine => ({ key, destination: key, status: 'archived', etag: '"x"', size: 1 });
const items = ['a', 'b', 'c'].map(item);

const write = (to: number, lines: LedgerLine[]) => writeLedgerPart(harness.s3, budgetOf(), 'reports', RUN, { items, from: 0, to }, lines);

test('a repeated round overwrites its own part, but a shorter one does not', async () => {
  await write(3, ['a', 'b', 'c'].map(line));
  await write(3, ['a', 'b', 'c'].map(line));
  expect(harness.store.keys('reports')).toEqual([toLedgerPartKey(RUN, { items, from: 0, to: 3 })]);
  // This invocation was given up as lost, and ends only now.
  await write(1, ['a'].map(line));
  expect(harness.store.keys('reports')).toHaveLength(2);
  expect(harness.read('reports', toLedgerPartKey(RUN, { items, from: 0, to: 3 }))!.trimEnd().split('\n')).toHaveLength(3);
});

test('batches have different parts', () => {
  const range = { from: 0, to: 1 };
  expect(toLedgerPartKey(RUN, { items, ...range })).not.toBe(toLedgerPartKey(RUN, { items: [item('z')], ...range }));
});

test('a part without lines overwrites its earlier lines', async () => {
  await write(3, [line('a')]);
  await write(3, []);
  expect(harness.read('reports', toLedgerPartKey(RUN, { items, from: 0, to: 3 }))).toBe('\n');
});

test('a part is ASCII, so that a key cannot write on the terminal of who reads it', async () => {
  const hostile = { ...line('in/\u009b31m\u202e\u061c\ufffe日本😀'), message: 'why \u0085' };
  await write(1, [hostile]);
  const part = harness.read('reports', toLedgerPartKey(RUN, { items, from: 0, to: 1 }))!;
  expect(part).toMatch(/^[\x20-\x7e]*\n$/);
  expect(JSON.parse(part)).toEqual(hostile);
});
