/** Restores runs with the synthesized definition and the built bundles. */
import { isDeepStrictEqual } from 'node:util';
import type { S3Call } from '../../packages/s3-double/src';
import { ArchiveLayout, type S3DatedArchiverProps } from '../../src';
import { expectSchema, SCHEMA, schemaErrors } from '../helpers/report-schema';
import {
  type Rehearsal,
  type RehearsalOptions,
  rehearse,
  shareRehearsals,
} from '../helpers/run-in-sandbox';
import { definition, synth } from '../helpers/synth';

const DAY = { date: '2026-11-24' };
const KEYS = [
  'incoming/a-2026-11-24.csv',
  'incoming/eu/b-2026-11-24.csv',
  'incoming/c-2026-11-24.csv',
];

let lastLedger: Rehearsal['ledger'];
const ofItsOwn: Rehearsal[] = [];
const share = shareRehearsals();
afterEach(async () => {
  const lines = lastLedger();
  for (const rehearsal of ofItsOwn.splice(0)) {
    await rehearsal.close();
  }
  expectSchema(lines);
});

async function archiver(
  given: Partial<S3DatedArchiverProps> = {},
  options?: RehearsalOptions,
): Promise<Rehearsal> {
  const props = { allowRestore: true, ...given };
  const rehearsal = options ? await rehearse(props, options) : await share(props);
  if (options) {
    ofItsOwn.push(rehearsal);
  }
  lastLedger = rehearsal.ledger;
  KEYS.forEach((key) => rehearsal.put(key));
  return rehearsal;
}

/** Operations that delete, of all requests of a run. */
const deletesOf = (requests: object) =>
  Object.keys(requests).filter((operation) => operation.startsWith('Delete'));

test(
  'what a run archived is copied back and stays in the archive, and the next run moves it ' +
    'again',
  async () => {
    const it = await archiver();
    await it.sandbox.run({ input: DAY, name: 'nightly' });
    expect(it.source()).toEqual([]);
    const archive = it.archive();

    const { status, counts, requests } = await it.sandbox.run({
      input: { action: 'restore', run: 'nightly' },
      name: 'undo',
    });
    expect({ status, counts }).toEqual({
      status: 'SUCCEEDED',
      counts: { listed: 3, restored: 3, skipped: 0, conflicting: 0, failed: 0 },
    });
    expect(it.source()).toEqual([...KEYS].sort());
    expect({ archive: it.archive(), deletes: deletesOf(requests) }).toEqual({
      archive,
      deletes: [],
    });
    expect(
      it
        .ledger()
        .map((line) => `${line.status} ${line.key}`)
        .sort(),
    ).toEqual(
      ['archived', 'restored'].flatMap((found) => [...KEYS].sort().map((key) => `${found} ${key}`)),
    );

    expect(await it.sandbox.run({ input: DAY })).toMatchObject({
      status: 'SUCCEEDED',
      counts: { archived: 3 },
    });
    expect({ source: it.source(), archive: it.archive() }).toEqual({ source: [], archive });
  },
);

test('days and keys select what is restored', async () => {
  const it = await archiver();
  await it.sandbox.run({ input: DAY });
  const { counts } = await it.sandbox.run({
    input: { action: 'restore', ...DAY, keys: ['incoming/eu/**'] },
  });
  expect(counts).toEqual({ listed: 3, restored: 1, skipped: 2, conflicting: 0, failed: 0 });
  expect(it.source()).toEqual(['incoming/eu/b-2026-11-24.csv']);
});

