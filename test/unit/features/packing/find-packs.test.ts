import { parseLayout } from '../../../../src/dates/layout';
import {
  findPacks,
  type PackLimits,
} from '../../../../src/features/packing/lambda/unpack/find-packs';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';
import { buildPack, type BuiltPack, manyObjects, putPack } from '../../../helpers/packs';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const DAY = '2026-11-24';
const objects = manyObjects(6);

function find(format = 'yyyy/MM/dd/', limits?: PackLimits, [from, to] = [DAY, DAY]) {
  const place = {
    sourceBucket: 'source',
    sourcePrefix: 'in/',
    destinationPrefix: 'archive/',
    layout: parseLayout({ format }),
  };
  return findPacks(bucketClient(harness, 'archive'), place, { from, to }, limits);
}

function put(folder: string, some = objects, day = DAY): BuiltPack {
  const pack = buildPack(some, { folder, day });
  putPack(harness.store, 'archive', pack);
  return pack;
}

test.each([
  ['yyyy/MM/dd/', 'archive/2026/11/24/', 1],
  ["'year='yyyy/'month='MM/'day='dd/'hour='HH/", 'archive/year=2026/month=11/day=24/hour=05/', 24],
  ['yyyy/DDD/', 'archive/2026/328/', 1],
])(
  'a pack is listed in the folders of %s, and not the objects beside it',
  async (format, folder, folders) => {
    const pack = put(folder);
    for (let i = 0; i < 1_500; i++) {
      harness.store.put('archive', `${folder}moved-${String(i).padStart(4, '0')}`, '');
    }
    harness.resetRequests();
    const { items, planned } = await find(format);
    expect(items).toMatchObject([{ key: pack.indexKey, pack: { key: pack.key, day: DAY } }]);
    expect(planned).toMatchObject({ packs: 1, withoutIndex: { count: 0 } });
    expect(harness.requests).toEqual({ ListObjectsV2: 1 + folders, GetObject: 1 });
  },
);

test('in the folder of a month, a pack without an index is of an unknown day', async () => {
  const folder = 'archive/2026/11/';
  const [ours, , lost] = [
    put(folder),
    put(folder, manyObjects(9).slice(6), '2026-11-02'),
    put(folder, manyObjects(12).slice(9)),
  ];
  harness.store.delete('archive', lost.indexKey);
  const { items, planned } = await find('yyyy/MM/');
  expect(items.map(({ key }) => key)).toEqual([ours.indexKey]);
  expect(planned.ofUnknownDay).toEqual({ count: 1, examples: [lost.key] });
  expect(planned.withoutIndex.count).toBe(0);
});

test('a pack of an earlier layout lies elsewhere, and is found by its index', async () => {
  const pack = put('archive/dt=2026-11-24/');
  const { items, planned } = await find();
  expect(items).toMatchObject([{ key: pack.indexKey, pack: { key: pack.key } }]);
  expect(planned.withoutPack.count).toBe(0);
});

test('without time to look at all folders and indexes, both are said', async () => {
  const pack = put('archive/2026/11/24/');
  const { items, planned } = await find('yyyy/MM/dd/', { folders: 3, indexBytes: 5 }, [
    '2026-11-01',
    '2026-11-30',
  ]);
  expect(items).toMatchObject([{ key: pack.indexKey }]);
  expect(planned).toMatchObject({ packs: 1, notListed: true, notCompared: true });
});

test('an index that names the pack of another one is damaged', async () => {
  const [one, other] = [
    put('archive/2026/11/24/'),
    put('archive/2026/11/24/', manyObjects(12).slice(6)),
  ];
  harness.store.put('archive', one.indexKey, other.indexFile);
  const { items, planned } = await find();
  expect(planned.damaged).toEqual({ count: 1, examples: [one.indexKey] });
  expect(items.map(({ pack }) => pack!.key).sort()).toEqual([one.key, other.key].sort());
});

test('of packs with one key, the source that was written last has the latest content', async () => {
  const times = ['2026-11-24T03:00:00Z', '2026-11-24T01:00:00Z', '2026-11-24T02:00:00Z'];
  const packs = times.map((lastModified) =>
    put(
      'archive/2026/11/24/',
      objects.map((object) => ({ ...object, bytes: lastModified, lastModified })),
    ),
  );
  const { items } = await find();
  const isReplaced = (pack: BuiltPack) =>
    items.find(({ key }) => key === pack.indexKey)!.replaced !== undefined;
  expect(packs.map(isReplaced)).toEqual([false, true, true]);
});
