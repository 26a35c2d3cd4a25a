/** What a run costs at list prices. Deletes are free; repeated requests, storage, KMS, data transfer and free tiers are left out. */
import { PRICES } from './prices';

export interface RunUsage {
  /** Objects below the listed prefix. */
  readonly listed: number;
  /** CopyObject, and each request of a multipart copy. */
  readonly copies: number;
  /** GET and HEAD, beside those of the ledger. */
  readonly reads: number;
  readonly batches: number;
  /** Invocations of ArchiveBatch, of all batches. */
  readonly rounds: number;
  /** How long they took, added up. */
  readonly batchSeconds: number;
  readonly memoryGb: number;
  readonly express: boolean;
}

export interface CostItem {
  readonly what: string;
  readonly count: number;
  readonly usd: number;
}

/** Keys of one ListObjectsV2. */
const KEYS_A_LIST = 1000;
/** States that an execution enters: PlanRun, ArchiveObjects, ReportRun, Outcome, Succeed. */
const TRANSITIONS_A_RUN = 5;
/** The start of a child, and BatchFinished. */
const TRANSITIONS_A_BATCH = 2;
/** ArchiveBatch, Unfinished? */
const TRANSITIONS_A_ROUND = 2;
/** An EXPRESS child is billed for memory in chunks of 64 MB; ours stay in the first. */
export const EXPRESS_GB = 64 / 1024;

export function costOf(usage: RunUsage): CostItem[] {
  const { listed, copies, reads, batches, rounds, batchSeconds, memoryGb, express } = usage;
  const lists = Math.ceil(listed / KEYS_A_LIST);
  const transitions = TRANSITIONS_A_RUN + (express ? 0 : batches * TRANSITIONS_A_BATCH + rounds * TRANSITIONS_A_ROUND);
  const items = [
    { what: 'S3: lists', count: lists, usd: lists * PRICES.s3Write },
    { what: 'S3: copies', count: copies, usd: copies * PRICES.s3Write },
    { what: 'S3: reads', count: reads, usd: reads * PRICES.s3Read },
    { what: 'S3: parts of the ledger', count: rounds, usd: rounds * (PRICES.s3Write + PRICES.s3Read) },
    { what: 'Step Functions: transitions', count: transitions, usd: transitions * PRICES.standardTransition },
    ...express ? [{
      what: 'Step Functions: express children',
      count: batches,
      usd: batches * PRICES.expressRequest + batchSeconds * EXPRESS_GB * PRICES.expressGbSecond,
    }] : [],
    { what: 'Lambda: batches', count: rounds, usd: rounds * PRICES.lambdaRequest + batchSeconds * memoryGb * PRICES.lambdaGbSecond },
  ];
  return items.filter(({ count }) => count > 0);
}

export function totalOf(items: readonly CostItem[]): number {
  return items.reduce((sum, { usd }) => sum + usd, 0);
}
