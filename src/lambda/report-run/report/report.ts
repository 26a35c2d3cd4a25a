/** `report.json` of a run that archives or restores. */
import type { Ends } from './moves';
import { toPublicCounts } from './outcome';
import { type BaseFacts, createReportBase, REPORT_SCHEMA } from './report-base';
import { estimateCost } from './run-cost';
import type { Counts, FilteredCounts, Stragglers } from '../../../contract/payloads/outcomes';
import { sameInput } from '../../alerts/cli-commands';
import type { Tally } from '../../ledger/tally';
import type { ListingShape } from '../../pricing/usage';
import { estimate, type ObservedS3 } from '../estimate/estimate';
import { getListingGrowth } from '../estimate/listing-growth';
import type { Copies } from '../restored/removable-copies';

const MAX_PROBLEMS = 20;

/** The content of `report.json`. docs/report.schema.json describes its fields. */
export type Report = ReturnType<typeof createReport>;

export interface ReportFacts extends BaseFacts, Ends {
  /** Of a restore, `archived` is what it restored. */
  readonly counts: Counts;
  readonly tally: Tally;
  readonly toleratedFailurePercentage: number;
  readonly stragglers: Stragglers;
  /** The skipped objects that each filter left out. Unset: the archiver has no filter. */
  readonly filtered?: FilteredCounts;
  /** The skipped lines of the manifest that name no object of the source, or a key that an earlier line names. */
  readonly manifestSkipped?: { readonly gone: number; readonly repeated: number };
  readonly destinationsNotCompared?: number;
  /** What a function did that lists in place of the map. */
  readonly listing?: ListingShape;
  readonly region?: string;
  readonly alertMode?: string;
  /** Whether the run listed only its own days. */
  readonly narrowed: boolean;
  readonly observed: ObservedS3;
  /** Only of a restore that restored objects which are not meant to lie at both places. */
  readonly copies?: Copies;
  /** Says which run moves them again. */
  readonly nextMove?: string;
}

export function createReport(facts: ReportFacts) {
  const { run, tally, keepsSources, copies, nextMove, filtered, source, destination } = facts;
  const growth = getListingGrowth(facts);
  return {
    ...createReportBase(REPORT_SCHEMA, facts, { bytes: tally.bytes, cost: estimateCost(facts) }),
    ...run.action === 'restore' && { action: 'restore' as const, sameInput: sameInput(run) },
    ...copies && { copies, nextMove },
    ...keepsSources && { sourceDisposition: 'KEEP' as const },
    ...run.manifest && { manifest: run.manifest, manifestSkipped: facts.manifestSkipped },
    counts: toPublicCounts(run.action, facts.counts),
    toleratedFailurePercentage: facts.toleratedFailurePercentage,
    // The most frequent first.
    reasons: tally.reasons().map(({ status, code, count }) => ({ status, code, count })),
    // The ledger has all of them.
    problems: tally.problems(MAX_PROBLEMS),
    stragglers: facts.stragglers,
    ...filtered && { filtered },
    throughput: tally.timeline.throughput(),
    sizes: tally.sizes.sizes(),
    slowest: tally.slowest.items(),
    ...run.dryRun && { estimate: estimate(facts) },
    ...growth && { growth },
    source,
    destination,
  };
}
