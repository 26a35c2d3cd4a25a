/** Compares the estimate of a dry run with the requests and the cost of the real run. */
import { StorageClass } from 'aws-cdk-lib/aws-s3';
import { ConflictPolicy, DateSource, type S3DatedArchiverProps } from '../../../src';
import type { CostItem } from '../../../src/lambda/pricing/cost';
import type { Estimate } from '../../../src/lambda/report-run/report/estimate';
import type { Report } from '../../../src/lambda/report-run/report/report';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

const { GLACIER_INSTANT_RETRIEVAL } = StorageClass;
const MIB = 1024 ** 2;
const DATE = '2026-11-24';
const TEN_DAYS = 10 * 86_400_000;

interface Outcome {
  readonly estimate: Estimate;
  readonly requests: Record<string, number>;
  readonly items: readonly CostItem[];
  /** What the real run says of itself. */
  readonly reported: Report;
  /** The requests of the dry run itself. */
  readonly asked: Record<string, number>;
}

/** The real run starts new function instances, as on the next night. */
async function bothRuns(
  props: Partial<S3DatedArchiverProps>,
  fill: (rehearsal: Rehearsal) => void,
): Promise<Outcome> {
  const environment = { MULTIPART_THRESHOLD_BYTES: String(5 * MIB) };
  const evening = await rehearse(props, { environment });
  const night = await rehearse(props, { environment });
  try {
    for (const rehearsal of [evening, night]) {
      fill(rehearsal);
    }
    const {
      sandbox: { reportBucket, s3 },
    } = evening;
    const dry = await evening.sandbox.run({ input: { date: DATE, dryRun: true } });
    const report = readReport(evening, dry.report!.key);
    for (const key of s3!.store.keys(reportBucket)) {
      night.sandbox.s3!.store.put(reportBucket, key, s3!.store.get(reportBucket, key)!.body);
    }
    const {
      requests,
      estimate: { items },
      report: real,
    } = await night.sandbox.run({ input: { date: DATE } });
    const reported = readReport(night, real!.key);
    return { estimate: report.estimate!, requests, items, reported, asked: dry.requests };
  } finally {
    await Promise.all([evening.close(), night.close()]);
  }
}

function readReport({ sandbox: { s3, reportBucket } }: Rehearsal, key: string): Report {
  return JSON.parse(s3!.store.get(reportBucket, key)!.body.bytes().toString()) as Report;
}

/** Only batches send these, so the report has all of them. */
const OF_BATCHES =
  /^(Copy|Upload|Create|Complete|Abort|Delete|Head|GetObjectTagging|GetObjectLock)/;

function expectCounted({ requests, items, reported }: Outcome): void {
  const ofBatches = (counts: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).filter(([operation]) => OF_BATCHES.test(operation)));
  expect(ofBatches(reported.requests)).toEqual(ofBatches(requests));
  expect(reported).not.toHaveProperty('uncountedBatches');
  // What PlanRun reads of earlier runs, the report does not know.
  for (const [what, missing] of [
    ['S3: copies', 0],
    ['S3: other writes', 0],
    ['S3: lists', 2],
    ['S3: reads', 2],
  ] as const) {
    const [told, sent] = [reported.cost.items, items].map(
      (all) => all.find((each) => each.what === what)?.count ?? 0,
    );
    expect([what, Math.abs(sent - told) <= missing]).toEqual([what, true]);
  }
}

/** The parts of the estimate that do not depend on time. */
const timeless = (items: readonly CostItem[]) =>
  items
    .filter(({ what }) => !/^(Lambda|CloudWatch)/.test(what))
    .map(({ what, count, usd }) => ({ what, count, usd: expect.closeTo(usd, 5) as number }));

