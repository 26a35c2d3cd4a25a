import { estimate, type Estimate, estimateCost, type ObservedS3 } from './estimate';
import { nameCounts } from './outcome';
import {
  type BaseFacts,
  createReportBase,
  type Place,
  REPORT_SCHEMA,
  type ReportBase,
} from './report-base';
import type { Copies } from '../../../actions/restore/lambda/copies/removable-copies';
import type { PlannedLedgers } from '../../../actions/verify/lambda/planned-ledgers';
import { DEFAULT_ACTION, getTarget, type MovingAction, type Task } from '../../../contract/actions';
import type { LedgerLine } from '../../../contract/payloads/ledger-line';
import type { NoteCounts } from '../../../contract/payloads/note-payloads';
import type {
  Counts,
  FilteredCounts,
  RestoreCounts,
  SkippedObjects,
  Stragglers,
} from '../../../contract/payloads/outcomes';
import type { Run } from '../../../contract/payloads/run';
import type { Settings } from '../../../contract/payloads/settings';
import { getExtractedPrefix } from '../../../contract/report-places';
import {
  getPackingCosts,
  type PackingCosts,
} from '../../../features/packing/lambda/report/packing-costs';
import type { PlannedPacks } from '../../../features/packing/lambda/unpack/planned-packs';
import { getMove } from '../../alerts/action-text';
import { sameInput } from '../../alerts/cli-commands';
import type { SizeClass } from '../../ledger/size-histogram';
import type { Reason, SlowKey, Tally } from '../../ledger/tally';
import type { Throughput } from '../../ledger/timeline';
import { groupByOperation, type Requests } from '../../pricing/requests';
import type { ListingShape } from '../../pricing/usage';
import type { UndatedArrivals } from '../undated-arrivals';

const MAX_PROBLEMS = 20;

/** The content of `report.json`. docs/report.schema.json describes its fields. */
export interface Report extends ReportBase {
  /** Unset: the run archives. */
  readonly action?: Exclude<MovingAction, typeof DEFAULT_ACTION>;
  /** Only of a restore to the report bucket. */
  readonly target?: 'reports';
  /** The input of a run that does the same again. Unset: the run archived. */
  readonly sameInput?: object;
  /** Only of a restore that restored objects which are not meant to lie at both places. */
  readonly copies?: Copies;
  /** With `copies`: which run moves the restored objects again. */
  readonly nextMove?: string;
  /** Possible gaps in the ledgers that a restore has read. */
  readonly gaps?: PlannedLedgers;
  /** Only where the lines are those of packs: the packs, and what does not fit. */
  readonly packs?: PlannedPacks;
  /** The ledgers were too large to find the latest of two versions of one key. */
  readonly notCompared?: true;
  /** Unset: the sources of archived objects were deleted. */
  readonly sourceDisposition?: 'KEEP';
  /** Besides the counts (src/contract/notes.ts). Unset: there is nothing to tell. */
  readonly notes?: NoteCounts;
  readonly manifest?: Run['manifest'];
  readonly manifestSkipped?: ManifestSkipped;
  readonly counts: Counts | RestoreCounts;
  readonly toleratedFailurePercentage: number;
  /** Failures come before conflicts, and the most frequent first. */
  readonly reasons: readonly Omit<Reason, 'examples'>[];
  /** Some of each reason. The ledger has all of them. */
  readonly problems: readonly LedgerLine[];
  readonly stragglers: Stragglers;
  /** Why the run did not select objects. */
  readonly skipReasons: SkippedObjects['reasons'];
  readonly undated: number;
  /** Some of them: of those that are new, if there are any. */
  readonly undatedKeys?: readonly string[];
  /** Only of a run that archives and has undated objects. */
  readonly undatedArrivals?: UndatedArrivals;
  /** The skipped objects that each filter left out. Unset: the archiver has no filter. */
  readonly filtered?: FilteredCounts;
  readonly throughput: Throughput;
  readonly sizes: readonly SizeClass[];
  readonly slowest: readonly SlowKey[];
  /** The requests to S3 that the batches counted, by operation. */
  readonly requests: Requests;
  /** How many batches left no count of their requests. Unset: none. */
  readonly uncountedBatches?: number;
  /** Only of a dry run. */
  readonly estimate?: Estimate;
  readonly packing?: PackingCosts;
  readonly source: Place;
  readonly destination: Place;
}

