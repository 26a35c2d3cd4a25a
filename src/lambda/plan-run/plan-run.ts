/** Fixes the plan of a run: its days, the prefix that it lists or the ledgers that it reads, and its rate. */
import type { ClaimFacts, RunFolders } from './claim-folder';
import { getListingPrefix } from './listing-prefix';
import type { PlannedLedger } from './plan-parts';
import { selectRuns } from './select-runs';
import { sumLacking, type VerifiedRuns } from './verified-runs';
import { batchesAtOnce, MAX_DEFAULT_BATCHES } from '../../contract/batches';
import { ErrorName, namedError } from '../../contract/errors';
import type { Progress, VerifyProgress } from '../../contract/payloads/batch-payloads';
import type { Plan } from '../../contract/payloads/plan';
import type { PlanRunEvent, RunInput } from '../../contract/payloads/run';
import { type Window, toWindow } from '../../dates/date-window';
import type { ClaimedRun } from '../ledger/run-claims';
import { Tally } from '../ledger/tally';
import { toPartsKey } from '../plan/planned-part';
import type { PlanSettings } from '../runtime/environment';
import { parseRunInput } from '../runtime/run-input';
import { noStragglers } from '../selection/stragglers';
import { escapeUnprintable } from '../text/escape';
import { formatKey } from '../text/format';
import type { PlannedLedgers } from '../verification/planned-ledgers';

/** What the plan needs from the report bucket. */
export interface PlanPorts {
  /** Returns the prefixes of what the run writes to the report bucket. */
  readonly claimFolders: (facts: ClaimFacts & { readonly to: string }) => Promise<RunFolders>;
  /** The runs that the report bucket has ledgers of. */
  readonly listRuns: () => AsyncIterable<ClaimedRun>;
  /** Says what a verification may claim of runs. */
  readonly findVerifiedRuns: (runs: readonly ClaimedRun[]) => Promise<VerifiedRuns>;
  /** Writes the file that the map reads. */
  readonly writeParts: (key: string, ledgers: readonly PlannedLedger[]) => Promise<void>;
  /** Writes what ReportRun tells about the runs that are verified. */
  readonly writeLedgers: (run: RunFolders, ledgers: PlannedLedgers) => Promise<void>;
}

/** Claims the run's folders as late as possible, so that a run that is refused leaves nothing behind. */
export async function planRun(event: PlanRunEvent, settings: PlanSettings, ports: PlanPorts): Promise<Plan> {
  const input = parseRunInput(event.input);
  const action = input.action ?? 'archive';
  if (action === 'restore' && !settings.allowsRestore) {
    throw namedError(ErrorName.INVALID_RUN_INPUT, 'the run\'s input is wrong: this archiver cannot restore, because it was deployed without allowRestore: '
      + 'deploy it with allowRestore: true, and start the restore again');
  }
  if (input.manifest !== undefined && !settings.readsManifests) {
    throw namedError(ErrorName.INVALID_RUN_INPUT, 'the run\'s input is wrong: only an archiver with listing: Listing.selective() reads a manifest, because the map of this one lists the bucket itself: '
      + 'deploy it with Listing.selective(), and start the run again');
  }
  checkConcurrency(input, settings);
  const days = getWindow(input, event, settings);
  const places = {
    source: { bucket: settings.sourceBucket, prefix: settings.sourcePrefix },
    destination: { bucket: settings.destinationBucket, prefix: settings.destinationPrefix },
  };
  const runs = action === 'archive' ? [] : selectRuns(
    await collect(ports.listRuns()), { name: settings.archiverName, ...places }, input.run === undefined ? { days } : { run: input.run },
  );
  const window = input.run === undefined ? days : span(runs);

  const verified = action === 'verify' ? await ports.findVerifiedRuns(runs) : undefined;
  if (verified?.ledgers.length === 0) { throw namedError(ErrorName.INVALID_RUN_INPUT, explainRunning(verified)); }

  const rate = settings.maxObjectsPerSecond;
  const maxConcurrency = limitToRate(input.maxConcurrency ?? settings.maxConcurrency ?? batchesAtOnce(rate), rate);
  const dryRun = input.dryRun ?? false;
  const folders = await ports.claimFolders({ action, dryRun, ...window, ...places });
  const partsKey = toPartsKey(folders);
  if (action === 'restore') { await ports.writeParts(partsKey, runs.map((run) => ({ prefix: run.ledgerPrefix, bytes: 0 }))); }
  if (verified) { await writeVerified(ports, partsKey, folders, verified); }
  return {
    run: {
      // The name of an execution may have characters that turn the text around them, and the id stands in messages.
      id: escapeUnprintable(event.runId),
      startTime: event.startTime,
      ...input.scheduledTime !== undefined && { instant: input.scheduledTime },
      action,
      ...window,
      dryRun,
      ...input.manifest !== undefined && { manifest: typeof input.manifest === 'string' ? { uri: input.manifest } : input.manifest },
      ...input.run !== undefined && { ledgerOf: escapeUnprintable(input.run) },
      ...input.deep !== undefined && { deep: input.deep },
      ...input.keys !== undefined && { keys: input.keys },
      ...folders,
      objectsPerSecond: rate / maxConcurrency,
      maxConcurrency,
    },
    listing: { prefix: getListingPrefix(settings.sourcePrefix, settings.dateSource, window) },
    ...action !== 'archive' && { partsKey },
    maxConcurrency,
    resultPrefix: `${folders.reportPrefix}map-run`,
    progress: action === 'verify' ? initialVerifyProgress() : initialProgress(),
  };
}

