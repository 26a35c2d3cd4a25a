import type { History } from './history';
import { MAX_HISTORY_EVENTS, MAX_OPEN_DAYS, REDRIVABLE_DAYS } from './quotas';
import type { ExecutionRecord } from './records';
import type { Definition } from '../states-language/definition';

/**
 * Where a redriven execution resumes: "Restarting state machine executions with redrive",
 * redrive-executions.
 */
export interface ResumePoint {
  readonly state: string;
  readonly input: string;
}

export interface RedriveStatus {
  readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE' | 'REDRIVABLE_BY_MAP_RUN';
  readonly redriveStatusReason?: string;
}

/**
 * The state that was entered but not exited, with its input. States inside it start over with it.
 */
export function resumePoint(
  { StartAt, States }: Definition,
  history: History,
  input: string,
): ResumePoint {
  for (const event of [...history.events].reverse()) {
    const entered = event.stateEnteredEventDetails as { name: string; input: string } | undefined;
    if (entered && entered.name in States) {
      return { state: entered.name, input: entered.input };
    }
  }
  return { state: StartAt, input };
}

/**
 * Whether an execution may be redriven, in the words of DescribeExecution: API_DescribeExecution.
 */
export function redriveStatus(record: ExecutionRecord, now: Date): RedriveStatus {
  const not = (redriveStatusReason: string) =>
    ({ redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason }) as const;
  if (record.status === 'RUNNING' || record.status === 'SUCCEEDED') {
    return not(`Execution is ${record.status} and cannot be redriven`);
  }
  // A child is restarted by its Map Run, which is redriven with the execution that it belongs to.
  if (record.mapRunArn) {
    return { redriveStatus: 'REDRIVABLE_BY_MAP_RUN' };
  }
  // Room is needed for ExecutionRedriven and one more.
  if (record.history.events.length >= MAX_HISTORY_EVENTS - 1) {
    return not('Execution history event limit exceeded');
  }
  if (days(record.startDate, now) > MAX_OPEN_DAYS) {
    return not('Execution has exceeded the max execution time');
  }
  if (days(record.stopDate!, now) > REDRIVABLE_DAYS) {
    return not('Execution redrivable period exceeded');
  }
  return { redriveStatus: 'REDRIVABLE' };
}

/** Marks a record as running again, and returns where the execution resumes. */
export function beginRedrive(
  record: ExecutionRecord,
  definition: Definition,
  now: Date,
): ResumePoint {
  const resume = resumePoint(definition, record.history, record.input);
  const { redriveCount } = record;
  Object.assign(record, {
    status: 'RUNNING',
    redriveCount: redriveCount + 1,
    redriveDate: now,
    stopDate: undefined,
    output: undefined,
    error: undefined,
    cause: undefined,
  });
  return resume;
}

function days(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 86_400_000;
}
