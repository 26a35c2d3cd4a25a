/** Fixes the plan of a run: its days, the prefix that it lists, and its rate. */
import type { RunFolders } from './claim-folder';
import { getListingPrefix } from './listing-prefix';
import { batchesAtOnce, MAX_DEFAULT_BATCHES } from '../../contract/batches';
import { ErrorName, namedError } from '../../contract/errors';
import type { Plan, PlanRunEvent, Progress, RunInput } from '../../contract/payloads';
import { type Window, toWindow } from '../../dates/date-window';
import { Tally } from '../ledger/tally';
import type { PlanSettings } from '../runtime/environment';
import { parseRunInput } from '../runtime/run-input';
import { escapeUnprintable } from '../text/escape';

/**
 * Claims the run's folders last, so that a run that is refused leaves nothing behind.
 *
 * @param claimFolders returns the prefixes of what the run writes to the report bucket, for its last day
 */
export async function planRun(event: PlanRunEvent, settings: PlanSettings, claimFolders: (day: string) => Promise<RunFolders>): Promise<Plan> {
  const input = parseRunInput(event.input);
  const startTime = new Date(event.startTime);
  const window = getInputWindow(input) ?? toWindow(settings.selection, getScheduledInstant(input) ?? startTime, settings.timeZone);
  checkConcurrency(input, settings);
  const rate = settings.maxObjectsPerSecond;
  const maxConcurrency = limitToRate(input.maxConcurrency ?? settings.maxConcurrency ?? batchesAtOnce(rate), rate);
  // The name of an execution may have characters that turn the text around them, and the id stands in messages.
  const id = escapeUnprintable(event.runId);
  const listing = { prefix: getListingPrefix(settings.sourcePrefix, settings.dateSource, window) };
  const folders = await claimFolders(window.to);
  return {
    run: {
      id,
      startTime: event.startTime,
      ...window,
      dryRun: input.dryRun ?? false,
      action: 'archive',
      ...folders,
      objectsPerSecond: rate / maxConcurrency,
      maxConcurrency,
    },
    listing,
    maxConcurrency,
    resultPrefix: `${folders.reportPrefix}map-run`,
    progress: initialProgress(),
  };
}

/** The progress of a batch before its first round. */
export function initialProgress(): Progress {
  return {
    cursor: 0,
    finished: false,
    rounds: 0,
    counts: { listed: 0, archived: 0, skipped: 0, conflicting: 0, failed: 0 },
    bytes: 0,
    stragglers: { count: 0, oldest: null },
    problems: [],
    upload: null,
    digest: new Tally().toDigest([]),
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

function getInputWindow({ date, from, to }: RunInput): Window | undefined {
  if (date !== undefined) { return { from: date, to: date }; }
  return from !== undefined && to !== undefined ? { from, to } : undefined;
}

/** The scheduled instant. It is the same however late the run starts. */
function getScheduledInstant({ scheduledTime }: RunInput): Date | undefined {
  return scheduledTime === undefined ? undefined : new Date(scheduledTime);
}
