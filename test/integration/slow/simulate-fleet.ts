/**
 * Simulates the batches of a run on several instances, each with its own rate controller. The
 * simulated S3 allows a rate for each prefix. Time is simulated.
 */
import type { DeleteObjectsCommand, S3Client } from '@aws-sdk/client-s3';
import { drawLatencies, type Latency } from '../../../benchmark/latencies';
import { allowedWrites } from '../../../benchmark/metered-throttle';
import { Throttle, type Throttling } from '../../../packages/s3-double/src/faults/throttle';
import { EagerDeletes } from '../../../src/lambda/batch/eager-deletes';
import { MAX_PART_LINES } from '../../../src/lambda/ledger/part-keys';
import { bulkDelete } from '../../../src/lambda/move/delete-sources';
import { BucketClient } from '../../../src/lambda/s3/bucket-client';
import { backOffDelay } from '../../../src/lambda/s3/retry';
import { ConcurrencyController } from '../../../src/lambda/throughput/concurrency-controller';
import type { RateController } from '../../../src/lambda/throughput/rate-controller';
import { Semaphore } from '../../../src/lambda/throughput/semaphore';
import { withPacedDeletes, WriteRates } from '../../../src/lambda/throughput/write-rates';
import { type SimulatedTime, simulatedTime } from '../../helpers/simulated-time';

type Concurrency = Pick<ConcurrencyController, 'acquire' | 'release' | 'onLatency'>;

export interface Fleet {
  readonly slots: number;
  readonly batches: number;
  /** The number of objects of a batch. */
  readonly objects: number;
  readonly maxObjectsPerSecond: number;
  /** Unset: `ConcurrencyController` decides. */
  readonly copiesAtOnce?: number;
  /**
   * Milliseconds that a copy takes (`copy`), that a bulk delete takes (`deletes`), and between the
   * deletes of a batch and the start of the next one (`handOver`).
   */
  readonly copy: number;
  readonly deletes: number;
  /** What S3 takes for each request, in place of `copy`, `deletes` and `ledger`. */
  readonly latency?: Latency;
  /** Milliseconds that a bulk delete takes longer for each of its keys. */
  readonly deleteKey?: number;
  readonly handOver: number;
  /** Milliseconds between the starts of slots. */
  readonly stagger?: number;
  /** Milliseconds of a PUT to the ledger, which comes before each delete. */
  readonly ledger?: number;
  /**
   * Copies a second for which all instances together have processor time.
   *
   * @default no limit
   */
  readonly copiesPerSecond?: number;
  readonly allowed: Throttling & { readonly burst: number };
}

export interface FleetResult {
  /** The used share of the rate that S3 allows, between the first copy and the last. */
  readonly used: number;
  /** The same until an instance found no more batches. The others cannot use its share. */
  readonly usedTogether: number;
  /** Seconds from the first copy to the last delete. */
  readonly seconds: number;
  /** The most copies of an instance that were in progress at the same time. */
  readonly mostCopies: number;
  /** The objects of each instance. */
  readonly copied: readonly number[];
  /** The number of objects whose source is deleted. */
  readonly moved: number;
  /** Refused requests for each that S3 let through. Each key of a delete is a request. */
  readonly refusedPerGranted: number;
  readonly refusedCopies: number;
  readonly refusedDeletes: number;
  readonly deleteRequests: number;
  /**
   * Returns the copies requested in the busiest period of this length, divided by the copies that
   * the run may request in a period of this length.
   */
  busiest(seconds: number): number;
}

export async function simulate(fleet: Fleet): Promise<FleetResult> {
  const time = simulatedTime();
  const s3 = new ThrottledS3(fleet, time);
  let batches = fleet.batches;
  let moved = 0;
  const copied = Array.from({ length: fleet.slots }, () => 0);

  const copyPatiently = async (rate: RateController): Promise<number> => {
    for (let attempt = 0; ; attempt++) {
      const turn = await rate.acquire();
      const milliseconds = await s3.copy();
      if (milliseconds !== undefined) {
        rate.onAnswer(turn, 1, 0);
        return milliseconds;
      }
      rate.onAnswer(turn, 0, 1);
      // The first attempt is that of the fast path. Then the SDK retries with its delays for
      // throttling, and then `patiently` retries.
      if (attempt > 0) {
        await time.sleep(
          attempt < 3 ? Math.random() * 500 * 2 ** (attempt - 1) : backOffDelay(attempt - 3),
        );
      }
    }
  };
  const archive = async (rate: WriteRates, concurrency: Concurrency): Promise<void> => {
    const open = new Set<number>();
    const remove = async (indexes: Iterable<number>) => {
      await time.sleep(s3.draw(fleet.ledger ?? 0));
      const deletions = [...indexes]
        .filter((index) => open.has(index))
        .map((index) => ({ key: `in/${index}`, etag: 'e', index }));
      const answers = await bulkDelete(
        new BucketClient({
          s3: s3.deletesFor(rate),
          bucket: 'bucket',
          budget: { clock: time, deadline: Infinity },
        }),
        deletions,
      );
      for (const [i, { index }] of deletions.entries()) {
        if (answers[i] === 'gone' && open.delete(index)) {
          moved++;
        }
      }
    };
    const done = new Set<number>();
    const early = new EagerDeletes({
      rate,
      range: { start: 0, end: fleet.objects },
      partLines: MAX_PART_LINES,
      isDone: (index) => done.has(index),
      remove,
    });
    const copies: Promise<void>[] = [];
    for (let index = 0; index < fleet.objects; index++) {
      await concurrency.acquire();
      const copy = async () => {
        concurrency.onLatency(await copyPatiently(rate.copies));
        concurrency.release();
        open.add(index);
        done.add(index);
        early.add(index);
        early.settle(index);
      };
      copies.push(copy());
    }
    await Promise.all(copies);
    await early.drain();
    await remove(open);
  };
  const slot = async (number: number): Promise<void> => {
    const rate = new WriteRates(time);
    const concurrency =
      fleet.copiesAtOnce === undefined
        ? new ConcurrencyController(rate.copies)
        : Object.assign(new Semaphore(fleet.copiesAtOnce), { onLatency: () => undefined });
    await time.sleep(number * (fleet.stagger ?? 0));
    while (batches-- > 0) {
      rate.allow({
        id: 'run',
        objectsPerSecond: fleet.maxObjectsPerSecond / fleet.slots,
        maxConcurrency: fleet.slots,
      });
      await archive(rate, concurrency);
      copied[number] += fleet.objects;
      await time.sleep(fleet.handOver);
    }
    s3.endTogether();
  };
  await time.until(Promise.all(Array.from({ length: fleet.slots }, (_, number) => slot(number))));
  const { asked, lastCopied, mostCopies, refusedCopies, refusedDeletes, deleteRequests } = s3;
  return {
    used:
      (fleet.batches * fleet.objects) /
      allowedWrites(fleet.allowed, (lastCopied - asked[0]) / 1_000),
    usedTogether: s3.usedTogether!,
    seconds: (s3.lastDeleted - asked[0]) / 1_000,
    mostCopies,
    copied,
    moved,
    refusedPerGranted: (refusedCopies + refusedDeletes) / (2 * fleet.batches * fleet.objects),
    refusedCopies,
    refusedDeletes,
    deleteRequests,
    busiest: (seconds) =>
      mostWithin(asked, seconds * 1_000) / (fleet.maxObjectsPerSecond * seconds),
  };
}

