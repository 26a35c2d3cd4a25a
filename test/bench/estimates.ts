/** What a dry run says that the real run will take, held against what the real run then counts. usage: npx tsx test/bench/estimates.ts [--write] */
import { StorageClass } from 'aws-cdk-lib/aws-s3';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { DAY, fill, type Shape } from './dataset';
import { replaceBetween } from './docs';
import { whole } from './figures';
import { report as reportVerdicts } from './verdicts';
import type { S3DatedArchiverProps } from '../../src';
import { rehearse, type Rehearsal } from '../rehearsal';

/** A bucket to archive. */
interface Case {
  readonly name: string;
  readonly shape: Shape;
  readonly props?: Partial<S3DatedArchiverProps>;
  /** Puts more into it. */
  readonly more?: (rehearsal: Rehearsal) => void;
  readonly environment?: Record<string, string>;
}

/** `estimate` of the report of a dry run. */
interface Estimate {
  /** Requests to S3 of every kind. */
  readonly requests: number;
  readonly usd: number;
}

const MOST_REQUESTS_OFF = 0.01;
const MOST_USD_OFF = 0.05;
const OBJECTS = 2_000;
const plain: Shape = { objects: OBJECTS, traps: false, every: 1 };

const CASES: readonly Case[] = [
  { name: 'all of the day', shape: plain },
  { name: 'one of ten of the day', shape: { ...plain, every: 10, folders: 20 } },
  { name: 'none of the day', shape: { ...plain, every: OBJECTS * 2 } },
  { name: 'keys of 1,024 bytes', shape: { ...plain, keyBytes: 1_024 } },
  { name: 'EXPRESS children', shape: plain, props: { mapExecutionType: StateMachineType.EXPRESS } },
  { name: 'batches of 100', shape: plain, props: { batchSize: 100 } },
  { name: 'one of twenty conflicts', shape: plain, more: (rehearsal) => archivedBefore(rehearsal, 20, () => 'something else') },
  { name: 'one of ten archived by a run that broke off', shape: plain, more: (rehearsal) => archivedBefore(rehearsal, 10) },
  { name: 'into GLACIER_IR', shape: plain, props: { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL } },
  {
    name: 'copied in parts',
    shape: { ...plain, objects: 100, objectBytes: 11 * 1024 ** 2 },
    environment: { MULTIPART_THRESHOLD_BYTES: String(10 * 1024 ** 2) },
  },
];

interface Row {
  readonly name: string;
  readonly estimated?: Estimate;
  readonly counted: Estimate;
}

async function measured({ name, shape, props, more, environment }: Case): Promise<Row> {
  const rehearsal = await rehearse(props, { environment });
  const { sandbox } = rehearsal;
  try {
    fill(sandbox.s3!.store, sandbox.sourceBucket, shape);
    more?.(rehearsal);
    const dry = await sandbox.run({ input: { date: DAY, dryRun: true } });
    const { estimate } = JSON.parse(sandbox.s3!.store.get(dry.report!.bucket, dry.report!.key)!.body.bytes().toString()) as { estimate?: Estimate };
    const real = await sandbox.run({ input: { date: DAY } });
    const requests = Object.values(real.requests).reduce((sum, count) => sum + count, 0);
    return { name, estimated: estimate, counted: { requests, usd: real.estimate.usd } };
  } finally {
    await rehearsal.close();
  }
}

/** One of so many objects has something at its destination: its own content unless given. */
function archivedBefore({ sandbox: { s3, sourceBucket, destinationBucket } }: Rehearsal, every: number, content?: () => string): void {
  const { store } = s3!;
  store.keys(sourceBucket, 'incoming/').filter((_, i) => i % every === 0).forEach((key) => {
    const { body, attributes: { metadata, headers } } = store.get(sourceBucket, key)!;
    store.put(destinationBucket, key.replace('incoming/', 'archive/2026/11/24/'), content?.() ?? body, { metadata, headers });
  });
}

const off = (estimated: number, counted: number) => Math.abs(estimated - counted) / counted;

function tableOf(rows: readonly Row[]): string {
  return ['| bucket | requests: estimated | counted | off | dollars: estimated | counted | off |', '| --- | --: | --: | --: | --: | --: | --: |',
    ...rows.map(({ name, estimated, counted }) => {
      const pair = (of: keyof Estimate, text: (figure: number) => string) => [
        estimated ? text(estimated[of]) : '-', text(counted[of]), estimated ? `${(off(estimated[of], counted[of]) * 100).toFixed(2)} %` : '-',
      ];
      return `| ${[name, ...pair('requests', whole), ...pair('usd', (usd) => usd.toFixed(5))].join(' | ')} |`;
    })].join('\n');
}

async function main(write: boolean): Promise<void> {
  const rows: Row[] = [];
  for (const one of CASES) rows.push(await measured(one));
  console.log(tableOf(rows));
  if (write) replaceBetween('performance.md', 'estimates', tableOf(rows));
  const met = reportVerdicts(rows.map(({ name, estimated, counted }) => ({
    met: estimated !== undefined && off(estimated.requests, counted.requests) <= MOST_REQUESTS_OFF && off(estimated.usd, counted.usd) <= MOST_USD_OFF,
    what: `${name}: ${estimated ? `within ${MOST_REQUESTS_OFF * 100} % of the requests and ${MOST_USD_OFF * 100} % of the dollars` : 'no estimate in the dry run\'s report'}`,
  })));
  if (!met) process.exitCode = 1;
}

main(process.argv.includes('--write')).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
