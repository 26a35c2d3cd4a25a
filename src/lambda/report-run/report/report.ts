import type { Outcome } from './outcome';
import { REPORT_SCHEMA, getReportLinks, type ReportLinks } from './report-links';
import type { LedgerLine } from '../../../contract/payloads/ledger-line';
import type { Counts, FilteredCounts, Stragglers } from '../../../contract/payloads/outcomes';
import type { Manifest, Run } from '../../../contract/payloads/run';
import type { BatchSettings, TransferSettings } from '../../../contract/settings';
import { sameLedgersInput } from '../../alerts/cli-commands';
import type { SizeClass } from '../../ledger/size-histogram';
import type { SlowKey, Tally } from '../../ledger/tally';
import type { Throughput } from '../../ledger/timeline';
import { type CostItem, getReportedCost } from '../../pricing/cost';
import { getPrices } from '../../pricing/prices';
import { toRequestName } from '../../pricing/requests';
import { type ListingShape, toUsage } from '../../pricing/usage';
import type { BalancedParts } from '../../verification/balanced-parts';
import { estimate, type Estimate, type ObservedS3 } from '../estimate/estimate';
import { type ListingGrowth, getListingGrowth } from '../estimate/listing-growth';
import type { Copies } from '../restored/removable-copies';

const MAX_PROBLEMS = 20;

/** The keys of a bucket that begin with a prefix. */
export interface Place { readonly bucket: string; readonly prefix: string }

/** The batches of the map, and the rounds in which they archived their objects. */
export interface Batches { count: number; rounds: number }

/**
 * The content of `report.json`; docs/report.schema.json describes it. A change that could break a reader raises
 * `schemaVersion`.
 */
export interface Report {
  readonly $schema: string;
  readonly schemaVersion: 1;
  /** The name in metrics and alerts. */
  readonly archiver: string;
  readonly run: { readonly id: string; readonly executionArn: string; readonly dryRun: boolean };
  /** Unset: the run archived. */
  readonly action?: 'restore';
  /** The archived objects also stay at the source. */
  readonly sourceDisposition?: 'KEEP';
  /** Calendar days, both included. `from: null`: every day up to `to`. */
  readonly dates: { readonly from: string | null; readonly to: string };
  /** The list that the run read. Unset: it listed the source. */
  readonly manifest?: Manifest;
  /** The skipped lines of the manifest that name no object of the source, or a key that an earlier line names. */
  readonly manifestSkipped?: { readonly gone: number; readonly repeated: number };
  readonly outcome: Outcome;
  /** Of a restore, `archived` is what it restored. `report.json` has it as `restored` (`toPublicCounts`). */
  readonly counts: Counts;
  /** Sum of the sizes of the archived objects. */
  readonly bytes: number;
  readonly toleratedFailurePercentage: number;
  /** Why objects were not archived, the most frequent first. */
  readonly reasons: ReadonlyArray<{ readonly status: 'conflicting' | 'failed'; readonly code: string; readonly count: number }>;
  /** The first objects that were not archived. The ledger has all of them. */
  readonly problems: LedgerLine[];
  readonly stragglers: Stragglers;
  /** The skipped objects that each filter left out. Unset: the archiver has no filter. */
  readonly filtered?: FilteredCounts;
  /** The archiver's, in which its days are counted. */
  readonly timeZone: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seconds: number;
  readonly batches: Batches;
  readonly throughput: Throughput;
  /** Sizes of the archived objects. */
  readonly sizes: SizeClass[];
  readonly slowest: SlowKey[];
  /** An estimate of what this run cost, at list prices. */
  readonly cost: { readonly currency: 'USD'; readonly prices: Estimate['prices']; readonly total: number; readonly items: CostItem[] };
  /** An estimate of the real run. Only in the report of a dry run. */
  readonly estimate?: Estimate;
  /** Present if the run listed many more objects than it selected. */
  readonly growth?: ListingGrowth;
  readonly source: Place;
  readonly destination: Place;
  /** The ledger's parts are below this prefix. */
  readonly ledger: Place & { readonly balanced?: BalancedParts };
  /** Pages of the AWS console. */
  readonly links: ReportLinks;
  /** Only of a restore: the input of a run that does the same again. */
  readonly sameInput?: object;
  /** Only of a restore that restored objects which are not meant to lie at both places. */
  readonly copies?: Copies;
  /** Says which run moves them again. */
  readonly nextMove?: string;
}

export interface ReportFacts {
  readonly archiver: string;
  readonly run: Run;
  readonly executionArn: string;
  readonly outcome: Outcome;
  readonly counts: Counts;
  readonly tally: Tally;
  readonly destinationsNotCompared?: number;
  readonly batches: Batches;
  /** What a function did that lists in place of the map. */
  readonly listing?: ListingShape;
  readonly batch: BatchSettings;
  /** Storage class of the archive. */
  readonly storageClass: string;
  readonly region: string;
  /** Unset: the ends are not known to be in different regions. */
  readonly transfer?: TransferSettings;
  readonly alertMode?: string;
  /** Whether the run listed only its own days. */
  readonly narrowed: boolean;
  readonly observed: ObservedS3;
  readonly stragglers: Stragglers;
  readonly filtered?: FilteredCounts;
  readonly manifestSkipped?: Report['manifestSkipped'];
  readonly copies?: Copies;
  readonly nextMove?: string;
  readonly keepsSources: boolean;
  readonly toleratedFailurePercentage: number;
  readonly timeZone: string;
  readonly endedAt: Date;
  readonly source: Place;
  readonly destination: Place;
  readonly ledger: Report['ledger'];
}

