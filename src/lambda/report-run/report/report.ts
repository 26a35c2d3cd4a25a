import { estimate, estimateCost, type ObservedS3 } from './estimate';
import { nameCounts } from './outcome';
import { getPackingCosts } from './packing-costs';
import { type BaseFacts, createReportBase, type Place, REPORT_SCHEMA } from './report-base';
import type { NoteCounts } from '../../../contract/payloads/note-payloads';
import type { Counts, FilteredCounts, SkippedObjects } from '../../../contract/payloads/outcomes';
import type { Run } from '../../../contract/payloads/run';
import type { Settings } from '../../../contract/payloads/settings';
import { getExtractPrefix } from '../../../contract/report-places';
import { getMove, type Move } from '../../alerts/action-text';
import { sameInput } from '../../alerts/cli-commands';
import type { Tally } from '../../ledger/tally';
import type { ListingShape } from '../../pricing/usage';
import type { PlannedLedgers } from '../../verification/planned-ledgers';
import type { PlannedPacks } from '../../verification/planned-packs';
import type { Copies } from '../removable-copies';

const MAX_PROBLEMS = 20;

/** The content of `report.json`. docs/report.schema.json describes its fields. */
export type Report = ReturnType<typeof createReport>;

interface Ends extends Pick<Settings, 'transfer'> {
  readonly source: Place;
  readonly destination: Place;
  readonly storageClass: string;
  readonly keepsSources: boolean;
  /** Of a restore and an extract: the class of what they read. */
  readonly archiveClass?: string;
}

export function getEnds(
  settings: Settings,
  { reportPrefix }: Pick<Run, 'reportPrefix'>,
  move: Move,
): Ends {
  const {
    sourceBucket,
    sourcePrefix,
    destinationBucket,
    destinationPrefix,
    storageClass = 'STANDARD',
    keepsSources = false,
    transfer,
  } = settings;
  const live = { bucket: sourceBucket, prefix: sourcePrefix };
  const archive = { bucket: destinationBucket, prefix: destinationPrefix };
  if (move === 'archive') {
    return { source: live, destination: archive, storageClass, keepsSources, transfer };
  }
  const back = {
    source: archive,
    storageClass: 'STANDARD',
    keepsSources: false,
    archiveClass: storageClass,
  };
  if (move === 'restore') {
    return {
      ...back,
      destination: live,
      transfer: transfer && { from: transfer.to, to: transfer.from },
    };
  }
  return {
    ...back,
    destination: { bucket: settings.reportBucket, prefix: getExtractPrefix(reportPrefix) },
  };
}

export interface ReportFacts
  extends BaseFacts, Ends, Pick<Settings, 'dateSource' | 'toleratedFailurePercentage'> {
  /** Of a restore, `archived` is what it restored. */
  readonly counts: Counts;
  readonly tally: Tally;
  readonly skipped: SkippedObjects;
  /** Of all objects, skipped or not. */
  readonly notes: NoteCounts;
  /** The skipped objects that each filter left out. Unset: the archiver has no filter. */
  readonly filtered?: FilteredCounts;
  /**
   * The skipped lines of the manifest that name no object of the source, or a key that an earlier
   * line names.
   */
  readonly manifestSkipped?: { readonly gone: number; readonly repeated: number };
  readonly destinationsNotCompared?: number;
  readonly listing?: ListingShape;
  readonly observed: ObservedS3;
  /** Only of a restore that restored objects which are not meant to lie at both places. */
  readonly copies?: Copies;
  readonly nextMove?: string;
  /** What the ledgers may lack. */
  readonly gaps?: PlannedLedgers;
  /** Only of an extract of days: the packs that it read, and what does not fit. */
  readonly packs?: PlannedPacks;
  /** The ledgers were too large to find the latest of two versions of one key. */
  readonly notCompared?: true;
}

export function summarizeSkipped({ reasons, undated }: SkippedObjects) {
  return {
    skipReasons: reasons,
    undated: reasons['no-date'] ?? 0,
    ...(undated.length > 0 && { undatedKeys: undated }),
  };
}

export function createReport(facts: ReportFacts) {
  const {
    run,
    tally,
    counts,
    keepsSources,
    copies,
    nextMove,
    filtered,
    source,
    destination,
    gaps,
    packs,
    notCompared,
    notes,
  } = facts;
  const packing = getPackingCosts(facts);
  const move = getMove(run);
  return {
    ...createReportBase(REPORT_SCHEMA, facts, tally.bytes, estimateCost(facts)),
    ...(move !== 'archive' && { action: move, sameInput: sameInput(run) }),
    ...(copies && { copies, nextMove }),
    ...(gaps && { gaps }),
    ...(packs && { packs }),
    ...(notCompared && { notCompared }),
    ...(keepsSources && { sourceDisposition: 'KEEP' as const }),
    ...(Object.keys(notes).length > 0 && { notes }),
    ...(run.manifest && { manifest: run.manifest, manifestSkipped: facts.manifestSkipped }),
    counts: nameCounts(counts, move),
    toleratedFailurePercentage: facts.toleratedFailurePercentage,
    // The most frequent first.
    reasons: tally.reasons().map(({ status, code, count }) => ({ status, code, count })),
    // The ledger has all of them.
    problems: tally.problems(MAX_PROBLEMS),
    stragglers: facts.skipped.stragglers,
    ...summarizeSkipped(facts.skipped),
    ...(filtered && { filtered }),
    throughput: tally.timeline.throughput(),
    sizes: tally.sizes.classes,
    slowest: tally.slowest.items,
    ...(run.dryRun && { estimate: estimate(facts) }),
    ...(packing && { packing }),
    source,
    destination,
  };
}
