/**
 * A restore beside runs that archive the same objects: of the same archiver, or of another one with
 * the same destination.
 */
import { BothWays, describeBucket } from '../../../helpers/both-ways';
import { type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
let rig: BothWays;
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  harness.store.createBucket('reports');
  rig = new BothWays(harness);
});
afterEach(() => harness.close());

const A = 'in/a-2026-11-24.csv';
const ARCHIVED = 'archive/2026/11/24/a-2026-11-24.csv';
const OTHER = {
  id: 'other',
  ledgerPrefix: 'runs/ledger/day=2026-11-24/run=other/',
  startTime: new Date().toISOString(),
};

/** Holds the first request of an operation back. */
function hold(operation: string) {
  let reached!: () => void;
  let release!: () => void;
  const held = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const released = new Promise<undefined>((resolve) => {
    release = () => resolve(undefined);
  });
  let isFirst = true;
  harness.before = (call) => {
    if (!isFirst || call.operation !== operation) {
      return undefined;
    }
    isFirst = false;
    reached();
    return released;
  };
  return { held, release };
}

test(
  'a delete that another archiver decided on before the restore, and S3 executes after it, loses ' +
    'nothing',
  async () => {
    harness.put(A, 'mine');
    await rig.archive();
    const archive = describeBucket(harness, 'archive');
    harness.put(A, 'mine');
    const { held, release } = hold('DeleteObjects');
    const other = rig.archive({ run: OTHER });
    await held;
    expect((await rig.restore()).counts).toMatchObject({ archived: 1 });
    release();
    expect((await other).counts).toMatchObject({ archived: 1 });
    expect(describeBucket(harness, 'archive')).toEqual(archive);
  },
);

test('an archiver that finds what the restore just put back moves it, and the archive holds it', async () => {
  harness.put(A, 'mine');
  await rig.archive();
  const archive = describeBucket(harness, 'archive');
  await rig.restore();
  expect((await rig.archive({ run: OTHER })).counts).toMatchObject({ archived: 1 });
  expect({
    archive: describeBucket(harness, 'archive'),
    source: harness.store.keys('source'),
  }).toEqual({ archive, source: [] });
});

test('the restore of one archiver leaves the copy that the ledger of another one names', async () => {
  const shared = { LAYOUT: JSON.stringify({ format: 'yyyy/MM/dd/', flatten: true }) };
  harness.put(A, 'same');
  harness.put('in/us/a-2026-11-24.csv', 'same');
  await rig.archive({ environment: shared }, rig.list('in/a'));
  await rig.archive({ environment: shared, run: OTHER }, rig.list('in/us/'));
  await rig.restore({ environment: shared });
  expect({
    restored: harness.read('source', A),
    archived: harness.read('archive', ARCHIVED),
  }).toEqual({ restored: 'same', archived: 'same' });
  const undo = { id: 'undo-other', ledgerPrefix: 'runs/ledger/day=2026-11-24/run=undo-other/' };
  expect(
    (await rig.restore({ environment: shared, run: undo }, rig.parts(OTHER.ledgerPrefix))).counts,
  ).toMatchObject({ archived: 1, failed: 0 });
  expect(harness.read('source', 'in/us/a-2026-11-24.csv')).toBe('same');
});
