/**
 * A mover runs one of these programs. A program calls the code of src/lambda as the handler does, but the explorer
 * provides the client, the clock and the timer.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { RUN_START } from './client';
import { ARCHIVE, SOURCE, type Request } from './s3-model';
import type { BatchEvent, LedgerLine, Progress, Run } from '../../src/contract/payloads';
import { archiveBatch } from '../../src/lambda/archive-batch/archive-batch';
import type { BatchWorker } from '../../src/lambda/archive-batch/batch-worker';
import { copyToArchive, deleteSources, type MoveResult, type MoveContext } from '../../src/lambda/move/move-object';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { BucketClient } from '../../src/lambda/s3/bucket-client';
import type { Clock } from '../../src/lambda/s3/retry';
import { AimdConcurrencyController } from '../../src/lambda/throughput/concurrency-controller';
import { WriteRates } from '../../src/lambda/throughput/write-rates';

export interface Item {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
}

/** The explorer gives these values to a program. */
export interface Surroundings {
  readonly s3: S3Client;
  readonly clock: Clock;
  /** Runs `start` so that the explorer controls the timers that it sets. */
  readonly withTimers: <T>(start: () => T) => T;
  readonly items: readonly Item[];
  readonly destinationOf: (key: string) => string;
  readonly conflictPolicy: 'REPORT' | 'RENAME';
  readonly multipartThreshold: number;
}

/**
 * Tells, by key, where each object ended. An object without an entry was not there when the program listed the source.
 */
export type Outcomes = Record<string, MoveResult>;
export type Program = (surroundings: Surroundings) => Promise<Outcomes>;

/** A round is longer than any attempt takes on its clock, which does not advance. */
const ROUND = 300_000;

function createContext({ s3, clock, conflictPolicy, multipartThreshold }: Surroundings, deadline: number): MoveContext {
  const options = { s3, budget: { clock, deadline }, signal: new AbortController().signal };
  return {
    source: new BucketClient({ ...options, bucket: SOURCE }),
    destination: new BucketClient({ ...options, bucket: ARCHIVE }),
    sourceLocks: false,
    conflictPolicy,
    multipartThreshold,
    runStart: RUN_START,
  };
}

async function moveOne(surroundings: Surroundings, { key, etag, size }: Item, deadline: number): Promise<Outcomes> {
  const context = createContext(surroundings, deadline);
  const copied = await copyToArchive(context, { key, etag, size, destination: surroundings.destinationOf(key) });
  if (copied.status !== 'copied') { return { [key]: copied }; }
  return { [key]: (await deleteSources(context, [{ ...copied, key }]))[0] };
}

/**
 * Copies and deletes the listed object. It stands for an invocation, or for the repetition of an invocation that was
 * given up.
 */
export const move: Program = (surroundings) => moveOne(surroundings, surroundings.items[0], RUN_START + ROUND);

/** Does the same when the time is up: no call is made a second time. */
export const impatientMove: Program = (surroundings) => moveOne(surroundings, surroundings.items[0], RUN_START);

/** Stands for another run of the same date, which lists the source itself. */
export const listAndMove: Program = async (surroundings) => {
  const [{ key }] = surroundings.items;
  const budget = { clock: surroundings.clock, deadline: RUN_START + ROUND };
  const source = new BucketClient({ s3: surroundings.s3, bucket: SOURCE, budget });
  const { Contents } = await source.request((s3) => s3.send(new ListObjectsV2Command({ Bucket: SOURCE, Prefix: key })));
  const found = Contents?.[0];
  return found ? moveOne(surroundings, { key, etag: found.ETag!, size: found.Size! }, RUN_START + ROUND) : {};
};

const thread = new AsyncLocalStorage<string>();

/** Tells for which object a call is made. `m` stands for the calls that a batch makes for all objects. */
export function threadOf({ operation }: Request): string {
  return operation === 'DeleteObjects' || operation === 'PutObject' ? 'm' : thread.getStore() ?? 'm';
}

/**
 * Runs a child workflow: it repeats rounds of archiveBatch until archiveBatch reports that it is finished. The outcomes
 * come from its ledger.
 */
export const batch: Program = async (surroundings) => {
  const { items, destinationOf, s3, clock, withTimers, conflictPolicy, multipartThreshold } = surroundings;
  const parts = new Map<string, LedgerLine[]>();
  const keepLines = ((command: { input: { Key?: string; Body?: string } }, options: unknown) => {
    if (command.constructor.name === 'PutObjectCommand') {
      parts.set(command.input.Key!, parseLines(command.input.Body!));
    }
    return s3.send(command as never, options as never);
  }) as unknown as S3Client['send'];
  const worker: BatchWorker = {
    s3: { send: keepLines } as S3Client,
    rate: new WriteRates(clock),
    concurrency: new AimdConcurrencyController(),
    clock,
    settings: {
      sourceBucket: SOURCE, destinationBucket: ARCHIVE, reportBucket: 'reports', conflictPolicy, maxRounds: 10, multipartThresholdBytes: multipartThreshold,
    } as BatchWorker['settings'],
    select: ({ Key }) => {
      // archiveBatch calls this function at the beginning of each object's thread.
      thread.enterWith(Key === items[0].key ? 'a' : 'b');
      return { selected: true, destinationKey: destinationOf(Key) } as ReturnType<BatchWorker['select']>;
    },
    sourceLocks: false,
    onProblem: () => undefined,
  };
  const Items = items.map(({ key, etag, size }) => ({ Key: key, Etag: etag, Size: size, LastModified: 0 }));
  let progress: Progress = initialProgress();
  while (!progress.finished) {
    const event: BatchEvent = { BatchInput: { run: RUN, progress }, Items };
    progress = await withTimers(() => archiveBatch(worker, event, ROUND));
  }
  return outcomesOf(items, progress, [...parts.values()].flat());
};

const RUN: Run = {
  id: 'run', startTime: new Date(RUN_START).toISOString(), from: '2026-11-24', to: '2026-11-24', dryRun: false, reportPrefix: 'runs/', objectsPerSecond: 1_000,
};

function parseLines(body: string): LedgerLine[] {
  return body.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as LedgerLine);
}

function outcomesOf(items: readonly Item[], { counts }: Progress, lines: readonly LedgerLine[]): Outcomes {
  const outcomes: Outcomes = {};
  for (const { key } of items) {
    const line = lines.find((each) => each.key === key);
    outcomes[key] = line ? line as unknown as MoveResult : { status: 'source-gone' };
  }
  const seen = { listed: items.length, archived: 0, skipped: 0, conflicting: 0, failed: 0 };
  for (const { status } of Object.values(outcomes)) {
    seen[status === 'source-gone' ? 'skipped' : status as 'archived'] += 1;
  }
  if (JSON.stringify(seen) !== JSON.stringify(counts)) {
    throw new Error(`the ledger says ${JSON.stringify(seen)}, the counts say ${JSON.stringify(counts)}`);
  }
  return outcomes;
}
