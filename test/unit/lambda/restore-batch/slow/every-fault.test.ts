/** Restores under all faults of S3, and of `OBJECTS` objects, 10,000 by default. */
import { type Fault, FAULT_KINDS, type FaultKind } from '../../../../../packages/s3-double/src/faults/faults';
import { BothWays, describeBucket, KINDS, putKinds } from '../../../../helpers/both-ways';
import { type Harness, startHarness } from '../../../../helpers/harness';

jest.setTimeout(600_000);

let harness: Harness;
let rig: BothWays;
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
  rig = new BothWays(harness);
});
afterEach(() => harness.close());

test.each((Object.keys(FAULT_KINDS) as FaultKind[]).filter((kind) => kind !== 'Latency' && kind !== 'ExpiredToken'))('under %s, and repeated until all are back, nothing is lost or changed', async (kind) => {
  putKinds(harness);
  const before = describeBucket(harness, 'source');
  await rig.archive();
  let requests = 0;
  harness.before = () => (++requests % 5 === 0 ? { kind, ms: 200 } as Fault : undefined);
  for (let attempt = 0; harness.store.keys('archive').length > 0 && attempt < 30; attempt++) {
    await rig.restore().catch(() => undefined);
    for (const key of Object.keys(KINDS)) {
      const there = [harness.read('source', key), ...harness.store.keys('archive').map((archived) => harness.read('archive', archived))];
      expect(there).toContain(KINDS[key][0]);
    }
  }
  harness.before = undefined;
  expect((await rig.restore()).counts).toMatchObject({ archived: Object.keys(KINDS).length });
  expect(describeBucket(harness, 'source')).toEqual(before);
  expect(harness.store.keys('archive')).toEqual([]);
});

const OBJECTS = Number(process.env.OBJECTS ?? 10_000);
const BATCH_SIZE = 1_000;
const BATCHES = Math.ceil(OBJECTS / BATCH_SIZE);
const prefixOf = (batch: number) => `in/batch-${batch}/`;

test(`${OBJECTS} objects of every kind are archived and restored, in batches, as they were`, async () => {
  const kinds = Object.entries(KINDS);
  for (let i = 0; i < BATCHES * BATCH_SIZE; i++) {
    const [key, [content, options]] = kinds[i % kinds.length];
    harness.store.put('source', key.replace('in/', `${prefixOf(Math.floor(i / BATCH_SIZE))}${String(i).padStart(5, '0')}/`), content, options);
  }
  const before = describeBucket(harness, 'source');
  const patient = { milliseconds: 600_000 };
  for (let batch = 0; batch < BATCHES; batch++) {
    expect((await rig.archive(patient, rig.list(prefixOf(batch)))).counts).toMatchObject({ archived: BATCH_SIZE });
  }
  expect(harness.store.keys('source')).toEqual([]);
  const archived = describeBucket(harness, 'archive');
  harness.resetRequests();
  for (const part of rig.parts()) {
    expect((await rig.restore(patient, [part])).counts).toEqual({ listed: BATCH_SIZE, archived: BATCH_SIZE, skipped: 0, conflicting: 0, failed: 0 });
  }
  expect(describeBucket(harness, 'source')).toEqual(before);
  expect(describeBucket(harness, 'archive')).toEqual(archived);
  console.info(`requests of the restore of ${OBJECTS} objects: ${JSON.stringify(harness.requests)}`);
});