export function createReport(facts: ReportFacts): Report {
  const { run, tally, endedAt, executionArn, ledger } = facts;
  return {
    $schema: REPORT_SCHEMA,
    schemaVersion: 1,
    archiver: facts.archiver,
    run: { id: run.id, executionArn, dryRun: run.dryRun },
    ...run.action === 'restore' && { action: 'restore' as const, sameInput: sameLedgersInput(run) },
    ...facts.copies && { copies: facts.copies, nextMove: facts.nextMove },
    ...facts.keepsSources && { sourceDisposition: 'KEEP' as const },
    dates: { from: run.from, to: run.to },
    ...run.manifest && { manifest: run.manifest, manifestSkipped: facts.manifestSkipped },
    outcome: facts.outcome,
    counts: facts.counts,
    bytes: tally.bytes,
    toleratedFailurePercentage: facts.toleratedFailurePercentage,
    reasons: tally.reasons().map(({ status, code, count }) => ({ status, code, count })),
    problems: tally.problems(MAX_PROBLEMS),
    stragglers: facts.stragglers,
    ...facts.filtered && { filtered: facts.filtered },
    timeZone: facts.timeZone,
    startedAt: new Date(run.startTime).toISOString(),
    endedAt: endedAt.toISOString(),
    seconds: (endedAt.getTime() - Date.parse(run.startTime)) / 1000,
    batches: facts.batches,
    throughput: tally.timeline.throughput(),
    sizes: tally.sizes.sizes(),
    slowest: tally.slowest.items(),
    cost: estimateCost(facts),
    ...run.dryRun && { estimate: createEstimate(facts) },
    growth: run.action === 'restore' || run.manifest ? undefined : createListingGrowth(facts),
    source: facts.source,
    destination: facts.destination,
    ledger,
    links: getReportLinks({ executionArn, bucket: ledger.bucket, prefix: run.reportPrefix, logGroup: facts.batch.logGroup }),
  };
}

/** What it takes to find that the destination holds the same object: both are described, before and after their tags are read. */
const HEADS_PER_FOUND = 4;
const TAGS_PER_FOUND = 2;

/**
 * Estimates the cost of this run. A dry run lists the destination instead of copying. A failed object counts as one
 * attempt.
 */
function estimateCost(
  { keepsSources, run, counts, tally, batches, listing, batch, outcome, alertMode, storageClass, region, transfer }: ReportFacts,
): Report['cost'] {
  const tried = counts.conflicting + counts.failed;
  const cost = getReportedCost(toUsage({
    listed: counts.listed,
    listing,
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
    batches: batches.count,
    rounds: batches.rounds,
    parts: tally.parts,
    partsRead: tally.partsRead,
    batchSeconds: tally.busyMilliseconds() / 1000,
    memoryMb: batch.memoryMb,
    express: batch.express,
    outcome,
    notifiesOnSuccess: run.dryRun || alertMode === 'EVERY_RUN',
    batchMessages: alertMode === 'PER_BATCH' ? tally.batchesWithProblems : 0,
    maxConcurrency: run.maxConcurrency,
    problems: tried,
    retrieved: run.dryRun ? {} : tally.sources.retrieved(),
    // What was found at the destination was not copied. It counts with the average size.
    ...transfer && !run.dryRun && tally.archived > 0 && { transferred: [{ ...transfer, bytes: tally.bytes * (1 - tally.found / tally.archived) }] },
  }), getPrices(region));
  return { currency: 'USD', ...cost };
}

function createEstimate(facts: ReportFacts): Estimate {
  const { run, counts, tally, batches, listing, batch, outcome, alertMode, storageClass, region, observed, destinationsNotCompared } = facts;
  return estimate({
    tally,
    listed: counts.listed,
    listing,
    batches: batches.count,
    memoryMb: batch.memoryMb,
    express: batch.express,
    outcome,
    notifiesOnSuccess: alertMode === 'EVERY_RUN',
    notifiesPerBatch: alertMode === 'PER_BATCH',
    objectsPerSecond: run.objectsPerSecond,
    maxConcurrency: run.maxConcurrency,
    storageClass,
    prices: getPrices(region),
    transfer: facts.transfer,
    observed,
    destinationsNotCompared,
    keepsSources: facts.keepsSources,
  });
}

function createListingGrowth({ counts, narrowed, batches, listing, batch, region, source, destination }: ReportFacts): ListingGrowth | undefined {
  return getListingGrowth({
    counts,
    narrowed,
    archiveInListing: !listing && source.bucket === destination.bucket && destination.prefix.startsWith(source.prefix),
    listing,
    batches: batches.count,
    memoryMb: batch.memoryMb,
    express: batch.express,
    prices: getPrices(region),
  });
}
