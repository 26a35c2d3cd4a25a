/**
 * What the message of a restore says about objects that lie twice, and what happens when a user
 * pastes its command.
 */
import {
  ArchiveLayout,
  DateSelection,
  type S3DatedArchiverProps,
  SourceDisposition,
} from '../../../src';
import type { Copies } from '../../../src/actions/restore/lambda/copies/removable-copies';
import { typeIntoShell } from '../../helpers/aws-cli-stub';
import { type Rehearsal, shareRehearsals } from '../../helpers/run-in-sandbox';

jest.setTimeout(120_000);

const DAY = { date: '2026-11-24' };
const KEYS = [
  'incoming/a-2026-11-24.csv',
  'incoming/b-2026-11-24.csv',
  'incoming/ü \'"-2026-11-24.csv',
];
const NOW = '2026-11-25T09:00:00Z';

let it: Rehearsal;
const share = shareRehearsals();

async function open(props: Partial<S3DatedArchiverProps> = {}): Promise<void> {
  it = await share({ allowRestore: true, ...props });
  KEYS.forEach((key) => it.put(key));
}

async function run(input: object, name?: string) {
  const ended = await it.sandbox.run({ input, name, now: NOW });
  const { bucket, key } = ended.report!;
  const report = JSON.parse(it.sandbox.s3!.store.get(bucket, key)!.body.bytes().toString()) as {
    copies?: Copies;
    nextMove?: string;
  };
  return { ...ended, ...report, message: it.sandbox.published.at(-1)?.message ?? '' };
}

const commandOf = (message: string) =>
  message.split('\n').find((line) => line.includes('remove-copies.py'));
const paste = (message: string, environment?: NodeJS.ProcessEnv) =>
  typeIntoShell(commandOf(message)!, it.sandbox.s3Endpoint!, environment);

test(
  'a restore says that its objects lie twice, and the command in its message removes the ' +
    'archived copies',
  async () => {
    await open();
    await run(DAY, 'nightly');
    const { message, copies } = await run({ action: 'restore', run: 'nightly' }, 'undo');
    expect(copies).toMatchObject({
      complete: true,
      removable: 3,
      needed: 0,
      unnameable: 0,
      days: { from: '2026-11-24', to: '2026-11-24' },
    });
    expect(message).toMatch(
      /^Restored objects now lie twice, at their old keys and in the archive \(/m,
    );
    expect(message).toMatch(/but only while no run archives these objects\./);

    // Two keys a page, so that the program goes from page to page, and none at first, as where many
    // delete markers lie.
    const { code, stdout, stderr } = await paste(message, { STUB_PAGE: '2', STUB_EMPTY: '1' });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^3 archived copies removed, 0 kept/),
      stderr: '',
    });
    expect({ archive: it.archive(), source: it.source() }).toEqual({
      archive: {},
      source: [...KEYS].sort(),
    });
  },
);

test(
  'the command removes nothing whose old key does not hold the restored object any more, or ' +
    'whose archived copy changed',
  async () => {
    await open();
    await run(DAY, 'nightly');
    const { message } = await run({ action: 'restore', run: 'nightly' });
    await run({ date: '2026-11-24' }, 'again');
    expect(it.source()).toEqual([]);
    const archive = it.archive();
    expect((await paste(message)).stdout).toMatch(/^0 archived copies removed, 3 kept/);
    expect(it.archive()).toEqual(archive);

    const second = await run({ action: 'restore', run: 'nightly' });
    it.put(KEYS[0], 'edited');
    it.putArchived('archive/2026/11/24/b-2026-11-24.csv', 'changed');
    expect(second.copies).toMatchObject({ removable: 0, needed: 3 });
    expect(commandOf(second.message)).toBeUndefined();
  },
);

