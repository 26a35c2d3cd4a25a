/**
 * Memory of the functions, in MiB: the construct configures it, and the estimate of a run's cost
 * depends on it.
 */
import { MAX_PACK_OBJECTS } from './packs';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
export const ONE_VCPU_MEMORY = 1_769;

export const PLAN_RUN_MEMORY = 256;
/** PlanRun of an archiver that restores: comparing ledgers takes CPU time. */
export const COMPARING_PLAN_RUN_MEMORY = ONE_VCPU_MEMORY;
/**
 * Reading pages of a listing takes CPU time, and a page of each concurrent request is in memory.
 */
export const LIST_OBJECTS_MEMORY = ONE_VCPU_MEMORY;
/** Default of the `memorySize` prop. A copy waits for S3 most of the time (docs/scale.md). */
export const ARCHIVE_BATCH_MEMORY = 1_024;
/** Besides packs: the runtime, the SDK, and what a round holds of its objects. */
const MEMORY_BESIDE_PACKS = 384;
/**
 * Memory for the indexes of the packs of a part. A line is as long as the headers of its object.
 * Objects whose lines do not fit are moved instead of packed.
 */
const INDEX_MEMORY = 32;
/** The bytes that the line of an object may have on average. 2 KB of metadata fit into it. */
export const MAX_INDEX_LINE: number = Math.floor((INDEX_MEMORY * 1_024 ** 2) / MAX_PACK_OBJECTS);
/**
 * The memory of a function that packs. It holds a pack, what is read for the pack, and the index of
 * the pack three times: as text, in the pack, and as a file. `maxPackSize` is in bytes.
 */
export function getPackMemory(maxPackSize: number): number {
  return Math.ceil((2 * maxPackSize) / 1_024 ** 2) + 3 * INDEX_MEMORY + MEMORY_BESIDE_PACKS;
}
/** Of the function that moves objects. Without packs, `maxPackSize` is 0. */
export function getBatchMemory(maxPackSize: number): number {
  return Math.max(ARCHIVE_BATCH_MEMORY, getPackMemory(maxPackSize));
}
/** In bytes. */
export function getMaxPackSize(memory: number): number {
  return Math.floor((memory - MEMORY_BESIDE_PACKS - 3 * INDEX_MEMORY) / 2) * 1_024 ** 2;
}
/**
 * The parts of the ledger that one child verifies have at most 2 MiB, or are those of one batch,
 * which has up to 10,000 lines. A page of a listing has 1,000 objects.
 */
export const VERIFY_BATCH_MEMORY = 512;
export const REPORT_RUN_MEMORY = ONE_VCPU_MEMORY;
export const EXPLAIN_FAILURE_MEMORY = 512;
