/**
 * Copy every night, delete later: with the synthesized permissions, which do not allow the first
 * archiver to delete.
 */
import { ConflictPolicy, SourceDisposition } from '../../../src';
import type { Report } from '../../../src/lambda/report-run/report/report';
import { type Rehearsal, rehearse } from '../../helpers/run-in-sandbox';

const DAY = { date: '2026-11-24' };
const KEYS = ['incoming/a-2026-11-24.csv', 'incoming/eu/b-2026-11-24.csv'];
const ARCHIVE = {
  'archive/2026/11/24/a-2026-11-24.csv': KEYS[0],
  'archive/2026/11/24/eu/b-2026-11-24.csv': KEYS[1],
};
const { KEEP } = SourceDisposition;

const open: Rehearsal[] = [];
afterEach(async () => {
  for (const rehearsal of open.splice(0)) {
    await rehearsal.close();
  }
});

async function archiver(...given: Parameters<typeof rehearse>): Promise<Rehearsal> {
  const rehearsal = await rehearse(...given);
  open.push(rehearsal);
  return rehearsal;
}

const deletesOf = (requests: Record<string, number>) =>
  Object.keys(requests).filter((name) => name.startsWith('Delete'));

function reportOf({ sandbox: { s3, reportBucket } }: Rehearsal, key: string): Report {
  return JSON.parse(s3!.store.get(reportBucket, key)!.body.bytes().toString()) as Report;
}

/** Gives an archiver the objects of another one, as if both had the same bucket. */
function share(from: Rehearsal, to: Rehearsal): void {
  const { store } = from.sandbox.s3!;
  for (const key of store.keys(from.sandbox.sourceBucket)) {
    to.sandbox.s3!.store.put(
      to.sandbox.sourceBucket,
      key,
      store.get(from.sandbox.sourceBucket, key)!.body.bytes(),
    );
  }
}

test(
  'the first archiver copies and keeps, a second run copies nothing, and an archiver that ' +
    'deletes finishes the moves',
  async () => {
    const copier = await archiver({ sourceDisposition: KEEP });
    KEYS.forEach((key) => copier.put(key));
    copier.put('incoming/old-2026-11-20.csv');
    const first = await copier.sandbox.run({ input: DAY });
    expect(first).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 3, archived: 2, skipped: 1, conflicting: 0, failed: 0 },
    });
    expect([copier.archive(), copier.source()]).toEqual([
      ARCHIVE,
      [...KEYS, 'incoming/old-2026-11-20.csv'].sort(),
    ]);
    expect(copier.ledger().map(({ status, kept }) => [status, kept])).toEqual([
      ['archived', true],
      ['archived', true],
    ]);
    expect(reportOf(copier, first.report!.key)).toMatchObject({
      sourceDisposition: 'KEEP',
      stragglers: { count: 0, oldest: null },
    });

    const second = await copier.sandbox.run({ input: DAY });
    expect(second).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 3, archived: 2, skipped: 1, conflicting: 0 },
    });
    expect(second.requests.CopyObject).toBeUndefined();
    expect(
      reportOf(copier, second.report!.key).cost.items.some(({ what }) =>
        what.includes('CopyObject'),
      ),
    ).toBe(false);
    expect(deletesOf({ ...first.requests, ...second.requests })).toEqual([]);

    expect(await copier.sandbox.run({ input: { action: 'verify', ...DAY } })).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 2, present: 2 },
    });

    const remover = await archiver();
    share(copier, remover);
    const last = await remover.sandbox.run({ input: DAY });
    expect(last).toMatchObject({ status: 'SUCCEEDED', counts: { archived: 2 } });
    expect([remover.archive(), remover.source()]).toEqual([
      ARCHIVE,
      ['incoming/old-2026-11-20.csv'],
    ]);
  },
);

test('a dry run says what the run costs, without deletes', async () => {
  const props = { sourceDisposition: KEEP, conflictPolicy: ConflictPolicy.RENAME };
  const it = await archiver(props);
  KEYS.forEach((key) => it.put(key));
  it.put('incoming/c-2026-11-24.csv', 'mine');
  it.putArchived('archive/2026/11/24/a-2026-11-24.csv', KEYS[0]);
  it.putArchived('archive/2026/11/24/c-2026-11-24.csv', 'theirs');
  const dry = await it.sandbox.run({ input: { ...DAY, dryRun: true } });
  const { estimate } = reportOf(it, dry.report!.key);
  const real = await it.sandbox.run({ input: DAY });
  expect(real.counts).toEqual(dry.counts);
  expect(deletesOf(estimate!.requests.byOperation)).toEqual([]);
  for (const operation of ['CopyObject', 'HeadObject', 'GetObjectTagging']) {
    expect([operation, estimate!.requests.byOperation[operation]]).toEqual([
      operation,
      real.requests[operation],
    ]);
  }
});

test('a restore of what was kept deletes nothing', async () => {
  const it = await archiver({ sourceDisposition: KEEP, allowRestore: true });
  KEYS.forEach((key) => it.put(key));
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  it.sandbox.s3!.store.bucket(it.sandbox.sourceBucket).delete(KEYS[0], 0);
  const { status, counts, requests } = await it.sandbox.run({
    input: { action: 'restore', run: 'nightly' },
  });
  expect({ status, counts }).toEqual({
    status: 'SUCCEEDED',
    counts: { listed: 2, restored: 2, skipped: 0, conflicting: 0, failed: 0 },
  });
  expect(deletesOf(requests)).toEqual([]);
  expect([it.archive(), it.source()]).toEqual([ARCHIVE, KEYS]);
});
