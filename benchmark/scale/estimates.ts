/**
 * Compares the estimate of a dry run with what the real run then counts.
 *
 * usage: npx tsx benchmark/scale/estimates.ts [--write] [--only=NAME] [--details]
 */
import { StorageClass } from 'aws-cdk-lib/aws-s3';
import {
  AlertMode,
  ConflictPolicy,
  DateSource,
  Packing,
  type S3DatedArchiverProps,
} from '../../src';
import type { Report } from '../../src/lambda/report-run/report/report';
import { rehearse, type Rehearsal } from '../../test/helpers/run-in-sandbox';
import { report as reportVerdicts } from '../checks';
import { DAY, fill, type Shape } from '../dataset';
import { whole } from '../figures';
import { machine, replaceBetween } from '../write-docs';

const { DEEP_ARCHIVE, GLACIER_INSTANT_RETRIEVAL } = StorageClass;

/** The contents of a bucket to archive. */
interface Case {
  readonly name: string;
  readonly shape: Shape;
  readonly props?: Partial<S3DatedArchiverProps>;
  /** Adds objects to the bucket. */
  readonly more?: (rehearsal: Rehearsal) => void;
  readonly environment?: Record<string, string>;
}

/** Sums over all requests to S3, and over all dollars. */
interface Totals {
  readonly requests: number;
  readonly usd: number;
}

const MAX_REQUESTS_ERROR = 0.01;
const MAX_USD_ERROR = 0.05;
const OBJECTS = 2_000;
const DAY_MS = 86_400_000;
const MIB = 1024 ** 2;
const packed: Shape = { objects: 3_000, traps: false, every: 1, objectBytes: 10_240 };
const plain: Shape = { objects: OBJECTS, traps: false, every: 1 };

const CASES: readonly Case[] = [
  { name: 'three objects', shape: { ...plain, objects: 3 } },
  { name: 'all of the day', shape: plain },
  {
    name: 'one of two hundred of the day',
    shape: { ...plain, objects: 20_000, every: 200, folders: 20 },
  },
  { name: 'none of the day', shape: { ...plain, every: OBJECTS * 2 } },
  {
    name: 'one of ten of the day, keys that begin with it',
    shape: { ...plain, every: 10 },
    props: { dateSource: DateSource.keyPrefix('yyyy-MM-dd') },
  },
  {
    name: 'keys of 1,024 bytes',
    shape: { ...plain, keyBytes: 1_024 },
  },
  {
    name: 'batches of 100, five at once',
    shape: plain,
    props: { batchSize: 100, maxConcurrency: 5 },
  },
  {
    name: 'one of twenty conflicts',
    shape: plain,
    more: (rehearsal) => archivedBefore(rehearsal, 20, () => 'something else'),
  },
  {
    name: 'one of twenty is put beside, a message for every run',
    shape: { ...plain, objects: 500 },
    props: { conflictPolicy: ConflictPolicy.RENAME, alertMode: AlertMode.EVERY_RUN },
    more: (rehearsal) => archivedBefore(rehearsal, 20, () => 'something else'),
  },
  {
    name: 'one of ten archived by a run that broke off',
    shape: plain,
    more: (rehearsal) => archivedBefore(rehearsal, 10),
  },
  {
    name: 'from STANDARD_IA, ten days old, into GLACIER_IR',
    shape: plain,
    props: { storageClass: GLACIER_INSTANT_RETRIEVAL },
    more: (rehearsal) => inClass(rehearsal, 1, 'STANDARD_IA'),
  },
  {
    name: 'one of ten in GLACIER, some failures tolerated',
    shape: plain,
    props: { toleratedFailurePercentage: 20 },
    more: (rehearsal) => inClass(rehearsal, 10, 'GLACIER'),
  },
  { name: '3,000 of 10 KB, packed', shape: packed, props: { packing: Packing.zip() } },
  {
    name: '20,000 of 10 KB, packed',
    shape: { ...packed, objects: 20_000 },
    props: { packing: Packing.zip() },
  },
  {
    name: 'copied in parts into DEEP_ARCHIVE',
    shape: { ...plain, objects: 100, objectBytes: 6 * MIB },
    props: { storageClass: DEEP_ARCHIVE },
    more: withCrc32,
    environment: { MULTIPART_THRESHOLD_BYTES: String(5 * MIB) },
  },
];

interface Row {
  readonly name: string;
  readonly estimated?: Totals;
  readonly counted: Totals;
}

/**
 * The real run comes later, as at night: functions are cold again, and the dry run's report exists.
 */