test(
  'the estimate of a dry run is right for objects of all kinds that go to another storage ' +
    'class',
  async () => {
    const outcome = await bothRuns(
      { storageClass: GLACIER_INSTANT_RETRIEVAL },
      ({ put, putArchived, sandbox }) => {
        const { store } = sandbox.s3!;
        for (let i = 0; i < 40; i++) {
          put(`incoming/plain-${i}-${DATE}.csv`);
        }
        put('incoming/other-2026-11-23.csv');
        store.put(sandbox.sourceBucket, `incoming/large-${DATE}.bin`, Buffer.alloc(11 * MIB));
        const lastModified = new Date(Date.now() - TEN_DAYS);
        store.put(sandbox.sourceBucket, `incoming/cold-${DATE}.bin`, Buffer.alloc(MIB), {
          storageClass: 'STANDARD_IA',
          lastModified,
        });
        store.put(sandbox.sourceBucket, `incoming/frozen-${DATE}.csv`, 'x', {
          storageClass: 'GLACIER',
        });
        putArchived(`archive/2026/11/24/plain-1-${DATE}.csv`, 'theirs');
        putArchived(`archive/2026/11/24/plain-2-${DATE}.csv`, `incoming/plain-2-${DATE}.csv`);
      },
    );
    const { estimate, requests, items, asked } = outcome;
    expectCounted(outcome);
    expect(estimate.requests.byOperation).toEqual(requests);
    expect(timeless(estimate.usd.items)).toEqual(timeless(items));
    expect(estimate).toMatchObject({
      objects: 41,
      largest: expect.arrayContaining([
        { key: `incoming/large-${DATE}.bin`, size: 11 * MIB },
      ]) as unknown,
    });
    // The dry run lists the destination, and sends a HEAD only for the objects that exist there.
    expect(asked.HeadObject).toBeLessThan(15);
    expect(asked.ListObjectsV2).toBeLessThan(10);
    expect(asked.CopyObject).toBeUndefined();
  },
);

test('the estimate of a dry run is right for objects that are renamed', async () => {
  const outcome = await bothRuns(
    { conflictPolicy: ConflictPolicy.RENAME },
    ({ put, putArchived }) => {
      for (let i = 0; i < 10; i++) {
        put(`incoming/${i}-${DATE}.csv`);
      }
      for (let i = 0; i < 5; i++) {
        putArchived(`archive/2026/11/24/${i}-${DATE}.csv`, 'theirs');
      }
    },
  );
  const { estimate, requests, items } = outcome;
  expectCounted(outcome);
  expect(estimate.requests.byOperation).toEqual(requests);
  expect(timeless(estimate.usd.items)).toEqual(timeless(items));
});

test(
  'the estimate of a dry run is right for a day without objects that is listed by its own ' +
    'prefix',
  async () => {
    const { estimate, requests, items } = await bothRuns(
      { dateSource: DateSource.keyPrefix('yyyy-MM-dd') },
      ({ put }) => put('incoming/2026-11-23.csv'),
    );
    expect(estimate.requests.byOperation).toEqual(requests);
    expect(timeless(estimate.usd.items)).toEqual(timeless(items));
    expect(estimate).toMatchObject({ objects: 0, bytes: 0, largest: [] });
  },
);

test(
  'a dry run of a restore knows that it reads the class of the archive, writes the classes that ' +
    'objects had, and deletes nothing',
  async () => {
    const it = await rehearse({ allowRestore: true, storageClass: GLACIER_INSTANT_RETRIEVAL });
    try {
      const { store } = it.sandbox.s3!;
      for (let i = 0; i < 4; i++) {
        const storageClass = i < 2 ? 'STANDARD_IA' : undefined;
        store.put(
          it.sandbox.sourceBucket,
          `incoming/${i}-${DATE}.csv`,
          Buffer.alloc(MIB, String(i)),
          { storageClass },
        );
      }
      await it.sandbox.run({ input: { date: DATE }, name: 'nightly' });
      const dry = await it.sandbox.run({
        input: { action: 'restore', run: 'nightly', dryRun: true },
      });
      const { estimate } = JSON.parse(
        store.get(dry.report!.bucket, dry.report!.key)!.body.bytes().toString(),
      ) as Report;
      const {
        usd: { items },
        requests: { byOperation },
        storageClasses: { source },
      } = estimate!;
      expect(byOperation).toMatchObject({ CopyObject: 4 });
      expect(byOperation).not.toHaveProperty('DeleteObjects');
      expect(items).toEqual(
        expect.arrayContaining([
          { what: 'S3: copies', count: 4, usd: 0.00003 },
          {
            what: 'S3: GB retrieved from GLACIER_IR',
            count: 1,
            usd: expect.closeTo((0.03 * 4) / 1024, 6) as number,
          },
        ]),
      );
      expect(
        items.map(({ what }) => what).filter((what) => /STANDARD_IA|before their time/.test(what)),
      ).toEqual([]);
      expect(source).toMatchObject([
        { storageClass: 'GLACIER_IR', objects: 4, bytes: 4 * MIB, early: { objects: 0, usd: 0 } },
      ]);
      const {
        estimate: { items: real },
      } = await it.sandbox.run({ input: { action: 'restore', run: 'nightly' } });
      expect(real.map(({ what }) => what).filter((what) => what.includes('retrieved'))).toEqual([
        'S3: GB retrieved from GLACIER_IR',
      ]);
    } finally {
      await it.close();
    }
  },
);