test(
  'of two objects that are flattened to one name, one that vanished does not get the content of ' +
    'the other',
  async () => {
    const [kept, vanished] = ['incoming/a/n-2026-11-24.csv', 'incoming/b/n-2026-11-24.csv'];
    const before = ({ copySource }: S3Call) => {
      if (copySource?.key === kept) {
        it.sandbox.s3!.store.delete(it.sandbox.sourceBucket, vanished);
      }
      return undefined;
    };
    const it = await archiver(
      { layout: ArchiveLayout.daily({ flatten: true }), batchSize: 1, maxConcurrency: 1 },
      { s3: { hooks: { before } } },
    );
    KEYS.forEach((key) => it.sandbox.s3!.store.delete(it.sandbox.sourceBucket, key));
    // Their copies have other ETags, as with KMS.
    for (const key of [kept, vanished]) {
      it.sandbox.s3!.store.put(it.sandbox.sourceBucket, key, `${key}, of the same length`, {
        partSize: 5,
      });
    }
    expect(await it.sandbox.run({ input: DAY, name: 'nightly' })).toMatchObject({
      counts: { listed: 2, archived: 1, skipped: 1 },
    });
    expect(await it.sandbox.run({ input: { action: 'restore', run: 'nightly' } })).toMatchObject({
      counts: { listed: 1, restored: 1 },
    });
    expect(it.source()).toEqual([kept]);
  },
);

test('a dry run changes nothing', async () => {
  const it = await archiver();
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  const { status, counts } = await it.sandbox.run({
    input: { action: 'restore', run: 'nightly', dryRun: true },
  });
  expect({ status, counts }).toMatchObject({ status: 'SUCCEEDED', counts: { restored: 3 } });
  expect(it.source()).toEqual([]);
});

test(
  'a restore that does not restore everything sends one message, with the command that comes ' +
    'next',
  async () => {
    const it = await archiver({ toleratedFailurePercentage: 0 });
    await it.sandbox.run({ input: DAY, name: 'nightly' });
    it.put(KEYS[0], 'theirs');
    const { status, alerts } = await it.sandbox.run({
      input: { action: 'restore', run: 'nightly' },
      name: 'undo',
    });
    expect(status).toBe('SUCCEEDED');
    expect(alerts).toHaveLength(1);
    expect(alerts[0].message).toContain('OLD_KEY_TAKEN');
    expect(alerts[0].message).toContain('--input \'{"action":"restore","run":"nightly"}\'');
  },
);

test('an archiver that may restore sends the same requests when it archives as one that may not', async () => {
  const requestsOf = async (allowRestore: boolean) => {
    // Functions of its own, which have to find out all that functions keep.
    const it = await archiver({ allowRestore }, {});
    return (await it.sandbox.run({ input: DAY, name: 'nightly' })).requests;
  };
  let [mayRestore, mayNot] = [await requestsOf(true), await requestsOf(false)];
  // On a busy machine, a delete may take more than a second, and its batch looks at its ledger
  // again. What the prop changes is in each attempt.
  for (let attempt = 1; attempt < 3 && !isDeepStrictEqual(mayRestore, mayNot); attempt++) {
    [mayRestore, mayNot] = [await requestsOf(true), await requestsOf(false)];
  }
  expect(mayRestore).toEqual(mayNot);
});

test('a restore of 120 objects has no state that waits', async () => {
  const it = await archiver();
  for (let i = 0; i < 117; i++) {
    it.put(`incoming/${i}-2026-11-24.csv`);
  }
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  expect(await it.sandbox.run({ input: { action: 'restore', run: 'nightly' } })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { listed: 120, restored: 120 },
  });
  const { States } = definition(synth({ allowRestore: true }).template);
  expect(JSON.stringify(States)).not.toContain('"Type":"Wait"');
});