/** Lines of a manifest that name no object which the run could move. */
interface ManifestSkipped {
  /**
   * The number of named objects that were not at the source when the run was planned. A note counts
   * those that vanished later.
   */
  readonly gone: number;
  /** An earlier line names the key. */
  readonly repeated: number;
}

interface Ends extends Pick<Settings, 'transfer'> {
  readonly source: Place;
  readonly destination: Place;
  readonly storageClass: string;
  readonly keepsSources: boolean;
  /** In a restore, the storage class from which it reads. */
  readonly archiveClass?: string;
}

export function getEnds(settings: Settings, run: Task & Pick<Run, 'reportPrefix'>): Ends {
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
  const target = getTarget(run);
  if (target === 'destination') {
    return { source: live, destination: archive, storageClass, keepsSources, transfer };
  }
  const back = {
    source: archive,
    storageClass: 'STANDARD',
    keepsSources: false,
    archiveClass: storageClass,
  };
  if (target === 'source') {
    return {
      ...back,
      destination: live,
      transfer: transfer && { from: transfer.to, to: transfer.from },
    };
  }
  return {
    ...back,
    destination: { bucket: settings.reportBucket, prefix: getExtractedPrefix(run.reportPrefix) },
  };
}

export interface ReportFacts
  extends BaseFacts, Ends, Pick<Settings, 'dateSource' | 'toleratedFailurePercentage'> {
  /** In a restore, `archived` counts restored objects. */
  readonly counts: Counts;
  readonly tally: Tally;
  readonly skipped: SkippedObjects;
  readonly undatedArrivals?: UndatedArrivals;
  /** Notes on all objects, skipped or not. */
  readonly notes: NoteCounts;
  /** The skipped objects that each filter left out. Unset: the archiver has no filter. */
  readonly filtered?: FilteredCounts;
  readonly manifestSkipped?: ManifestSkipped;
  readonly destinationsNotCompared?: number;
  readonly listing?: ListingShape;
  /** What the batches counted, as it is priced. */
  readonly requests: Requests;
  /** The number of batches that left no count. */
  readonly uncounted: number;
  readonly observed: ObservedS3;
  /** Only of a restore that restored objects which are not meant to lie at both places. */
  readonly copies?: Copies;
  readonly nextMove?: string;
  /** Possible gaps in the ledgers. */
  readonly gaps?: PlannedLedgers;
  /** Only where the lines are those of packs: the packs, and what does not fit. */
  readonly packs?: PlannedPacks;
  /** The ledgers were too large to find the latest of two versions of one key. */
  readonly notCompared?: true;
}

export function summarizeSkipped({
  reasons,
  undated,
}: SkippedObjects): Pick<Report, 'skipReasons' | 'undated' | 'undatedKeys'> {
  return {
    skipReasons: reasons,
    undated: reasons['no-date'] ?? 0,
    ...(undated.length > 0 && { undatedKeys: undated }),
  };
}

export function createReport(facts: ReportFacts): Report {
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
    undatedArrivals,
  } = facts;
  const packing = getPackingCosts(facts);
  const action = getMove(run);
  return {
    ...createReportBase(REPORT_SCHEMA, facts, tally.bytes, estimateCost(facts)),
    ...(action !== DEFAULT_ACTION && { action, sameInput: sameInput(run) }),
    ...(run.target && { target: run.target }),
    ...(copies && { copies, nextMove }),
    ...(gaps && { gaps }),
    ...(packs && { packs }),
    ...(notCompared && { notCompared }),
    ...(keepsSources && { sourceDisposition: 'KEEP' }),
    ...(Object.keys(notes).length > 0 && { notes }),
    ...(run.manifest && { manifest: run.manifest, manifestSkipped: facts.manifestSkipped }),
    counts: nameCounts(counts, action),
    toleratedFailurePercentage: facts.toleratedFailurePercentage,
    reasons: tally.reasons().map(({ status, code, count }) => ({ status, code, count })),
    problems: tally.problems(MAX_PROBLEMS),
    stragglers: facts.skipped.stragglers,
    ...summarizeSkipped(facts.skipped),
    ...(undatedArrivals && { undatedArrivals }),
    ...(filtered && { filtered }),
    throughput: tally.timeline.throughput(),
    sizes: tally.sizes.classes,
    slowest: tally.slowest.items,
    requests: groupByOperation(facts.requests),
    ...(facts.uncounted > 0 && { uncountedBatches: facts.uncounted }),
    ...(run.dryRun && { estimate: estimate(facts) }),
    ...(packing && { packing }),
    source,
    destination,
  };
}
