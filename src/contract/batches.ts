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
 * A time limit in milliseconds. It begins when the batch writes the line that an object is
 * archived, and ends when S3 answers the delete of its source. If this takes longer, the batch
 * reads its ledger again after the delete. Otherwise, it saves that request. Another reader that
 * finds such a line, and the source, looks again after `LOOK_AGAIN`: by then, S3 has executed the
 * delete, or the batch will read its ledger. So one of the two sees the other's action, however
 * long a request takes. This requires only that no clock runs twice as fast as another one.
 */
export const PROMPT_DELETES = 1_000;
export const LOOK_AGAIN = 2 * PROMPT_DELETES;

export const MAX_BATCH_SIZE = 1_000;
/**
 * The limit for a batch that a function plans: its objects are not in the input of its child
 * workflow.
 */
const MAX_PLANNED_BATCH_SIZE = 10_000;
/**
 * The share of a round in which it copies at the full rate. A round begins with a cold start, and
 * ends with the wait for the slowest copy.
 */
const COPY_SHARE = 0.9;

const MAX_ROUNDS = 100;

/** The history of a child workflow has at most 25,000 events (Step Functions "Quotas"). */
const EVENT_LIMIT = 25_000;
/**
 * Events outside of rounds: ExecutionStarted, ExecutionSucceeded, NotifyBatch and BatchFinished,
 * with a reserve.
 */
const OTHER_EVENTS = 50;
/**
 * Events of each round: TaskStateEntered, TaskStateExited, ChoiceStateEntered and
 * ChoiceStateExited.
 */
const EVENTS_PER_ROUND = 4;
/**
 * Events of each invocation: TaskScheduled, TaskStarted, and TaskSucceeded, TaskFailed or
 * TaskTimedOut.
 */
const EVENTS_PER_ATTEMPT = 3;

/**
 * The most retries of one invocation. With more, the history would have room for only a few rounds.
 */
export const MAX_RETRIES = 100;

export function getMaxRounds(maxAttempts: number): number {
  const eventsPerRound = EVENTS_PER_ROUND + (maxAttempts + 1) * EVENTS_PER_ATTEMPT;
  return Math.max(
    1,
    Math.min(MAX_ROUNDS, Math.floor((EVENT_LIMIT - OTHER_EVENTS) / eventsPerRound)),
  );
}

/**
 * Returns how many objects a function plans for a batch: as many as one round can copy at its share
 * of the rate, because a batch with one round has one state transition.
 *
 * @param timeout the timeout of an invocation, in seconds
 */
export function getPlannedBatchSize(
  timeout: number,
  maxObjectsPerSecond: number,
  maxConcurrency: number = batchesAtOnce(maxObjectsPerSecond),
): number {
  const seconds = (timeout - getReserve(timeout * 1_000) / 1_000) * COPY_SHARE;
  const objects = Math.floor((seconds * maxObjectsPerSecond) / maxConcurrency);
  return Math.min(MAX_PLANNED_BATCH_SIZE, Math.max(MAX_BATCH_SIZE, objects));
}
