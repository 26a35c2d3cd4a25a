import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { Plan, type Run, RunSummary } from '../../contract/payloads';

/** What the history of a run tells about its end. */
export interface History {
  /** The state in which it ended. */
  readonly state?: string;
  readonly error?: string;
  readonly cause?: string;
  /** PlanRun's answer, if it came to give one. */
  readonly run?: Run;
  /** ReportRun's answer, if it came to give one. */
  readonly summary?: RunSummary;
}

/** @param events newest first */
export function readHistory(events: HistoryEvent[]): History {
  const entered = events.findIndex((event) => event.stateEnteredEventDetails);
  const lastState = entered < 0 ? events : events.slice(0, entered + 1);
  return {
    state: events[entered]?.stateEnteredEventDetails?.name,
    ...firstError(lastState),
    run: firstOf(events, (output) => parseAs(Plan, output)?.run),
    summary: firstOf(events, (output) => parseAs(RunSummary, output)),
  };
}

/** The last state's own error is nearer to the cause than the execution's. */
function firstError(events: HistoryEvent[]): { error?: string; cause?: string } {
  const ofState = events.map((event) => event.taskFailedEventDetails
    ?? event.taskTimedOutEventDetails
    ?? event.taskSubmitFailedEventDetails
    ?? event.taskStartFailedEventDetails
    ?? event.lambdaFunctionFailedEventDetails
    ?? event.lambdaFunctionTimedOutEventDetails
    ?? event.lambdaFunctionScheduleFailedEventDetails
    ?? event.lambdaFunctionStartFailedEventDetails
    ?? event.mapRunFailedEventDetails);
  const ofExecution = events.map((event) => event.executionFailedEventDetails
    ?? event.executionTimedOutEventDetails
    ?? event.executionAbortedEventDetails);
  const nearest = [...ofState, ...ofExecution].find((each) => each?.error || each?.cause);
  return { error: nearest?.error, cause: nearest?.cause };
}

function firstOf<T>(events: HistoryEvent[], pick: (output: string) => T | undefined): T | undefined {
  for (const { stateExitedEventDetails } of events) {
    const found = stateExitedEventDetails?.output && pick(stateExitedEventDetails.output);
    if (found) { return found; }
  }
  return undefined;
}

/** `undefined` for what is not of that shape, or not JSON. */
export function parseAs<T extends v.GenericSchema>(schema: T, json: string): v.InferOutput<T> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(json));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
