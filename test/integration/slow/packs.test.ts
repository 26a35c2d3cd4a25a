/**
 * Verifies, restores and extracts packed objects with the synthesized definition and the built
 * bundles. The packs are built by hand.
 */
import { ArchiveLayout, Packing } from '../../../src';
import type { LedgerLine } from '../../../src/contract/payloads/ledger-line';
import { type BuiltPack, buildPack, flip, putPack } from '../../helpers/packs';
import { type Rehearsal, rehearse } from '../../helpers/run-in-sandbox';

const DAY = { date: '2026-11-24' };
const KEYS = Array.from({ length: 12 }, (_, i) => `incoming/eu/part-${i}-2026-11-24.json`);

const open: Rehearsal[] = [];
afterEach(async () => {
  for (const rehearsal of open.splice(0)) {
    await rehearsal.close();
  }
});

async function archiver(props: object = {}): Promise<Rehearsal> {
  const packing = { _settings: () => ({ maxObjectSize: 2 ** 20, maxPackSize: 2 ** 28 }) };
  const rehearsal = await rehearse({ allowRestore: true, packing, ...props } as never);
  open.push(rehearsal);
  KEYS.forEach((key) => rehearsal.put(key, key));
  return rehearsal;
}

/**
 * Archives the objects loose, and then makes the archive and the ledger what they are if they are
 * packed.
 */
async function pack(it: Rehearsal): Promise<BuiltPack> {
  const { s3, destinationBucket, reportBucket } = it.sandbox;
  expect(await it.sandbox.run({ input: DAY, name: 'nightly' })).toMatchObject({
    counts: { archived: KEYS.length },
  });
  const built = buildPack(
    KEYS.map((key) => ({ key, bytes: key, tags: { team: 'data' } })),
    { prefix: 'incoming/' },
  );
  s3!.store
    .keys(destinationBucket, 'archive/')
    .forEach((key) => s3!.store.delete(destinationBucket, key));
  const lines = new Map(
    putPack(s3!.store, destinationBucket, built).map((line) => [line.key, line]),
  );
  for (const part of s3!.store.keys(reportBucket).filter((key) => key.includes('/ledger/'))) {
    const before = s3!.store
      .get(reportBucket, part)!
      .body.bytes()
      .toString()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as LedgerLine);
    const after = before
      .map((line) => `${JSON.stringify({ ...line, ...lines.get(line.key), at: line.at })}\n`)
      .join('');
    s3!.store.put(reportBucket, part, after);
  }
  return built;
}

const BY_PACKS = { action: 'restore', target: 'reports', lines: 'packs' };
const extracted = (it: Rehearsal, name: string) =>
  it.sandbox.s3!.store.keys(it.sandbox.reportBucket, `runs/extracted/${name}/`);

test('packed objects are verified, and restored to the reports and to the source', async () => {
  const it = await archiver();
  await pack(it);
  const archive = it.archive();
  expect(await it.sandbox.run({ input: { action: 'verify', run: 'nightly' } })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 12, present: 12 },
  });
  expect(await it.sandbox.run({ input: { action: 'verify', ...DAY, deep: true } })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { present: 12 },
  });

  const look = await it.sandbox.run({
    input: { action: 'restore', target: 'reports', run: 'nightly', keys: ['incoming/eu/part-7*'] },
    name: 'look',
  });
  expect(look).toMatchObject({
    status: 'SUCCEEDED',
    action: 'restore',
    counts: { listed: 12, restored: 1, skipped: 11, conflicting: 0, failed: 0 },
  });
  expect(look.alerts).toMatchObject([
    { subject: expect.stringMatching(/Restore to the report bucket OK, 1 object/) },
  ]);
  expect([extracted(it, 'look'), it.source()]).toEqual([
    ['runs/extracted/look/incoming/eu/part-7-2026-11-24.json'],
    [],
  ]);

  expect(
    await it.sandbox.run({ input: { action: 'restore', run: 'nightly', dryRun: true } }),
  ).toMatchObject({ counts: { restored: 12 } });
  const undo = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' }, name: 'undo' });
  expect(undo).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 12, restored: 12, skipped: 0, conflicting: 0, failed: 0 },
  });
  expect([it.source(), it.archive()]).toEqual([[...KEYS].sort(), archive]);
  // No command removes a pack.
  expect(
    it.sandbox
      .s3!.store.keys(it.sandbox.reportBucket)
      .filter((key) => key.includes('remove-copies')),
  ).toEqual([]);
});

