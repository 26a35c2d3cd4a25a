/**
 * How many batches run at the same time, and for how much of its time each copies. The handlers and
 * the construct follow these rules.
 */

/**
 * Copies that a function instance starts with, after one from which the fast path learns its
 * request.
 */
export const INITIAL_CONCURRENCY = 128;

/**
 * With `INITIAL_CONCURRENCY`, if S3 needs 100 ms for a copy and half a second for a bulk delete.
 */
const OBJECTS_PER_SECOND_OF_A_BATCH = 750;
export const MAX_DEFAULT_BATCHES = 10;

/**
 * Returns the lowest number of batches that can use the rate. A batch costs while it waits for its
 * share of the rate, and fewer batches leave less of it unused (docs/scale.md).
 */
export function batchesAtOnce(maxObjectsPerSecond: number): number {
  return Math.min(
    MAX_DEFAULT_BATCHES,
    Math.ceil(maxObjectsPerSecond / OBJECTS_PER_SECOND_OF_A_BATCH),
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
export const MAX_KEYS_PER_DELETE: number = 1_000;
/** With fewer keys, S3 would have to answer more requests for no gain. */
const MIN_KEYS_PER_DELETE = 20;
/**
 * S3 counts each key of a delete, and batches may end at the same time: each of the default plan's
 * two deletes all in one request.
 */
const MAX_KEYS_AT_ONCE = 2 * MAX_KEYS_PER_DELETE;
/** Seconds. A delete has no more keys than the rate allows in this time. */
const MAX_SECONDS_OF_A_DELETE = MAX_KEYS_PER_DELETE / OBJECTS_PER_SECOND_OF_A_BATCH;

export function getKeysPerDelete({
  objectsPerSecond,
  maxConcurrency = 1,
}: {
  objectsPerSecond: number;
  maxConcurrency?: number;
}): number {
  return toKeysPerDelete(
    Math.min(objectsPerSecond * MAX_SECONDS_OF_A_DELETE, MAX_KEYS_AT_ONCE / maxConcurrency),
  );
}

export function toKeysPerDelete(keys: number): number {
  return Math.min(MAX_KEYS_PER_DELETE, Math.max(MIN_KEYS_PER_DELETE, Math.floor(keys)));
}

/**
 * The part of an invocation's time that is reserved for copies in progress, for the deletes and for
 * the ledger.
 */
export function getReserve(milliseconds: number): number {
  return Math.min(30_000, milliseconds * 0.3);
}

/**
 * Milliseconds from the write of a line that says that an object is archived to the answer to the
 * delete of its source. If it takes longer, the batch looks at its ledger after the delete. If not,
 * it saves that request. Whoever else finds such a line, and its source, looks again after
 * `LOOK_AGAIN`: by then, the delete was executed, or the batch looks at its ledger itself. So one
 * of the two sees what the other one did, however long a request is on its way. This needs only
 * clocks of which none runs twice as fast as the other.
 */
export const PROMPT_DELETES = 1_000;
export const LOOK_AGAIN = 2 * PROMPT_DELETES;
