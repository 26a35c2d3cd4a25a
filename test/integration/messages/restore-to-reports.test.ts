/** Checks the messages about restores to the report bucket, and that their commands repair it. */
import { getCommands, paste } from './aws-cli';
import { Packing } from '../../../src';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

const DAY = { date: '2026-11-24' };
const KEYS = Array.from({ length: 6 }, (_, i) => `incoming/eu/part-${i}-2026-11-24.json`);
const PACK = /\/pack-[0-9a-f]{16}\.zip$/;

let it: Rehearsal;
let runs = 0;
beforeAll(async () => {
  it = await rehearse({ packing: Packing.zip() });
  KEYS.forEach((key) => it.put(key));
  expect(await it.sandbox.run({ input: DAY, name: 'nightly' })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { archived: 6 },
  });
});
afterAll(() => it.close());

/** Restores to the reports, and returns its status and its only message. */
async function restore(
  input: object,
): Promise<Record<'status' | 'name' | 'subject' | 'message', string>> {
  const name = `look-${++runs}`;
  const { status, alerts } = await it.sandbox.run({
    input: { action: 'restore', target: 'reports', ...input },
    name,
  });
  expect(alerts).toHaveLength(1);
  return { status, name, subject: alerts[0].subject!, message: alerts[0].message };
}

const extracted = (name: string) =>
  it.sandbox.s3!.store.keys(it.sandbox.reportBucket, `runs/extracted/${name}/`);

test('what was restored, and where it lies', async () => {
  const { status, name, subject, message } = await restore({
    ...DAY,
    keys: ['incoming/eu/part-3*'],
  });
  expect([status, subject]).toEqual([
    'SUCCEEDED',
    'Restore to the report bucket OK, 1 object: 2026-11-24 (Rehearsal/Archiver)',
  ]);
  expect(message).toMatch(
    /^Rehearsal\/Archiver: restored the only object that matches the keys of its input\.$/m,
  );
  expect(message).toMatch(/^Restored: +1 \(/m);
  expect(message).toMatch(/^Skipped: +5 \(not named by keys, or not in packs\)$/m);
  expect(message).toContain(`s3://${it.sandbox.reportBucket}/runs/extracted/${name}/`);
  expect(extracted(name)).toEqual([`runs/extracted/${name}/incoming/eu/part-3-2026-11-24.json`]);
});

test(
  'a pack is missing: the message names the object and the pack, and its command works once the ' +
    'pack is back',
  async () => {
    const { s3, destinationBucket } = it.sandbox;
    const pack = s3!.store.keys(destinationBucket).find((key) => PACK.test(key))!;
    const { body, attributes } = s3!.store.get(destinationBucket, pack)!;
    s3!.store.delete(destinationBucket, pack);
    const { status, subject, message } = await restore({
      run: 'nightly',
      keys: ['incoming/eu/part-3*'],
    });
    expect([status, subject]).toEqual([
      'FAILED',
      'Restore to the report bucket FAILED, 1 failed: 2026-11-24 (Rehearsal/Archiver)',
    ]);
    expect(message).toMatch(/^Layer: S3$/m);
    expect(message).toMatch(/ARCHIVED_COPY_MISSING incoming\/eu\/part-3-2026-11-24\.json$/m);
    expect(message).toContain(pack);
    expect(message).toMatch(
      /^Nothing was lost: a restore to the report bucket only reads the archive, and /m,
    );
    s3!.store.put(destinationBucket, pack, body.bytes(), { checksum: attributes.checksum });
    const [command] = getCommands(message);
    const again = await paste(it.sandbox, command);
    expect({ status: again.status, cause: again.cause }).toEqual({
      status: 'SUCCEEDED',
      cause: undefined,
    });
    expect(JSON.parse(again.output!)).toMatchObject({
      action: 'restore',
      target: 'reports',
      counts: { listed: 6, restored: 1, skipped: 5 },
    });
  },
);

test('no key matches: nothing is restored, and the message says why', async () => {
  const { status, subject, message } = await restore({ ...DAY, keys: ['incoming/*.CSV'] });
  expect([status, subject]).toEqual([
    'SUCCEEDED',
    'Restore to the report bucket OK, 0 objects: 2026-11-24 (Rehearsal/Archiver)',
  ]);
  expect(message).toContain(
    'found nothing to restore: 6 objects of its input are not in packs, or the keys of its ' +
      'input match none of them.',
  );
});

test.each([
  ['a day without packs', { date: '2026-11-20', lines: 'packs' }, /has no packs of 2026-11-20/],
  ['a day without a ledger', { date: '2026-11-20' }, /no run for 2026-11-20 has a ledger/],
  ['a run that is unknown', { run: 'nihgtly' }, /run "nihgtly" is unknown/],
  ['no day and no run', {}, /a restore copies what the input names/],
])('%s is refused before anything is read', async (_, input, cause) => {
  const { status, subject, message } = await restore(input);
  expect(status).toBe('FAILED');
  expect(subject).toMatch(/^Restore to the report bucket.* failed: input \(Rehearsal\/Archiver\)$/);
  expect(message).toMatch(cause);
  expect(getCommands(message)).toEqual([
    expect.stringContaining('"action":"restore","target":"reports"'),
  ]);
});
