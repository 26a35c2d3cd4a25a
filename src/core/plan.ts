/** Freezes a run: its days, what it lists, how fast it may go. */
import { listingPrefix } from './listing';
import { initialProgress } from './progress';
import { parseRunInput } from './run-input';
import type { PlanSettings } from './settings';
import { type Window, windowOf } from './window';
import type { Plan, PlanRunEvent, RunInput } from '../contract/payloads';

/** What a batch archives a second with 128 copies under way, where S3 takes 100 ms for a copy and half a second for a bulk delete. */
const OBJECTS_PER_SECOND_OF_A_BATCH = 750;
const MOST_BATCHES = 10;

/**
 * As many batches as the rate needs, where nobody says how many: a batch that waits for its share is paid for while it waits,
 * and the fewer they are, the less of the rate is left unused while the last of them end (docs/scale.md).
 */
export function batchesAtOnce(maxObjectsPerSecond: number): number {
  return Math.min(MOST_BATCHES, Math.ceil(maxObjectsPerSecond / OBJECTS_PER_SECOND_OF_A_BATCH));
}

export function planRun(event: PlanRunEvent, settings: PlanSettings): Plan {
  const input = parseRunInput(event.input);
  const startTime = new Date(event.startTime);
  const window = windowOfInput(input) ?? windowOf(settings.selection, instantOf(input) ?? startTime, settings.timeZone);
  const maxConcurrency = input.maxConcurrency ?? settings.maxConcurrency ?? batchesAtOnce(settings.maxObjectsPerSecond);
  const reportPrefix = `${settings.reportPrefix}${startTime.toISOString().slice(0, 10)}/${event.runId}/`;
  return {
    run: {
      id: event.runId,
      startTime: event.startTime,
      ...window,
      dryRun: input.dryRun ?? false,
      reportPrefix,
      objectsPerSecond: settings.maxObjectsPerSecond / maxConcurrency,
      maxConcurrency,
    },
    listing: { prefix: listingPrefix(settings.sourcePrefix, settings.dateSource, window) },
    maxConcurrency,
    resultPrefix: `${reportPrefix}map-run`,
    progress: initialProgress(),
  };
}

function windowOfInput({ date, from, to }: RunInput): Window | undefined {
  if (date !== undefined) return { from: date, to: date };
  return from !== undefined && to !== undefined ? { from, to } : undefined;
}

/** The scheduled instant, which stays the same however late the run starts. */
function instantOf({ scheduledTime }: RunInput): Date | undefined {
  return scheduledTime === undefined ? undefined : new Date(scheduledTime);
}