/** What the ledgers lack is known when all of them are listed. */
async function writeVerified(
  ports: PlanPorts, partsKey: string, folders: RunFolders, { ledgers, running, withoutReport }: VerifiedRuns,
): Promise<void> {
  await ports.writeParts(partsKey, ledgers);
  await ports.writeLedgers(folders, { verified: ledgers.length, running, withoutReport, lacking: await sumLacking(ledgers) });
}

function explainRunning({ running: [first, ...others] }: VerifiedRuns): string {
  const more = others.length > 0 ? `, like ${others.length} more for these days,` : '';
  return `nothing can be verified yet: run ${formatKey(first.name)}${more} has not ended, `
    + 'so its ledger is not complete: start the verification again when it has ended';
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) { collected.push(item); }
  return collected;
}

/** The days of the runs that are read, from the first to the last. */
function span(runs: readonly ClaimedRun[]): Window {
  const days = runs.map(({ day }) => day).sort();
  return { from: days[0], to: days[days.length - 1] };
}

/** The progress of a batch before its first round. */
export function initialProgress(): Progress {
  return {
    cursor: 0,
    finished: false,
    rounds: 0,
    counts: { listed: 0, archived: 0, skipped: 0, conflicting: 0, failed: 0 },
    bytes: 0,
    stragglers: noStragglers(),
    filtered: null,
    problems: [],
    upload: null,
    digest: new Tally().toDigest([]),
  };
}

function initialVerifyProgress(): VerifyProgress {
  return {
    cursor: 0,
    finished: false,
    rounds: 0,
    counts: { listed: 0, present: 0, changed: 0, missing: 0, unproven: 0, skipped: 0 },
    bytes: 0,
    requests: {},
    milliseconds: 0,
    seen: '',
  };
}

/**
 * Each batch gets at least one object a second. With less, a batch of a thousand objects could use up its rounds before
 * it has tried all of them.
 */
function limitToRate(maxConcurrency: number, maxObjectsPerSecond: number): number {
  return Math.max(1, Math.min(maxConcurrency, Math.floor(maxObjectsPerSecond)));
}

/**
 * Each batch takes a part of the Lambda concurrency that the whole account shares, so only a deployment can raise the
 * limit. With more concurrent EXPRESS batches, the share of each would be too small to finish in time.
 */
function checkConcurrency({ maxConcurrency = 1 }: RunInput, settings: PlanSettings): void {
  const { maxRunConcurrency = Infinity } = settings;
  const deployed = settings.maxConcurrency ?? MAX_DEFAULT_BATCHES;
  if (maxConcurrency <= Math.min(deployed, maxRunConcurrency)) { return; }
  throw namedError(ErrorName.INVALID_RUN_INPUT, `the run's input is wrong: maxConcurrency ${maxConcurrency} must be at most ${maxConcurrency > deployed
    ? `${deployed}, which the archiver was deployed with${settings.maxConcurrency === undefined ? ' by default' : ''}: leave maxConcurrency out, or deploy with a higher maxConcurrency`
    : `${maxRunConcurrency}, because an EXPRESS batch has five minutes to archive its objects at its share of `
      + 'maxObjectsPerSecond: leave maxConcurrency out, or deploy with a lower batchSize'}`);
}

/** The days of the input, or those of its selection or of the archiver's, counted from the scheduled instant or the start. */
function getWindow(input: RunInput, { startTime }: PlanRunEvent, settings: PlanSettings): Window {
  const { date, from, to, selection } = input;
  if (date !== undefined) { return { from: date, to: date }; }
  if (from !== undefined && to !== undefined) { return { from, to }; }
  return toWindow(selection ?? settings.selection, getScheduledInstant(input) ?? new Date(startTime), settings.timeZone);
}

/** The scheduled instant. It is the same however late the run starts. */
function getScheduledInstant({ scheduledTime }: RunInput): Date | undefined {
  return scheduledTime === undefined ? undefined : new Date(scheduledTime);
}