async function measured(one: Case): Promise<Row> {
  const evening = await prepared(one);
  const reports = evening.sandbox.reportBucket;
  const { store } = evening.sandbox.s3!;
  try {
    const dry = await evening.sandbox.run({ input: { date: DAY, dryRun: true } });
    const { estimate } = JSON.parse(
      store.get(reports, dry.report!.key)!.body.bytes().toString(),
    ) as Report;
    const night = await prepared(one);
    try {
      for (const key of store.keys(reports)) {
        night.sandbox.s3!.store.put(night.sandbox.reportBucket, key, store.get(reports, key)!.body);
      }
      const real = await night.sandbox.run({ input: { date: DAY } });
      if (process.argv.includes('--details')) {
        console.log(
          one.name,
          JSON.stringify({
            estimate,
            cost: dry.estimate.usd,
            requests: real.requests,
            counted: real.estimate,
          }),
        );
      }
      const requests = Object.values(real.requests).reduce((sum, count) => sum + count, 0);
      return {
        name: one.name,
        estimated: estimate && { requests: estimate.requests.total, usd: estimate.usd.total },
        counted: { requests, usd: real.estimate.usd },
      };
    } finally {
      await night.close();
    }
  } finally {
    await evening.close();
  }
}

async function prepared({ shape, props, more, environment }: Case): Promise<Rehearsal> {
  const rehearsal = await rehearse(props, { environment });
  fill(rehearsal.sandbox.s3!.store, rehearsal.sandbox.sourceBucket, shape);
  more?.(rehearsal);
  return rehearsal;
}

/**
 * Puts something at the destination of every n-th object: its own content unless `content` is
 * given.
 */
function archivedBefore(
  { sandbox: { s3, sourceBucket, destinationBucket } }: Rehearsal,
  every: number,
  content?: () => string,
): void {
  const { store } = s3!;
  store
    .keys(sourceBucket, 'incoming/')
    .filter((_, i) => i % every === 0)
    .forEach((key) => {
      const {
        body,
        attributes: { metadata, headers },
      } = store.get(sourceBucket, key)!;
      store.put(
        destinationBucket,
        key.replace('incoming/', 'archive/2026/11/24/'),
        content?.() ?? body,
        { metadata, headers },
      );
    });
}

/**
 * Gives each object a CRC-32, which Node.js computes a hundred times faster than S3's default,
 * CRC-64/NVME.
 */
function withCrc32({ sandbox: { s3, sourceBucket } }: Rehearsal): void {
  const { store } = s3!;
  for (const key of store.keys(sourceBucket)) {
    store.put(sourceBucket, key, store.get(sourceBucket, key)!.body, {
      checksum: { algorithm: 'CRC32', type: 'FULL_OBJECT' },
    });
  }
}

/** Puts every n-th object into another storage class, ten days ago. */
function inClass(
  { sandbox: { s3, sourceBucket } }: Rehearsal,
  every: number,
  storageClass: string,
): void {
  const { store } = s3!;
  const lastModified = new Date(Date.now() - 10 * DAY_MS);
  store
    .keys(sourceBucket, 'incoming/')
    .filter((_, i) => i % every === 0)
    .forEach((key) => {
      store.put(sourceBucket, key, store.get(sourceBucket, key)!.body, {
        storageClass,
        lastModified,
      });
    });
}

const off = (estimated: number, counted: number) => Math.abs(estimated - counted) / counted;

function toTable(rows: readonly Row[]): string {
  return [
    '| bucket | requests: estimated | counted | off | dollars: estimated | counted | off |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...rows.map(({ name, estimated, counted }) => {
      const pair = (of: keyof Totals, text: (figure: number) => string) => [
        estimated ? text(estimated[of]) : '-',
        text(counted[of]),
        estimated ? `${(off(estimated[of], counted[of]) * 100).toFixed(2)} %` : '-',
      ];
      return (
        '| ' +
        `${[name, ...pair('requests', whole), ...pair('usd', (usd) => usd.toFixed(5))].join(' | ')} ` +
        '|'
      );
    }),
  ].join('\n');
}

async function main(write: boolean): Promise<void> {
  const rows: Row[] = [];
  const only =
    process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length) ?? '';
  for (const one of CASES.filter(({ name }) => name.includes(only))) {
    rows.push(await measured(one));
  }
  console.log(toTable(rows));
  if (write) {
    replaceBetween('results/performance.md', 'estimates', `${machine()}\n\n${toTable(rows)}`);
  }
  const met = reportVerdicts(
    rows.map(({ name, estimated, counted }) => ({
      met:
        estimated !== undefined &&
        off(estimated.requests, counted.requests) <= MAX_REQUESTS_ERROR &&
        off(estimated.usd, counted.usd) <= MAX_USD_ERROR,
      what:
        `${name}: ` +
        `${estimated ? `within ${MAX_REQUESTS_ERROR * 100} % of the requests and ${MAX_USD_ERROR * 100} % ` + 'of the dollars' : "no estimate in the dry run's report"}`,
    })),
  );
  if (!met) {
    process.exitCode = 1;
  }
}

main(process.argv.includes('--write')).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
