/**
 * A run of this package in the sandbox, on the same objects. Prints what is wrong afterwards, as
 * JSON in its last line.
 */
import { writeMeanwhile } from './meanwhile';
import type { Measured } from './results';
import { DAY, fill, judge, selectedNames, type Shape } from '../../benchmark/dataset';
import type { FaultPlan, ObjectStore } from '../../packages/s3-double/src';
import { type Rehearsal, rehearse } from '../../test/helpers/run-in-sandbox';

export interface ArchiverOptions {
  readonly shape: Shape;
  readonly faults?: FaultPlan;
  readonly isKilled: boolean;
  readonly hasWriter: boolean;
}

/** The bucket of the sandbox. */
const BUCKET = 'source';

async function main({ shape, faults, isKilled, hasWriter }: ArchiverOptions): Promise<void> {
  let isFirst = true;
  const writer = writeMeanwhile((): ObjectStore => stage.sandbox.s3!.store, BUCKET);
  const stage: Rehearsal = await rehearse(
    { batchSize: 50, maxConcurrency: 1, retryPolicy: { maxAttempts: isKilled ? 0 : 6 } },
    {
      s3: { faults, ...(hasWriter && { hooks: writer.hooks }) },
      onInvoke: ({ logicalId, n, kill }) => {
        if (isKilled && isFirst && logicalId.includes('ArchiveBatch') && n === 3) {
          kill();
        }
      },
    },
  );
  const { store } = stage.sandbox.s3!;
  fill(store, BUCKET, shape);
  if (hasWriter) {
    writer.fill();
  }
  let { requests } = await stage.sandbox.run({ input: { date: DAY } });
  isFirst = false;
  if (isKilled) {
    ({ requests } = await stage.sandbox.run({ input: { date: DAY } }));
  }
  const sum = Object.values(requests).reduce((total, count) => total + count, 0);
  const measured: Measured = {
    wrong: { ...judge(store, BUCKET, shape), ...writer.judge() },
    requestsPerObject: sum / selectedNames(shape).length,
  };
  await stage.close();
  console.log(JSON.stringify(measured));
}

void main(JSON.parse(process.argv[2]) as ArchiverOptions);
