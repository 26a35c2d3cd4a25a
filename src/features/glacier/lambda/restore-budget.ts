/**
 * Limits what all batches of a run together may ask S3 to restore, also if they are repeated. An
 * object in the folder of the run records what is used. A batch reserves what it needs before it
 * asks, and returns what it did not need. The reservation of a batch that died stays used.
 */
import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { count } from '../../../contract/payloads/common-schemas';
import { RESTORE_BUDGET_NAME } from '../../../contract/report-places';
import type { BucketClient } from '../../../lambda/s3/bucket-client';
import { type JsonVersion, updateJson } from '../../../lambda/s3/update-json';

/** By which limit an object was not reserved. */
export type RestoreLimit = 'MAX_OBJECTS' | 'MAX_SIZE';

export interface RestoreLimits {
  readonly maxObjects: number;
  readonly maxBytes: number;
}

const Used = v.object({
  objects: count,
  bytes: count,
  /** How many changes there were, and the ids of the latest ones, in their order. */
  changes: count,
  latest: v.array(v.string()),
});
type Used = v.InferOutput<typeof Used>;

const NOTHING: Used = { objects: 0, bytes: 0, changes: 0, latest: [] };
/**
 * How many of the latest ids are kept. A batch whose answer got lost finds its own among them,
 * unless as many others wrote before it looks.
 */
const KEPT_IDS = 100;

export class RestoreBudget {
  private readonly key: string;
  private version: JsonVersion = {};
  /** The sizes that wait for the next reservation, while one is being written. */
  private waiting: { readonly size: number; readonly resolve: (verdict: Verdict) => void }[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  /** @param runFolder the prefix of the run's report */
  constructor(
    private readonly limits: RestoreLimits,
    runFolder: string,
  ) {
    this.key = `${runFolder}${RESTORE_BUDGET_NAME}`;
  }

  /**
   * Reserves the rest of the budget for objects of these sizes, in their order, with one write.
   * Undefined: the object is reserved.
   *
   * @throws an error if S3 does not say whether they are reserved
   */
  async reserve(
    reports: BucketClient,
    sizes: readonly number[],
  ): Promise<(RestoreLimit | undefined)[]> {
    let verdicts: (RestoreLimit | undefined)[] = [];
    // If it may have been reserved already, it is reserved again. Rather too much is used.
    await this.change(reports, (used) => {
      const left = { ...used };
      verdicts = sizes.map((size) => this.take(left, size));
      return left.objects === used.objects ? undefined : left;
    });
    return verdicts;
  }

  /**
   * Reserves for one object. Those that ask while a reservation is being written share the next
   * one.
   */
  reserveOne(reports: BucketClient, size: number): Promise<RestoreLimit | undefined> {
    const verdict = new Promise<Verdict>((resolve) => this.waiting.push({ size, resolve }));
    this.turn = this.turn.then(() => this.reserveWaiting(reports));
    return verdict.then(({ limit, error }) => {
      if (error !== undefined) {
        throw error;
      }
      return limit;
    });
  }

  /** Returns reservations. After an error they may stay used, which is the safe side. */
  async giveBack(reports: BucketClient, objects: number, bytes: number): Promise<void> {
    await this.change(reports, (used, isNew) =>
      isNew ? { ...used, objects: used.objects - objects, bytes: used.bytes - bytes } : undefined,
    );
  }

  private async reserveWaiting(reports: BucketClient): Promise<void> {
    const some = this.waiting;
    this.waiting = [];
    if (some.length === 0) {
      return;
    }
    try {
      const limits = await this.reserve(
        reports,
        some.map(({ size }) => size),
      );
      some.forEach(({ resolve }, i) => resolve({ limit: limits[i] }));
    } catch (error) {
      some.forEach(({ resolve }) => resolve({ error }));
    }
  }

  private take(left: { objects: number; bytes: number }, size: number): RestoreLimit | undefined {
    if (left.objects + 1 > this.limits.maxObjects) {
      return 'MAX_OBJECTS';
    }
    if (left.bytes + size > this.limits.maxBytes) {
      return 'MAX_SIZE';
    }
    left.objects += 1;
    left.bytes += size;
    return undefined;
  }

  /**
   * @param change gets what is used, and whether this change is certainly not yet in it (`isNew`).
   * It returns what is used afterwards. Undefined: nothing changes
   */
  private async change(
    reports: BucketClient,
    change: (used: Used, isNew: boolean) => Used | undefined,
  ): Promise<void> {
    const id = randomUUID();
    let before: Used | undefined;
    this.version = await updateJson(
      reports,
      this.key,
      ({ value }) => {
        const used = value === undefined ? NOTHING : v.parse(Used, value);
        if (used.latest.includes(id)) {
          return undefined;
        }
        // The object keeps only the latest ids. If there are fewer changes than before, another
        // program deleted the object.
        const others = used.changes - (before ?? used).changes;
        const isNew = others >= 0 && others < KEPT_IDS;
        before = used;
        const changed = change(used, isNew);
        return (
          changed && {
            ...changed,
            changes: used.changes + 1,
            latest: [...used.latest, id].slice(-KEPT_IDS),
          }
        );
      },
      this.version,
    );
  }
}

interface Verdict {
  readonly limit?: RestoreLimit;
  readonly error?: unknown;
}
