/**
 * Whole runs that lock what they archive, from the day of each object, in both kinds of maps and
 * with packs.
 */
import type { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import {
  DateSelection,
  Packing,
  Retention,
  type S3DatedArchiverProps,
  SourceDisposition,
} from '../../../src';
import type { Report } from '../../../src/lambda/report-run/report/report';
import { schemaErrors } from '../../helpers/report-schema';
import { type Rehearsal, rehearse } from '../../helpers/run-in-sandbox';

const BACKFILL = { from: '1990-01-01', to: '2026-11-24' };
/** The first two are past seven years. */
const KEYS = ['1990-11-24', '2001-02-28', '2025-12-31', '2026-11-23', '2026-11-24'].map(
  (day) => `incoming/${day}.csv`,
);

const open: Rehearsal[] = [];
afterEach(async () => {
  for (const rehearsal of open.splice(0)) {
    await rehearsal.close();
  }
});

async function archiver(props: Partial<S3DatedArchiverProps>): Promise<Rehearsal> {
  const rehearsal = await rehearse((stack: Stack) => ({
    destinationBucket: new Bucket(stack, 'Archive', {
      bucketName: 'archive',
      objectLockEnabled: true,
    }),
    selection: DateSelection.olderThan(0),
    retention: Retention.compliance({ years: 7 }),
    ...props,
  }));
  open.push(rehearsal);
  KEYS.forEach((key) => rehearsal.put(key));
  return rehearsal;
}

function locksOf({ sandbox: { s3, destinationBucket } }: Rehearsal) {
  const { store } = s3!;
  return Object.fromEntries(
    store.keys(destinationBucket).map((key) => {
      const { mode, retainUntil } = store.get(destinationBucket, key)!.attributes.lock ?? {};
      return [key, mode && `${mode} ${new Date(retainUntil!).toISOString()}`];
    }),
  );
}

test('a backfill counts each retention from the day in the name', async () => {
  const rehearsal = await archiver({});
  const { status, counts, report } = await rehearsal.sandbox.run({ input: BACKFILL });
  expect([status, counts]).toMatchObject(['SUCCEEDED', { archived: 5, failed: 0 }]);
  expect(locksOf(rehearsal)).toEqual({
    'archive/1990/11/24/1990-11-24.csv': undefined,
    'archive/2001/02/28/2001-02-28.csv': undefined,
    'archive/2025/12/31/2025-12-31.csv': 'COMPLIANCE 2032-12-31T00:00:00.000Z',
    'archive/2026/11/23/2026-11-23.csv': 'COMPLIANCE 2033-11-23T00:00:00.000Z',
    'archive/2026/11/24/2026-11-24.csv': 'COMPLIANCE 2033-11-24T00:00:00.000Z',
  });
  const { store } = rehearsal.sandbox.s3!;
  const read = (key: string) =>
    store.get(rehearsal.sandbox.reportBucket, key)!.body.bytes().toString();
  const json = JSON.parse(read(report!.key)) as Report;
  expect(schemaErrors(json)).toEqual([]);
  expect(json.notes).toMatchObject({ notRetained: { count: 2, reasons: { ENDED: 2 } } });
  expect(read(report!.key.replace('.json', '.html'))).toContain(
    '2 objects got no retention, because it would have ended already.',
  );
});

test('packs are retained, too', async () => {
  const rehearsal = await archiver({
    packing: Packing.zip(),
    retention: Retention.governance({ days: 36_500 }),
  });
  for (const name of ['b', 'c', 'd']) {
    rehearsal.put(`incoming/${name}-2026-11-24.csv`);
  }
  expect(await rehearsal.sandbox.run({ input: { date: '2026-11-24' } })).toMatchObject({
    status: 'SUCCEEDED',
    counts: { archived: 4 },
  });
  const pack = Object.entries(locksOf(rehearsal)).find(([key]) => key.endsWith('.zip'))!;
  expect(pack[1]).toMatch(/^GOVERNANCE 2126-10-31/);
});

test(
  'a restored object of a source without Object Lock is not locked, and its archived copy ' +
    'stays',
  async () => {
    const rehearsal = await archiver({ allowRestore: true });
    await rehearsal.sandbox.run({ input: BACKFILL });
    expect(
      await rehearsal.sandbox.run({ input: { action: 'restore', ...BACKFILL } }),
    ).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(rehearsal.source()).toEqual(KEYS);
    expect(Object.keys(rehearsal.archive())).toHaveLength(5);
    // What is back at its old key is found there, although the archived object is locked and it is
    // not.
    for (const dryRun of [true, false]) {
      const again = await rehearsal.sandbox.run({
        input: { action: 'restore', ...BACKFILL, dryRun },
      });
      expect(again).toMatchObject({
        status: 'SUCCEEDED',
        counts: { restored: 5, conflicting: 0, failed: 0 },
      });
    }
  },
);

test('sources that were kept, without a lock, are no conflict for a restore', async () => {
  const rehearsal = await archiver({
    allowRestore: true,
    sourceDisposition: SourceDisposition.KEEP,
  });
  await rehearsal.sandbox.run({ input: BACKFILL });
  const restored = await rehearsal.sandbox.run({ input: { action: 'restore', ...BACKFILL } });
  expect(restored).toMatchObject({
    status: 'SUCCEEDED',
    counts: { restored: 5, conflicting: 0, failed: 0 },
  });
});