class ThrottledS3 {
  readonly asked: number[] = [];
  usedTogether?: number;
  lastCopied = 0;
  private copied = 0;
  lastDeleted = 0;
  mostCopies = 0;
  refusedCopies = 0;
  refusedDeletes = 0;
  deleteRequests = 0;
  /** When the processor is free for the next copy. */
  private processorFree = 0;
  private readonly throttle: Throttle;
  private copies = 0;
  private readonly latencies?: () => number;

  constructor(
    private readonly fleet: Fleet,
    private readonly time: SimulatedTime,
  ) {
    this.throttle = new Throttle({
      ...fleet.allowed,
      seconds: () => (time.now() - (this.asked[0] ?? time.now())) / 1_000,
    });
    const { latency } = fleet;
    this.latencies =
      latency === undefined ? undefined : drawLatencies(latency, () => Math.random());
  }

  endTogether(): void {
    const seconds = (this.lastCopied - this.asked[0]) / 1_000;
    this.usedTogether ??= this.copied / allowedWrites(this.fleet.allowed, seconds);
  }

  /** Milliseconds. */
  draw(milliseconds: number): number {
    return this.latencies?.() ?? milliseconds;
  }

  /** Returns how many milliseconds it took, or undefined if it was refused. */
  async copy(): Promise<number | undefined> {
    this.processorFree =
      Math.max(this.processorFree, this.time.now()) +
      1_000 / (this.fleet.copiesPerSecond ?? Infinity);
    if (this.processorFree > this.time.now()) {
      await this.time.sleep(this.processorFree - this.time.now());
    }
    this.asked.push(this.time.now());
    const refused =
      this.throttle.faultsFor({
        operation: 'CopyObject',
        bucket: 'bucket',
        key: 'archive/key',
        n: 0,
      }).length > 0;
    this.mostCopies = Math.max(this.mostCopies, ++this.copies);
    const milliseconds = this.draw(this.fleet.copy * (0.75 + Math.random() / 2));
    await this.time.sleep(milliseconds);
    this.copies--;
    if (refused) {
      this.refusedCopies++;
    } else {
      this.lastCopied = this.time.now();
      this.copied++;
    }
    return refused ? undefined : milliseconds;
  }

  deletesFor(rate: WriteRates): S3Client {
    return withPacedDeletes(
      {
        send: (command: DeleteObjectsCommand) => this.delete(command, rate),
      } as unknown as S3Client,
      rate,
    );
  }

  private async delete({ input }: DeleteObjectsCommand, rate: WriteRates) {
    const keys = input.Delete!.Objects!.map(({ Key }) => Key!);
    const turn = await rate.deletes.acquire(keys.length);
    const [fault] = this.throttle.faultsFor({
      operation: 'DeleteObjects',
      bucket: 'bucket',
      keys,
      n: 0,
    });
    const refused = new Set(fault?.keys);
    this.deleteRequests++;
    this.refusedDeletes += refused.size;
    await this.time.sleep(
      this.draw(this.fleet.deletes) + keys.length * (this.fleet.deleteKey ?? 0),
    );
    this.lastDeleted = this.time.now();
    rate.deletes.onAnswer(turn, keys.length - refused.size, refused.size);
    return {
      $metadata: {},
      Deleted: keys.filter((key) => !refused.has(key)).map((Key) => ({ Key })),
      Errors: [...refused].map((Key) => ({
        Key,
        Code: 'SlowDown',
        Message: 'Please reduce your request rate.',
      })),
    };
  }
}

function mostWithin(times: readonly number[], milliseconds: number): number {
  let from = 0;
  let most = 0;
  times.forEach((at, i) => {
    while (times[from] <= at - milliseconds) {
      from++;
    }
    most = Math.max(most, i - from + 1);
  });
  return most;
}