test(
  'a restore of a ledger that lacks a part does not say that all objects are restored, and ' +
    'has no command that removes copies',
  async () => {
    const it = await archiver({ batchSize: 1 });
    await it.sandbox.run({ input: DAY, name: 'nightly' });
    const { store } = it.sandbox.s3!;
    const [part] = store.keys(it.sandbox.reportBucket, 'runs/ledger/');
    store.delete(it.sandbox.reportBucket, part);
    const {
      counts,
      alerts: [{ subject, message }],
      report,
    } = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' } });
    expect({ counts, subject }).toMatchObject({
      counts: { listed: 2, restored: 2 },
      subject: expect.stringMatching(/^Restore incomplete: /),
    });
    expect(message).toContain('restored 2 objects, as far as the ledgers say.');
    expect(message).toContain(
      'The ledger lacks 1 line that the report of its run counts, such as of ' +
        `s3://${it.sandbox.reportBucket}/${part}: objects that no other line names are unknown`,
    );
    expect(message).toContain(
      'Not all ledgers are complete, so it is not known which archived copies nothing else needs.',
    );
    expect(message).not.toContain('python3');
    const written = JSON.parse(store.get(report!.bucket, report!.key)!.body.bytes().toString()) as {
      gaps: object;
    };
    expect(written.gaps).toMatchObject({
      running: [],
      withoutReport: [],
      lacking: { parts: 1, lines: 1, examples: [{ part, lines: 1 }] },
    });
    expect(schemaErrors(written, SCHEMA)).toEqual([]);
    // A verification says the same of it.
    expect(await it.sandbox.run({ input: { action: 'verify', run: 'nightly' } })).toMatchObject({
      counts: { present: 2, unproven: 1 },
    });
  },
);

test('a restore of a run that ended without its report says that its ledger may lack objects', async () => {
  const it = await archiver();
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  it.sandbox.s3!.store.delete(
    it.sandbox.reportBucket,
    it.sandbox.s3!.store.keys(it.sandbox.reportBucket).find((key) => key.endsWith('/report.json'))!,
  );
  const {
    alerts: [{ subject, message }],
  } = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' } });
  expect(subject).toMatch(/^Restore incomplete: /);
  expect(message).toContain(
    'Run nightly ended, and no report lists the parts of its ledger, so nothing proves that the ' +
      'ledger has all that the run archived.',
  );
});

test('without allowRestore, a restore is refused before it does anything', async () => {
  const it = await archiver({ allowRestore: false });
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  const { status, alerts } = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' } });
  expect(status).toBe('FAILED');
  expect(alerts[0].message).toContain('deployed without allowRestore');
});

test('the message of a restore that failed says how to go on', async () => {
  const it = await archiver();
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  const allow = it.sandbox.s3!.store.deny({ operations: ['GetObject'], keyPrefix: 'runs/ledger/' });
  const { status, alerts } = await it.sandbox.run({
    input: { action: 'restore', run: 'nightly' },
    name: 'undo',
  });
  allow();
  expect(status).toBe('FAILED');
  expect(alerts[0].message).toContain('aws stepfunctions redrive-execution');
  expect(alerts[0].message).toContain(
    'The restore lost no object: a restore deletes nothing, and leaves the archive as it was.',
  );
});

test('a run that archives the same objects while a restore copies them back loses none of them', async () => {
  let during: Promise<unknown> | undefined;
  let isRestoring = false;
  let release!: () => void;
  const released = new Promise<undefined>((resolve) => {
    release = () => resolve(undefined);
  });
  const before = ({ operation, bucket, key }: S3Call) => {
    if (operation === 'PutObject' && key!.endsWith('/beside/report.json')) {
      release();
    }
    if (
      !isRestoring ||
      operation !== 'CopyObject' ||
      bucket !== it.sandbox.sourceBucket ||
      key !== KEYS[2]
    ) {
      return undefined;
    }
    during ??= it.sandbox.run({ input: DAY, name: 'beside' });
    return released;
  };
  const it = await archiver({}, { s3: { hooks: { before } } });
  await it.sandbox.run({ input: DAY, name: 'nightly' });
  const archive = it.archive();
  isRestoring = true;
  const undone = await it.sandbox.run({
    input: { action: 'restore', run: 'nightly' },
    name: 'undo',
  });
  isRestoring = false;
  await during;
  expect({ status: undone.status, counts: undone.counts, archive: it.archive() }).toMatchObject({
    status: 'SUCCEEDED',
    counts: { restored: 3 },
    archive,
  });
  expect(await it.sandbox.run({ input: DAY, name: 'after' })).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(it.archive()).toEqual(archive);
});
