/**
 * Runs batches in this process against the S3 double, and what lists their objects. It uses the
 * core as the functions use it, without Lambda and Step Functions.
 */
import { S3Client } from '@aws-sdk/client-s3';
import { Life } from './life';
import { startS3, type Fault, type S3Call, type S3Double } from '../../packages/s3-double/src';
import { runBatch } from '../../src/actions/archive/lambda/run-batch';
import type {
  BatchEvent,
  PlannedBatchEvent,
  Progress,
} from '../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { ListedObject, PlannedPart, RunListing } from '../../src/contract/payloads/listing';
import type { Counts } from '../../src/contract/payloads/outcomes';
import type { Run } from '../../src/contract/payloads/run';
import { createPackPlanner } from '../../src/features/packing/lambda/pack/plan-packs';
import { listObjects } from '../../src/features/selective/lambda/list-objects';
import { moveBatch } from '../../src/lambda/batch/batch-round';
import type { BatchWorker } from '../../src/lambda/batch/batch-worker';
import { readPlanFile } from '../../src/lambda/plan/planned-part';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { reconcileBatch } from '../../src/lambda/report-run/reconcile-batch';
import { readSettings } from '../../src/lambda/runtime/environment';
import { BucketClient } from '../../src/lambda/s3/bucket-client';
import { retryUnreadableAnswers } from '../../src/lambda/s3/readable-answers';
import { createSelector } from '../../src/lambda/selection/select-objects';
import {
  ConcurrencyController,
  MAX_CONCURRENCY,
} from '../../src/lambda/throughput/concurrency-controller';
import { CopyThroughput } from '../../src/lambda/throughput/copy-throughput';
import { withFastPath } from '../../src/lambda/throughput/fast-path';
import { createHttpClient } from '../../src/lambda/throughput/http-client';
import { RequestCounter } from '../../src/lambda/throughput/request-counter';
import { limitRate, withPacedDeletes, WriteRates } from '../../src/lambda/throughput/write-rates';
import { ENVIRONMENT } from '../../test/helpers/environment';
import { inThisRealm } from '../../test/helpers/harness';
import { createClock } from '../../test/helpers/simulated-time';
import type { BucketState } from '../soak/bucket-state';
import { readLedger, type RunResult } from '../soak/ledger-evidence';
import { listedPrefix } from '../soak/objects';
import { type Buckets, DAY, PREFIX, type Setup } from '../soak/setup';

const BUCKETS: Buckets = {
  source: 'source',
  destination: 'destination',
  report: ENVIRONMENT.REPORT_BUCKET,
};

export const bucketsOf = (setup: Setup): Buckets =>
  setup.destination ? BUCKETS : { ...BUCKETS, destination: BUCKETS.source };

/** This describes what happens to the invocations of a batch. */
export interface Course {
  /**
   * This is the time limit of an invocation in milliseconds. Its clock advances by itself, with
   * each wait, and with each reading.
   */
  readonly milliseconds: number;
  /**
   * The clock advances this much with each reading, so that time can run out between any two steps.
   */
  readonly tick: number;
  readonly maxRounds: number;
  /**
   * An invocation is killed after this number of calls. There is one number for each invocation.
   * The invocations after them are not killed.
   */
  readonly lives: readonly number[];
  /** The state machine's Retry covers this number of kills. The next kill fails the batch. */
  readonly retries: number;
}

export const UNDISTURBED: Course = {
  milliseconds: 300_000,
  tick: 0,
  maxRounds: 100,
  lives: [],
  retries: 0,
};

/** Each sender has connections of its own, as each function instance has one sender. */
const createSendRequest = () =>
  createHttpClient({
    connectionTimeout: 3_000,
    socketTimeout: 60_000,
    maxConnections: MAX_CONCURRENCY,
  });

export class BatchRig {
  static async open(): Promise<BatchRig> {
    const rig: BatchRig = new BatchRig(
      await startS3({ hooks: { before: (call) => rig.before?.(call) } }),
    );
    return rig;
  }

  before?: (call: S3Call) => Promise<Fault | undefined>;
  private readonly clients: S3Client[] = [];
  private runs = 0;
  /** All functions have the same time. */
  private readonly time = { ahead: 0 };

  private constructor(readonly double: S3Double) {}

  async close(): Promise<void> {
    for (const client of this.clients) {
      client.destroy();
    }
    await this.double.close();
  }

