/** Checks the messages about extracts, and that their commands repair what is wrong. */
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

/** Runs an extract, and returns its status and its only message. */
async function extract(
  input: object,
): Promise<Record<'status' | 'name' | 'subject' | 'message', string>> {
  const name = `look-${++runs}`;
  const { status, alerts } = await it.sandbox.run({ input: { action: 'extract', ...input }, name });
  expect(alerts).toHaveLength(1);
  return { status, name, subject: alerts[0].subject!, message: alerts[0].message };
}

const extracted = (name: string) =>
  it.sandbox.s3!.store.keys(it.sandbox.reportBucket, `runs/extracted/${name}/`);

test('what was extracted, and where it lies', async () => {
  const { status, name, subject, message } = await extract({
    ...DAY,
    keys: ['incoming/eu/part-3*'],
  });
  expect([status, subject]).toEqual([
    'SUCCEEDED',
    'Extract OK, 1 object: 2026-11-24 (Rehearsal/Archiver)',
  ]);
  expect(message).toMatch(/^Rehearsal\/Archiver: extracted the only object for these days\.$/m);
  expect(message).toMatch(/^Extracted: +1 \(/m);
  expect(message).toMatch(/^Skipped: +5 \(not named by keys\)$/m);
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
    const { status, subject, message } = await extract({
      run: 'nightly',
      keys: ['incoming/eu/part-3*'],
    });
    expect([status, subject]).toEqual([
      'FAILED',
      'Extract FAILED, 1 failed: 2026-11-24 (Rehearsal/Archiver)',
    ]);
    expect(message).toMatch(/^Layer: S3$/m);
    expect(message).toMatch(/ARCHIVED_COPY_MISSING incoming\/eu\/part-3-2026-11-24\.json$/m);
    expect(message).toContain(pack);
    expect(message).toMatch(
      /^Nothing was lost: an extract only copies from packs to the report bucket\.$/m,
    );
    s3!.store.put(destinationBucket, pack, body.bytes(), { checksum: attributes.checksum });
    const [command] = getCommands(message);
    const again = await paste(it.sandbox, command);
    expect({ status: again.status, cause: again.cause }).toEqual({
      status: 'SUCCEEDED',
      cause: undefined,
    });
    expect(JSON.parse(again.output!)).toMatchObject({
      action: 'extract',
      counts: { listed: 6, extracted: 1, skipped: 5 },
    });
  },
);

test('no key matches: nothing is extracted, and the message says why', async () => {
  const { status, subject, message } = await extract({ ...DAY, keys: ['incoming/*.CSV'] });
  expect([status, subject]).toEqual([
    'SUCCEEDED',
    'Extract OK, 0 objects: 2026-11-24 (Rehearsal/Archiver)',
  ]);
  expect(message).toContain(
    'found nothing to extract: the keys of its input match none of 6 objects in packs.',
  );
});

test.each([
  ['a day without packs', { date: '2026-11-20' }, /has no packs of 2026-11-20/],
  ['a run that nobody knows', { run: 'nihgtly' }, /run "nihgtly" is unknown/],
  ['no day and no run', {}, /extract/],
])('%s is refused before anything is read', async (_, input, cause) => {
  const { status, subject, message } = await extract(input);
  expect(status).toBe('FAILED');
  expect(subject).toMatch(/^Extract.* failed: input \(Rehearsal\/Archiver\)$/);
  expect(message).toMatch(cause);
  expect(getCommands(message)).toEqual([expect.stringContaining('"action":"extract"')]);
});
