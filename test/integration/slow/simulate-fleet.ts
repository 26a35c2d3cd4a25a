/**
 * Simulates the batches of a run on several instances, each with its own rate controller. The
 * simulated S3 allows a rate for each prefix. Time is simulated.
 */
import type { DeleteObjectsCommand, S3Client } from '@aws-sdk/client-s3';
import { allowedWrites } from '../../../benchmark/metered-throttle';
import { Throttle, type Throttling } from '../../../packages/s3-double/src/faults/throttle';
import { EagerDeletes } from '../../../src/lambda/batch/eager-deletes';
import { MAX_PART_LINES } from '../../../src/lambda/ledger/part-keys';
import { bulkDelete } from '../../../src/lambda/move/delete-sources';
import { BucketClient } from '../../../src/lambda/s3/bucket-client';
import { backOffDelay } from '../../../src/lambda/s3/retry';
import type { RateController } from '../../../src/lambda/throughput/rate-controller';
import { withPacedDeletes, WriteRates } from '../../../src/lambda/throughput/write-rates';
import { type SimulatedTime, simulatedTime } from '../../helpers/simulated-time';

export interface Fleet {
  readonly slots: number;
  readonly batches: number;
  /** The number of objects of a batch. */
  readonly objects: number;
  readonly maxObjectsPerSecond: number;
  readonly copiesAtOnce: number;
  /**
   * Milliseconds that a copy takes (`copy`), that a bulk delete takes (`deletes`), and between the
   * deletes of a batch and the start of the next one (`handOver`).
   */
  readonly copy: number;
  readonly deletes: number;
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
  /** The number of objects whose source is deleted. */
  readonly moved: number;
  /** Refused requests for each that S3 let through. Each key of a delete is a request. */
  readonly refusedPerGranted: number;
  readonly refusedCopies: number;
  readonly refusedDeletes: number;
  readonly deleteRequests: number;
  /**
   * Returns the copies requested in the busiest period of this length, divided by the copies that
   * the run may request in such a period.
   */
  busiest(seconds: number): number;
}

export async function simulate(fleet: Fleet): Promise<FleetResult> {
  const time = simulatedTime();
  const s3 = new ThrottledS3(fleet, time);
  let batches = fleet.batches;
  let moved = 0;

  const copyPatiently = async (rate: RateController): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      const turn = await rate.acquire();
      if (await s3.copy()) {
        return rate.onAnswer(turn, 1, 0);
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
  const archive = async (rate: WriteRates): Promise<void> => {
    const copied = new Set<number>();
    const remove = async (indexes: Iterable<number>) => {
      await time.sleep(fleet.ledger ?? 0);
      const deletions = [...indexes]
        .filter((index) => copied.has(index))
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
        if (answers[i] === 'gone' && copied.delete(index)) {
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
    let next = 0;
    await Promise.all(
      Array.from({ length: fleet.copiesAtOnce }, async () => {
        while (next < fleet.objects) {
          const index = next++;
          await copyPatiently(rate.copies);
          copied.add(index);
          done.add(index);
          early.add(index);
          early.settle(index);
        }
      }),
    );
    await early.drain();
    await remove(copied);
  };
  const slot = async (number: number): Promise<void> => {
    const rate = new WriteRates(time);
    await time.sleep(number * (fleet.stagger ?? 0));
    while (batches-- > 0) {
      rate.allow({
        id: 'run',
        objectsPerSecond: fleet.maxObjectsPerSecond / fleet.slots,
        maxConcurrency: fleet.slots,
      });
      await archive(rate);
      await time.sleep(fleet.handOver);
    }
  };
  await time.until(Promise.all(Array.from({ length: fleet.slots }, (_, number) => slot(number))));
  const { asked, lastCopied, refusedCopies, refusedDeletes, deleteRequests } = s3;
  return {
    used:
      (fleet.batches * fleet.objects) /
      allowedWrites(fleet.allowed, (lastCopied - asked[0]) / 1_000),
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
  lastCopied = 0;
  refusedCopies = 0;
  refusedDeletes = 0;
  deleteRequests = 0;
  /** When the processor is free for the next copy. */
  private processorFree = 0;
  private readonly throttle: Throttle;

  constructor(
    private readonly fleet: Fleet,
    private readonly time: SimulatedTime,
  ) {
    this.throttle = new Throttle({
      ...fleet.allowed,
      seconds: () => (time.now() - (this.asked[0] ?? time.now())) / 1_000,
    });
  }

  async copy(): Promise<boolean> {
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
    await this.time.sleep(this.fleet.copy * (0.75 + Math.random() / 2));
    if (refused) {
      this.refusedCopies++;
    } else {
      this.lastCopied = this.time.now();
    }
    return !refused;
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
    await this.time.sleep(this.fleet.deletes + keys.length * (this.fleet.deleteKey ?? 0));
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