  /**
   * Runs one batch of all that a map lists, or the batches that a function plans, and returns the
   * counts.
   */
  async run(state: BucketState, course: Course): Promise<RunResult> {
    const name = `run-${++this.runs}`;
    const run: Run = {
      id: name,
      startTime: new Date(Date.now() + this.time.ahead).toISOString(),
      from: DAY,
      to: DAY,
      action: 'archive',
      dryRun: false,
      reportPrefix: `runs/2026-11-25/${name}/`,
      ledgerPrefix: `runs/ledger/day=${DAY}/run=${name}/`,
      objectsPerSecond: 100_000,
    };
    const planned = state.setup.selective
      ? await this.tryToPlan(state, run, course)
      : { batches: [listed(state)], unselected: 0 };
    // Nothing is archived if the listing fails.
    if (!planned) {
      return { name, counts: null };
    }
    const { batches, unselected } = planned;
    const counts = {
      listed: unselected,
      archived: 0,
      skipped: unselected,
      conflicting: 0,
      failed: 0,
    };
    for (const Items of batches) {
      const more = await this.runBatch(
        state,
        { BatchInput: { run, progress: initialProgress() }, Items },
        course,
      );
      if (more === null) {
        return { name, counts: null };
      }
      for (const count of Object.keys(counts) as (keyof Counts)[]) {
        counts[count] += more[count];
      }
    }
    return { name, counts };
  }

  private async tryToPlan(...given: Parameters<BatchRig['plan']>): Promise<Planned | undefined> {
    try {
      return await this.plan(...given);
    } catch (error) {
      assertExpected(error);
      return undefined;
    }
  }

  /**
   * Lists as the function does that plans batches. An invocation that is killed is repeated, and
   * no caller has its answer.
   */
  private async plan(state: BucketState, run: Run, course: Course): Promise<Planned> {
    const settings = readSettings(environmentOf(state, course));
    const clock = createClock(this.time, course.tick);
    const select = createSelector(settings, run);
    const lives = [...course.lives];
    let retries = course.retries;
    let listing: RunListing = { prefix: listedPrefix(state.setup) };
    while (!listing.progress?.finished) {
      const life = new Life(lives.shift() ?? Infinity);
      try {
        const answer = await listObjects(
          {
            s3: life.of(this.client(3)),
            clock,
            settings,
            select,
            openGrouping: createPackPlanner(settings),
          },
          { run, listing },
          course.milliseconds,
        );
        life.demand();
        listing = answer;
      } catch (error) {
        await life.quiet();
        if (!life.over || retries-- <= 0) {
          throw error;
        }
      }
    }
    const { partsKey, listed: all, selected } = listing.progress;
    const lines =
      partsKey === null
        ? []
        : state.store
            .get(state.buckets.report, partsKey)!
            .body.bytes()
            .toString()
            .split('\n')
            .filter(Boolean);
    const reports = new BucketClient({
      s3: this.client(8),
      bucket: state.buckets.report,
      budget: { clock, deadline: Infinity },
    });
    const parts = lines.map((line) => JSON.parse(line) as PlannedPart);
    const batches = await Promise.all(
      parts.map(({ name }) => readPlanFile(reports, run, name) as Promise<ListedObject[]>),
    );
    return { batches, unselected: all - selected };
  }

  private async runBatch(
    state: BucketState,
    event: BatchEvent,
    course: Course,
  ): Promise<Counts | null> {
    if (event.Items.length === 0) {
      return { listed: 0, archived: 0, skipped: 0, conflicting: 0, failed: 0 };
    }
    try {
      return (await this.rounds(state, event, course)).counts;
    } catch (error) {
      assertExpected(error);
      return this.settled(state, event, error as Error);
    }
  }

  /** The child of the map, and then that of FinishBatches, if objects remain. */
  private async rounds(state: BucketState, event: BatchEvent, course: Course): Promise<Progress> {
    const { run } = event.BatchInput;
    const environment = environmentOf(state, course);
    const settings = readSettings(environment);
    const lives = [...course.lives];
    let retries = course.retries;
    let given: BatchEvent | PlannedBatchEvent = { ...event, progressFile: 'write' };
    let { progress } = event.BatchInput;
    while (!progress.finished) {
      const clock = createClock(this.time, course.tick);
      const rate = new WriteRates(clock);
      const concurrency = new ConcurrencyController();
      const life = new Life(lives.shift() ?? Infinity);
      try {
        const s3 = life.of(
          withPacedDeletes(
            withFastPath(this.client(1, rate), rate, concurrency, createSendRequest()),
            rate,
          ),
        );
        const worker: BatchWorker = {
          s3,
          rate,
          concurrency,
          copyThroughput: new CopyThroughput(),
          requests: new RequestCounter(),
          clock,
          settings,
          select: createSelector(settings, run),
          sourceLocks: state.setup.source.objectLock,
          promptDeletes: 1_000,
          onProblem: () => undefined,
        };
        const reports = new BucketClient({
          s3,
          bucket: state.buckets.report,
          budget: { clock, deadline: clock.now() + course.milliseconds },
        });
        const next = await runBatch(reports, given, worker.requests, (batch) =>
          moveBatch(worker, batch, course.milliseconds),
        );
        life.demand();
        if (next.rounds <= progress.rounds) {
          throw new RangeError(`round ${next.rounds} came after round ${progress.rounds}`);
        }
        const { remaining: part, ...rest } = next;
        progress = rest;
        given = part
          ? { BatchInput: event.BatchInput, part, progressFile: 'read' }
          : { ...given, BatchInput: { run, progress } };
      } catch (error) {
        await life.quiet();
        if (!life.over || retries-- <= 0) {
          throw error;
        }
      }
    }
    return progress;
  }