test(
  'an edited object keeps its archived copy, and a copy that was changed stays, and the program ' +
    'says so',
  async () => {
    await open();
    await run(DAY, 'nightly');
    const { message } = await run({ action: 'restore', run: 'nightly' });
    it.put(KEYS[0], 'edited');
    it.putArchived('archive/2026/11/24/b-2026-11-24.csv', 'changed');
    const { code, stdout, stderr } = await paste(message);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringMatching(/^1 archived copies removed, 1 kept .*, 1 not removed/),
    });
    expect(stderr).toContain(
      'not removed: ["archive/2026/11/24/b-2026-11-24.csv", "PreconditionFailed"]',
    );
    expect(Object.keys(it.archive())).toEqual([
      'archive/2026/11/24/a-2026-11-24.csv',
      'archive/2026/11/24/b-2026-11-24.csv',
    ]);
  },
);

test('a copy that another key needs stays, until that key is restored, too', async () => {
  await open({ layout: ArchiveLayout.daily({ flatten: true }) });
  ['incoming/eu/x-2026-11-24.csv', 'incoming/us/x-2026-11-24.csv'].forEach((key) =>
    it.put(key, 'same'),
  );
  await run(DAY, 'nightly');
  const { copies, message } = await run({
    action: 'restore',
    run: 'nightly',
    keys: ['incoming/eu/*', 'incoming/a*'],
  });
  expect(copies).toMatchObject({ removable: 1, needed: 1 });
  expect(message).toMatch(
    /^Archived copies that have to stay: 1 because another key or another run needs it\.$/m,
  );
  await paste(message);
  expect(Object.keys(it.archive())).toContain('archive/2026/11/24/x-2026-11-24.csv');
  expect(Object.keys(it.archive())).not.toContain('archive/2026/11/24/a-2026-11-24.csv');
  const both = await run({
    action: 'restore',
    run: 'nightly',
    keys: ['incoming/eu/*', 'incoming/us/*'],
  });
  expect(both.copies).toMatchObject({ removable: 1, needed: 0 });
});

test(
  'objects that two runs archived count once, and no copy is needed that both of them gave ' +
    'back',
  async () => {
    await open();
    await run(DAY, 'first');
    await run({ action: 'restore', run: 'first' });
    await run(DAY, 'second');
    const { counts, copies } = await run({ action: 'restore', ...DAY });
    expect(counts).toEqual({ listed: 3, restored: 3, skipped: 0, conflicting: 0, failed: 0 });
    expect(copies).toMatchObject({ removable: 3, needed: 0 });
  },
);

test('what the keys of the input do not name counts once, too', async () => {
  await open();
  await run(DAY, 'first');
  await run({ action: 'restore', run: 'first' });
  await run(DAY, 'second');
  const { counts } = await run({ action: 'restore', ...DAY, keys: ['incoming/a*'] });
  expect(counts).toEqual({ listed: 3, restored: 1, skipped: 2, conflicting: 0, failed: 0 });
});

test('keys that XML cannot carry are not in the command', async () => {
  await open();
  it.put('incoming/\u0001-2026-11-24.csv');
  await run(DAY, 'nightly');
  const { copies, message } = await run({ action: 'restore', run: 'nightly' });
  expect(copies).toMatchObject({ removable: 3, unnameable: 1 });
  expect(message).toContain('1 because a request that deletes many objects cannot carry its key');
});

test.each([
  [
    DateSelection.yesterday(),
    'The scheduled run of 2026-11-25 selects 2026-11-24 and moves them again.',
  ],
  [
    DateSelection.lastDays(3),
    'The scheduled runs until 2026-11-27 select 2026-11-24 and move them again.',
  ],
  [DateSelection.olderThan(0), 'Each scheduled run selects 2026-11-24 and moves them again.'],
  [
    DateSelection.olderThan(7),
    'Each scheduled run from 2026-12-02 on selects 2026-11-24 and moves them again.',
  ],
])('the message names the run that moves the objects again: %#', async (selection, expected) => {
  await open({ selection });
  await run(DAY, 'nightly');
  const { message, nextMove } = await run({ action: 'restore', run: 'nightly' });
  expect(nextMove).toBe(expected);
  expect(message).toContain(expected);
});

test('where sources are kept on purpose, nothing is said about copies', async () => {
  await open({ sourceDisposition: SourceDisposition.KEEP });
  await run(DAY, 'nightly');
  const { copies, message } = await run({ action: 'restore', run: 'nightly' });
  expect(copies).toBeUndefined();
  expect(message).not.toContain('twice');
});
