/**
 * A run of this package in the sandbox, on the same objects. Prints what is wrong afterwards, as
 * JSON in its last line.
 */
import { DAY, fill, judge, type Shape } from '../../benchmark/dataset';
import type { FaultPlan } from '../../packages/s3-double/src';
import { rehearse } from '../../test/helpers/run-in-sandbox';

export interface ArchiverOptions {
  readonly shape: Shape;
  readonly faults?: FaultPlan;
  readonly isKilled: boolean;
}

export interface ArchiverResult {
  readonly wrong: Record<string, number>;
  readonly requests: Record<string, number>;
}

async function main({ shape, faults, isKilled }: ArchiverOptions): Promise<void> {
  let isFirst = true;
  const stage = await rehearse(
    { batchSize: 50, maxConcurrency: 1, retryPolicy: { maxAttempts: isKilled ? 0 : 6 } },
    {
      s3: { faults },
      onInvoke: ({ logicalId, n, kill }) => {
        if (isKilled && isFirst && logicalId.includes('ArchiveBatch') && n === 3) {
          kill();
        }
      },
    },
  );
  const { s3, sourceBucket } = stage.sandbox;
  fill(s3!.store, sourceBucket, shape);
  let { requests } = await stage.sandbox.run({ input: { date: DAY } });
  isFirst = false;
  if (isKilled) {
    ({ requests } = await stage.sandbox.run({ input: { date: DAY } }));
  }
  const result: ArchiverResult = { wrong: judge(s3!.store, sourceBucket, shape), requests };
  await stage.close();
  console.log(JSON.stringify(result));
}

void main(JSON.parse(process.argv[2]) as ArchiverOptions);
