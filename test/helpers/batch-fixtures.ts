/**
 * What a test of batches needs besides its own subject: a run, the worker of a function instance,
 * and the items that the map lists.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { TWO_BUCKETS } from './environment';
import type { Harness } from './harness';
import type { ListedObject } from '../../src/contract/payloads/listing';
import type { Run } from '../../src/contract/payloads/run';
import type { BatchWorker } from '../../src/lambda/batch/batch-worker';
import { type Environment, readSettings } from '../../src/lambda/runtime/environment';
import { systemClock } from '../../src/lambda/s3/retry';
import { createSelector } from '../../src/lambda/selection/select-objects';
import { ConcurrencyController } from '../../src/lambda/throughput/concurrency-controller';
import { CopyThroughput } from '../../src/lambda/throughput/copy-throughput';
import { RequestCounter } from '../../src/lambda/throughput/request-counter';
import { WriteRates } from '../../src/lambda/throughput/write-rates';

/** A run of 2026-11-25 that archives the day before. */
export function testRun(overrides: Partial<Run> = {}): Run {
  const { id = 'nightly' } = overrides;
  return {
    id,
    startTime: '2026-11-25T01:00:00.000Z',
    from: '2026-11-24',
    to: '2026-11-24',
    action: 'archive',
    dryRun: false,
    reportPrefix: `runs/2026-11-25/${id}/`,
    ledgerPrefix: `runs/ledger/day=2026-11-24/run=${id}/`,
    objectsPerSecond: 10_000,
    ...overrides,
  };
}

export interface WorkerOverrides extends Partial<Omit<BatchWorker, 'settings'>> {
  readonly s3: S3Client;
  readonly environment?: Environment;
  /** Its days are selected. */
  readonly run?: Run;
}

/** A worker from `in/` of the bucket `source` to `archive/` of the bucket `archive`. */
export function testWorker({
  environment,
  run = testRun(),
  clock = systemClock,
  ...overrides
}: WorkerOverrides): BatchWorker {
  const settings = readSettings({ ...TWO_BUCKETS, ...environment });
  return {
    rate: new WriteRates(clock),
    concurrency: new ConcurrencyController(),
    copyThroughput: new CopyThroughput(),
    requests: new RequestCounter(),
    clock,
    settings,
    select: createSelector(settings, run),
    sourceLocks: false,
    onProblem: () => undefined,
    ...overrides,
  };
}

/** Lists the source, as the map does once for all attempts at a batch. */
export function listSource({ store }: Pick<Harness, 'store'>, prefix = ''): ListedObject[] {
  return store.keys('source', prefix).map((key) => {
    const { etag, size, lastModified, attributes } = store.get('source', key)!;
    return {
      Key: key,
      Etag: `"${etag}"`,
      Size: size,
      LastModified: lastModified / 1000,
      StorageClass: attributes.storageClass,
    };
  });
}
