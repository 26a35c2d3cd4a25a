/**
 * How many batches go side by side and how much of its time a batch copies: the handlers act by it, and the construct reckons with it.
 * Without third-party imports, since the construct loads this module in every consumer's app.
 */

/** What a batch archives a second with 128 copies under way, where S3 takes 100 ms for a copy and half a second for a bulk delete. */
const OBJECTS_PER_SECOND_OF_A_BATCH = 750;
const MAX_BATCHES = 10;

/**
 * As many batches as the rate needs, where nobody says how many: a batch that waits for its share is paid for while it waits,
 * and the fewer they are, the less of the rate is left unused while the last of them end (docs/scale.md).
 */
export function batchesAtOnce(maxObjectsPerSecond: number): number {
  return Math.min(MAX_BATCHES, Math.ceil(maxObjectsPerSecond / OBJECTS_PER_SECOND_OF_A_BATCH));
}

/** Milliseconds of an invocation that are kept for what is under way, for the deletes and for the ledger. */
export function getReserve(milliseconds: number): number {
  return Math.min(30_000, milliseconds * 0.3);
}