  /**
   * Does what report-run does for a batch that failed. Returns null if that fails, too. Then the
   * run has no counts.
   */
  private async settled(
    state: BucketState,
    event: BatchEvent,
    { name: error, message: cause }: Error,
  ): Promise<Counts | null> {
    const { run } = event.BatchInput;
    const settings = readSettings(environmentOf(state, UNDISTURBED));
    try {
      const context = {
        s3: this.client(8),
        clock: createClock(this.time, 1),
        settings,
        select: createSelector(settings, run),
      };
      const { listed: all, skippedCount: skipped } = await reconcileBatch(context, {
        event,
        error,
        cause,
      });
      const lines = event.Items.flatMap(
        ({ Key }) => readLedger(state, run.id).lines.get(Key) ?? [],
      );
      const count = (status: LedgerLine['status']) =>
        lines.filter((line) => line.status === status).length;
      return {
        listed: all,
        skipped,
        archived: count('archived'),
        conflicting: count('conflicting'),
        failed: count('failed'),
      };
    } catch {
      return null;
    }
  }

  private client(maxAttempts: number, rate?: WriteRates): S3Client {
    const client = retryUnreadableAnswers(
      new S3Client({
        endpoint: this.double.endpoint,
        region: 'us-east-1',
        forcePathStyle: true,
        credentials: { accessKeyId: 'archiver', secretAccessKey: 'test' },
        maxAttempts,
      }),
    );
    client.middlewareStack.add((next) => (args) => next(args).catch(inThisRealm), {
      step: 'finalizeRequest',
      priority: 'low',
    });
    if (rate) {
      limitRate(client, rate);
    }
    this.clients.push(client);
    return client;
  }
}

/** The batches of a run, and how many objects the listing had besides. */
interface Planned {
  readonly batches: readonly ListedObject[][];
  readonly unselected: number;
}

/** These errors are mistakes in the code. */
function assertExpected(error: unknown): void {
  if (error instanceof TypeError || error instanceof RangeError) {
    throw error;
  }
}

/** Lists the source as the Distributed Map would. */
function listed({ store, buckets, setup }: BucketState): ListedObject[] {
  return store.keys(buckets.source, listedPrefix(setup)).map((key) => {
    const { etag, size, lastModified, attributes } = store.get(buckets.source, key)!;
    return {
      Key: key,
      Etag: `"${etag}"`,
      Size: size,
      LastModified: lastModified / 1000,
      StorageClass: attributes.storageClass,
    };
  });
}

function environmentOf(
  { setup, buckets }: BucketState,
  { maxRounds }: Course,
): Record<string, string> {
  return {
    ...ENVIRONMENT,
    SOURCE_BUCKET: buckets.source,
    SOURCE_PREFIX: PREFIX,
    DESTINATION_BUCKET: buckets.destination,
    DESTINATION_PREFIX: setup.destinationPrefix,
    DATE_SOURCE: JSON.stringify({
      kind: setup.date.kind,
      formats: setup.date.kind === 'lastModified' ? [] : [setup.date.format],
    }),
    LAYOUT: JSON.stringify(setup.layout),
    CONFLICT_POLICY: setup.conflictPolicy,
    MAX_ROUNDS: String(maxRounds),
    LISTING_CONCURRENCY: '3',
    BATCH_SIZE: String(setup.batchSize),
    ...(setup.storageClass && { STORAGE_CLASS: setup.storageClass }),
    ...(setup.destinationKey && {
      DESTINATION_KEY_ARN: 'arn:aws:kms:us-east-1:111122223333:key/archive',
    }),
    ...(setup.multipartThreshold !== undefined && {
      MULTIPART_THRESHOLD_BYTES: String(setup.multipartThreshold),
    }),
    ...(setup.ledgerPartLines !== undefined && {
      LEDGER_PART_LINES: String(setup.ledgerPartLines),
    }),
  };
}
