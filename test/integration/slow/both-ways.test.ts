/**
 * Archives, restores and verifies whole runs, in the orders that people try. Nothing that was at
 * the source may get lost.
 */
import { ArchiveLayout, ConflictPolicy, Listing, SourceDisposition } from '../../../src';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

const DAY = { date: '2026-11-24' };
const KEYS = [
  'incoming/a-2026-11-24.csv',
  'incoming/eu/a-2026-11-24.csv',
  'incoming/us/b-2026-11-24.csv',
];

jest.setTimeout(240_000);

describe.each([
  ['the map', undefined],
  ['a function', Listing.selective()],
])('where %s lists', (_, listing) => {
  let it: Rehearsal;
  afterEach(() => it.close());

  async function open(props: Parameters<typeof rehearse>[0] = {}): Promise<void> {
    const given = {
      allowRestore: true,
      retryPolicy: { maxAttempts: 0 },
      ...(listing && { listing }),
      ...props,
    };
    it = await rehearse(given);
    KEYS.forEach((key) => it.put(key));
  }
  const run = (input: object, name?: string) => it.sandbox.run<never>({ input, name });
  const read = (key: string) =>
    it.sandbox.s3!.store.get(it.sandbox.sourceBucket, key)!.body.bytes().toString();
  const contents = () => Object.fromEntries(it.source().map((key) => [key, read(key)]));
  const ARCHIVED = {
    'archive/2026/11/24/a-2026-11-24.csv': KEYS[0],
    'archive/2026/11/24/eu/a-2026-11-24.csv': KEYS[1],
    'archive/2026/11/24/us/b-2026-11-24.csv': KEYS[2],
  };
  const ALL = Object.fromEntries(KEYS.map((key) => [key, key]));

  test('a restore twice in a row copies everything back once, and leaves it alone then', async () => {
    await open();
    await run(DAY, 'nightly');
    expect(await run({ action: 'restore', run: 'nightly' })).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 3, restored: 3 },
    });
    expect(await run({ action: 'restore', run: 'nightly' })).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 3, restored: 3 },
    });
    expect([contents(), it.archive()]).toEqual([ALL, ARCHIVED]);
    expect(await run({ action: 'verify', run: 'nightly' })).toMatchObject({
      status: 'SUCCEEDED',
      counts: { listed: 3, present: 3, skipped: 0 },
    });
  });

  test(
    'back and forth and back: the ledger of each run restores it, and days restore each object ' +
      'once',
    async () => {
      await open();
      await run(DAY, 'first');
      await run({ action: 'restore', run: 'first' });
      await run(DAY, 'second');
      expect(await run({ action: 'verify', ...DAY })).toMatchObject({ status: 'SUCCEEDED' });
      expect(await run({ action: 'restore', ...DAY })).toMatchObject({
        status: 'SUCCEEDED',
        counts: { listed: 3, restored: 3 },
      });
      expect([contents(), it.archive()]).toEqual([ALL, ARCHIVED]);
    },
  );

  test('what was written at the source again stays, with the archived object beside it', async () => {
    await open();
    await run(DAY, 'nightly');
    it.put(KEYS[0], 'newer');
    expect(await run({ action: 'restore', run: 'nightly' })).toMatchObject({
      counts: { restored: 2, conflicting: 1 },
    });
    expect([contents(), it.archive()]).toEqual([{ ...ALL, [KEYS[0]]: 'newer' }, ARCHIVED]);
    // The next night archives nothing over it, and finds the others in the archive.
    expect(await run(DAY, 'later')).toMatchObject({ counts: { archived: 2, conflicting: 1 } });
    expect(Object.values(it.archive()).sort()).toEqual([...KEYS].sort());
    expect(await run({ action: 'restore', run: 'later' })).toMatchObject({
      counts: { restored: 2, conflicting: 0 },
    });
    expect(contents()).toEqual({ ...ALL, [KEYS[0]]: 'newer' });
  });

  test('a renamed object goes back to its old key, and the object that took its name stays', async () => {
    await open({ conflictPolicy: ConflictPolicy.RENAME });
    it.putArchived('archive/2026/11/24/a-2026-11-24.csv', 'theirs');
    expect(await run(DAY, 'nightly')).toMatchObject({ counts: { archived: 3 } });
    expect(await run({ action: 'restore', run: 'nightly' })).toMatchObject({
      counts: { restored: 3 },
    });
    expect(contents()).toEqual(ALL);
    expect(Object.values(it.archive()).sort()).toEqual([...KEYS, 'theirs'].sort());
  });

  test('flattened objects go back to their folders', async () => {
    await open({
      layout: ArchiveLayout.daily({ flatten: true }),
      conflictPolicy: ConflictPolicy.RENAME,
    });
    expect(await run(DAY, 'nightly')).toMatchObject({ counts: { archived: 3 } });
    expect(await run({ action: 'verify', run: 'nightly' })).toMatchObject({
      counts: { present: 3 },
    });
    expect(await run({ action: 'restore', run: 'nightly' })).toMatchObject({
      counts: { restored: 3 },
    });
    expect(contents()).toEqual(ALL);
    expect(Object.values(it.archive()).sort()).toEqual([...KEYS].sort());
  });

  test('the ledger of a dry run is neither restored nor verified', async () => {
    await open();
    await run({ ...DAY, dryRun: true }, 'dry');
    for (const action of ['restore', 'verify']) {
      const { status, cause } = await run({ action, run: 'dry' });
      expect([status, cause]).toEqual([
        'FAILED',
        expect.stringContaining('was a dry run, which archived nothing'),
      ]);
    }
    expect([contents(), it.archive()]).toEqual([ALL, {}]);
  });

  test(
    'with kept sources, a restore deletes nothing, and explains a copy that is removed after it ' +
      'as long as the old key holds the object',
    async () => {
      await open({ sourceDisposition: SourceDisposition.KEEP });
      await run(DAY, 'nightly');
      const { store } = it.sandbox.s3!;
      store.delete(it.sandbox.sourceBucket, KEYS[1]);
      expect(await run({ action: 'restore', run: 'nightly' })).toMatchObject({
        counts: { restored: 3 },
      });
      expect([contents(), Object.values(it.archive()).sort()]).toEqual([ALL, [...KEYS].sort()]);
      expect(await run({ action: 'verify', run: 'nightly' })).toMatchObject({
        status: 'SUCCEEDED',
        counts: { present: 3 },
      });
      store.delete(it.sandbox.destinationBucket, 'archive/2026/11/24/a-2026-11-24.csv');
      expect(await run({ action: 'verify', run: 'nightly' })).toMatchObject({
        status: 'SUCCEEDED',
        counts: { present: 2, missing: 0, skipped: 1 },
      });
      store.delete(it.sandbox.sourceBucket, 'incoming/a-2026-11-24.csv');
      expect(await run({ action: 'verify', run: 'nightly' })).toMatchObject({
        status: 'FAILED',
        counts: { present: 2, missing: 1, skipped: 0 },
      });
    },
  );

  test(
    'whatever people and schedules start at the same time, the archive keeps each object, ' +
      'and the source has no other content',
    async () => {
      await open({ batchSize: 1 });
      await run(DAY, 'nightly');
      await Promise.allSettled([
        run({ action: 'restore', run: 'nightly' }),
        run(DAY),
        run({ action: 'restore', ...DAY }),
        run({ action: 'verify', run: 'nightly' }),
      ]);
      expect(it.archive()).toEqual(ARCHIVED);
      expect(ALL).toMatchObject(contents());
    },
  );
});