test(
  'a restore to the reports by packs works when no ledger is left, and without allowRestore its ' +
    'role may not touch the source',
  async () => {
    const it = await archiver({ allowRestore: false });
    await pack(it);
    const { s3, reportBucket } = it.sandbox;
    s3!.store.keys(reportBucket).forEach((key) => s3!.store.delete(reportBucket, key));
    const { status, counts } = await it.sandbox.run({
      input: { ...BY_PACKS, from: '2026-11-20', to: '2026-11-25', keys: ['**/part-1*'] },
      name: 'look',
    });
    expect({ status, counts }).toEqual({
      status: 'SUCCEEDED',
      counts: { listed: 12, restored: 3, skipped: 9, conflicting: 0, failed: 0 },
    });
    expect(extracted(it, 'look')).toHaveLength(3);
    const none = await it.sandbox.run({ input: { ...BY_PACKS, date: '2026-11-23' } });
    expect(none).toMatchObject({
      status: 'FAILED',
      error: 'InvalidRunInput',
      cause: expect.stringContaining('has no packs of 2026-11-23'),
    });
    const restore = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' } });
    expect(restore).toMatchObject({
      status: 'FAILED',
      cause: expect.stringContaining('without allowRestore'),
    });
  },
);

test('without packing, a restore to the reports is refused', async () => {
  const it = await archiver({ packing: undefined });
  const { status, error, cause } = await it.sandbox.run({ input: { ...BY_PACKS, ...DAY } });
  expect([status, error, cause]).toEqual([
    'FAILED',
    'InvalidRunInput',
    expect.stringContaining('without packing'),
  ]);
});

test('a flipped byte is found by deep, and a missing pack counts all of its members', async () => {
  const it = await archiver();
  const built = await pack(it);
  const { s3, destinationBucket } = it.sandbox;
  const bytes = Buffer.from(built.bytes);
  flip(bytes, built.lines[5].offset);
  // Another version, whose members are judged one by one.
  s3!.store.put(destinationBucket, built.key, bytes, {
    checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' },
  });
  expect(
    await it.sandbox.run({ input: { action: 'verify', run: 'nightly', deep: true } }),
  ).toMatchObject({ status: 'FAILED', counts: { present: 11, changed: 1 } });
  s3!.store.delete(destinationBucket, built.key);
  const { status, counts } = await it.sandbox.run({ input: { action: 'verify', run: 'nightly' } });
  expect({ status, counts }).toMatchObject({
    status: 'FAILED',
    counts: { present: 0, missing: 12 },
  });
});

test(
  'in a folder of a month, each pack is of one day, so a restore by packs has all of its ' +
    'objects and no others',
  async () => {
    const it = await rehearse({ packing: Packing.zip(), layout: ArchiveLayout.of('yyyy/MM/') });
    open.push(it);
    const keysOf = (day: string) => [0, 1, 2, 3].map((i) => `incoming/${i}-${day}.csv`);
    const days = ['2026-11-23', '2026-11-24'];
    days.flatMap(keysOf).forEach((key) => it.put(key));
    expect(await it.sandbox.run({ input: { from: days[0], to: days[1] } })).toMatchObject({
      counts: { listed: 8, archived: 8 },
    });
    for (const day of days) {
      expect(await it.sandbox.run({ input: { ...BY_PACKS, date: day }, name: day })).toMatchObject({
        counts: { listed: 4, restored: 4 },
      });
      expect(extracted(it, day)).toEqual(keysOf(day).map((key) => `runs/extracted/${day}/${key}`));
    }
  },
);
