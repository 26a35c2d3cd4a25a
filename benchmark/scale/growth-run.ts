/**
 * A whole run in the sandbox with the S3 double in another process, so that the memory of each can
 * be measured. The last line of output is the result as JSON.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { openSandbox, type SandboxSummary } from '../../packages/sandbox/src/internal';
import { Listing, S3DatedArchiver } from '../../src';
import { ARCHIVE, BUCKET, DAY, SOURCE } from '../dataset';

export interface GrowthRunOptions {
  readonly endpoint: string;
  /** Concurrent batches. Default: the construct's own. */
  readonly concurrency?: number;
  /** Default: the construct's own. */
  readonly objectsPerSecond?: number;
  /** A function lists, not the map. */
  readonly isSelective?: boolean;
}

type Counted = Pick<
  SandboxSummary,
  | 'status'
  | 'cause'
  | 'counts'
  | 'seconds'
  | 'requests'
  | 'transitions'
  | 'children'
  | 'invocations'
  | 'estimate'
>;

export interface GrowthRunResult extends Counted {
  /** Billed seconds by function. */
  readonly functionSeconds: Record<string, number>;
}

/** @param name a physical name or a logical id */
export function toFunctionName(name: string): string {
  return (
    ['ArchiveBatch', 'PlanRun', 'ListObjects', 'ReportRun', 'ExplainFailure'].find((id) =>
      name.includes(id),
    ) ?? name
  );
}

async function main(options: GrowthRunOptions): Promise<void> {
  const { endpoint, concurrency, objectsPerSecond, isSelective } = options;
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'scale-'));
  const app = new App({ outdir });
  const stack = new Stack(app, 'Scale');
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Source', { bucketName: BUCKET }),
    prefix: SOURCE,
    destinationPrefix: ARCHIVE,
    maxConcurrency: concurrency,
    maxObjectsPerSecond: objectsPerSecond,
    listing: isSelective ? Listing.selective() : undefined,
  });
  app.synth();
  const sandbox = await openSandbox({ app: outdir, endpoint });
  try {
    const {
      status,
      cause,
      counts,
      seconds,
      requests,
      transitions,
      children,
      invocations,
      estimate,
    } = await sandbox.run({ input: { date: DAY } });
    const usages = [...sandbox.functionUsage()];
    const functionSeconds = Object.fromEntries(
      usages.map(([id, { milliseconds }]) => [toFunctionName(id), milliseconds / 1000]),
    );
    const counted: Counted = {
      status,
      cause,
      counts,
      seconds,
      requests,
      transitions,
      children,
      invocations,
      estimate,
    };
    console.log(JSON.stringify({ ...counted, functionSeconds } satisfies GrowthRunResult));
  } finally {
    await sandbox.close();
    fs.rmSync(outdir, { recursive: true });
  }
}

if (require.main === module) {
  void main(JSON.parse(process.argv[2]) as GrowthRunOptions);
}
