/** What a run cost. */
import type { ReportFacts } from './report';
import { getReportedCost } from '../../pricing/cost';
import { DEFAULT_REGION, getPrices } from '../../pricing/prices';
import { toRequestName } from '../../pricing/requests';
import { toUsage } from '../../pricing/usage';

/** What it takes to find that the destination holds the same object: both are described, before and after their tags are read. */
const HEADS_PER_FOUND = 4;
const TAGS_PER_FOUND = 2;

/** What all costs of a run depend on. */
export function toShape({ run, counts, listing, batches, batch: { memoryMb, express }, outcome, region = DEFAULT_REGION }: ReportFacts) {
  const prices = getPrices(region);
  return { listed: counts.listed, listing, batches: batches.count, memoryMb, express, outcome, maxConcurrency: run.maxConcurrency, prices };
}

/** A dry run lists the destination instead of copying. A failed object counts as one attempt. */
export function estimateCost(facts: ReportFacts) {
  const { keepsSources, run, counts, tally, batches, alertMode, storageClass, transfer } = facts;
  const shape = toShape(facts);
  const tried = counts.conflicting + counts.failed;
  return getReportedCost(toUsage({
    ...shape,
    requests: run.dryRun
      // One page of the destination per batch; for a conflict, the metadata of both objects.
      ? { ListObjectsV2: tally.parts, HeadObject: 2 * counts.conflicting }
      : {
        [toRequestName('CopyObject', storageClass)]: tally.copies + tried,
        HeadObject: 2 * counts.conflicting + HEADS_PER_FOUND * tally.found,
        GetObjectTagging: TAGS_PER_FOUND * tally.found,
        // The list of the parts that were balanced.
        PutObject: tally.parts > 0 ? 1 : 0,
        // The destinations of a batch are listed before they are copied to.
        ListObjectsV2: keepsSources ? tally.parts : 0,
      },
    rounds: batches.rounds,
    parts: tally.parts,
    partsRead: tally.partsRead,
    batchSeconds: tally.busyMilliseconds() / 1000,
    notifiesOnSuccess: run.dryRun || alertMode === 'EVERY_RUN',
    batchMessages: alertMode === 'PER_BATCH' ? tally.batchesWithProblems : 0,
    problems: tried,
    retrieved: run.dryRun ? {} : tally.sources.retrieved(),
    // What was found at the destination was not copied. It counts with the average size.
    ...transfer && !run.dryRun && tally.archived > 0 && { transferred: [{ ...transfer, bytes: tally.bytes * (1 - tally.found / tally.archived) }] },
  }), shape.prices);
}
