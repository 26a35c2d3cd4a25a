import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { RunListing } from '../../contract/payloads/listing';
import { Plan } from '../../contract/payloads/plan';
import { RunSummary } from '../../contract/payloads/report-payloads';
import type { Run } from '../../contract/payloads/run';
import { parseAs } from '../text/parse-json';

/** What the history of a run says about its end. */
export interface History {
  /** The state in which it ended. */
  readonly state?: string;
  readonly error?: string;
  readonly cause?: string;
  /** The result of PlanRun, if it returned one. */
  readonly run?: Run;
  /** What the run lists, if PlanRun returned it. It has a progress if a function lists. */
  readonly listing?: RunListing;
  /** The result of ReportRun, if it returned one. */
  readonly summary?: RunSummary;
}

/** @param events newest first */
export function readHistory(events: HistoryEvent[]): History {
  const entered = events.findIndex((event) => event.stateEnteredEventDetails);
  const lastState = entered < 0 ? events : events.slice(0, entered + 1);
  const plan = findOutput(events, (output) => parseAs(Plan, output));
  return {
    state: events[entered]?.stateEnteredEventDetails?.name,
    ...findError(lastState),
    run: plan?.run,
    listing: plan?.listing,
    summary: findOutput(events, (output) => parseAs(RunSummary, output)),
  };
}

/** Prefers the error of the last state: it is closer to the cause than the error of the execution. */
function findError(events: HistoryEvent[]): { error?: string; cause?: string } {
  const stateErrors = events.map((event) => event.taskFailedEventDetails
    ?? event.taskTimedOutEventDetails
    ?? event.taskSubmitFailedEventDetails
    ?? event.taskStartFailedEventDetails
    ?? event.lambdaFunctionFailedEventDetails
    ?? event.lambdaFunctionTimedOutEventDetails
    ?? event.lambdaFunctionScheduleFailedEventDetails
    ?? event.lambdaFunctionStartFailedEventDetails
    ?? event.mapRunFailedEventDetails);
  const executionErrors = events.map((event) => event.executionFailedEventDetails
    ?? event.executionTimedOutEventDetails
    ?? event.executionAbortedEventDetails);
  const nearest = [...stateErrors, ...executionErrors].find((each) => each?.error || each?.cause);
  return { error: nearest?.error, cause: nearest?.cause };
}

function findOutput<T>(events: HistoryEvent[], pick: (output: string) => T | undefined): T | undefined {
  for (const { stateExitedEventDetails } of events) {
    const found = stateExitedEventDetails?.output && pick(stateExitedEventDetails.output);
    if (found) { return found; }
  }
  return undefined;
}
