/**
 * Runs share a report prefix with each other and with other objects, and none of them overwrites
 * what is not its own.
 */
import { type Rehearsal, rehearse } from '../helpers/run-in-sandbox';

const NOW = '2026-11-25T01:00:00Z';
const FOLDER = 'runs/2026-11-25/nightly/';

const open: Rehearsal[] = [];
afterEach(async () => {
  for (const rehearsal of open.splice(0)) {
    await rehearsal.close();
  }
});

async function archiver(): Promise<Rehearsal> {
  const rehearsal = await rehearse();
  open.push(rehearsal);
  return rehearsal;
}

const run = (it: Rehearsal, now = NOW) => it.sandbox.run({ input: {}, name: 'nightly', now });

/**
 * Copies all reports into the report bucket of the other archiver, as if both had the same bucket.
 */
function share(from: Rehearsal, to: Rehearsal): void {
  const { store } = from.sandbox.s3!;
  for (const key of store.keys(from.sandbox.reportBucket)) {
    to.sandbox.s3!.store.put(
      to.sandbox.reportBucket,
      key,
      store.get(from.sandbox.reportBucket, key)!.body.bytes(),
    );
  }
}

test(
  'executions of two archivers with the same name on one day have a folder each, and both ' +
    'ledgers balance',
  async () => {
    const [one, other] = [await archiver(), await archiver()];
    one.put('incoming/a-2026-11-24.csv');
    one.put('incoming/b-2026-11-24.csv');
    const first = await run(one);
    share(one, other);
    other.put('incoming/c-2026-11-24.csv');
    const second = await run(other, '2026-11-25T01:10:00Z');
    expect(
      [first, second].map(({ status, error, counts }) => ({
        status,
        error,
        archived: counts?.archived,
      })),
    ).toEqual([
      { status: 'SUCCEEDED', error: null, archived: 2 },
      { status: 'SUCCEEDED', error: null, archived: 1 },
    ]);
    expect(first.report!.key).toBe(`${FOLDER}report.json`);
    expect(second.report!.key).toMatch(/^runs\/2026-11-25\/nightly~[0-9a-f]{8}\/report\.json$/);
  },
);

test('an object with the key of a report is not overwritten, and the run says so', async () => {
  const it = await archiver();
  it.put('incoming/a-2026-11-24.csv');
  const { store } = it.sandbox.s3!;
  store.put(it.sandbox.reportBucket, `${FOLDER}report.json`, 'archived long ago');
  const { status, cause } = await run(it);
  expect(status).toBe('FAILED');
  expect(cause).toContain(`${FOLDER}report.json is not from this run`);
  expect(store.get(it.sandbox.reportBucket, `${FOLDER}report.json`)!.body.bytes().toString()).toBe(
    'archived long ago',
  );
  expect(Object.keys(it.archive())).toEqual(['archive/2026/11/24/a-2026-11-24.csv']);
});
