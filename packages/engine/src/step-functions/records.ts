import { History } from './history';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** An execution as DescribeExecution returns it. */
export interface ExecutionRecord {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly mapRunArn?: string;
  readonly itemCount?: number;
  startDate: Date;
  readonly input: string;
  status: ExecutionStatus;
  stopDate?: Date;
  output?: string;
  error?: string;
  cause?: string;
  redriveCount: number;
  redriveDate?: Date;
  history: History;
}

/**
 * Error and cause as the API tells them: of an execution that timed out, neither
 * (docs/aws-recorded.md).
 */
export function errorOf({
  status,
  error,
  cause,
}: ExecutionRecord): Pick<ExecutionRecord, 'error' | 'cause'> {
  return status === 'TIMED_OUT' ? {} : { error, cause };
}

/** Counts of a Map Run, of items or of child executions, as DescribeMapRun returns them. */
export interface MapRunCounts {
  pending: number;
  running: number;
  succeeded: number;
  failed: number;
  timedOut: number;
  aborted: number;
  total: number;
  resultsWritten: number;
  /** Children that did not succeed and wait to be redriven. */
  pendingRedrive: number;
}

export interface MapRunRecord {
  readonly mapRunArn: string;
  readonly executionArn: string;
  /** Construct-independent ARN of the children's state machine, `...:stateMachine:NAME/LABEL`. */
  readonly stateMachineArn: string;
  readonly startDate: Date;
  readonly maxConcurrency: number;
  readonly toleratedFailurePercentage: number;
  readonly toleratedFailureCount: number;
  readonly itemCounts: MapRunCounts;
  readonly executionCounts: MapRunCounts;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  stopDate?: Date;
  redriveCount: number;
  redriveDate?: Date;
}

export function emptyCounts(): MapRunCounts {
  return {
    pending: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    aborted: 0,
    total: 0,
    resultsWritten: 0,
    pendingRedrive: 0,
  };
}

/**
 * Children that are remembered of a Map Run, of each status: a million would not fit into memory.
 */
const REMEMBERED_CHILDREN = 1_000;
/** Number of unsuccessful children that are remembered with input and history. */
const REMEMBERED_WHOLE = 20;

/** One for all, so that no record is retained by a history's clock. */
const FORGOTTEN = new History(() => new Date(0));

/** The executions and Map Runs that the Step Functions API describes. */
export class Records {
  readonly executions = new Map<string, ExecutionRecord>();
  readonly mapRuns = new Map<string, MapRunRecord>();
  private readonly children = new Map<string, Map<ExecutionStatus, ExecutionRecord[]>>();

  addChild(record: ExecutionRecord): void {
    const byStatus =
      this.children.get(record.mapRunArn!) ?? new Map<ExecutionStatus, ExecutionRecord[]>();
    this.children.set(record.mapRunArn!, byStatus);
    const same = byStatus.get(record.status) ?? [];
    byStatus.set(record.status, same);
    if (same.length >= REMEMBERED_CHILDREN) {
      return;
    }
    const whole = record.status !== 'SUCCEEDED' && same.length < REMEMBERED_WHOLE;
    const kept = whole ? record : { ...record, input: '', history: FORGOTTEN };
    same.push(kept);
    this.executions.set(record.arn, kept);
  }

  /** Removes a child that starts again and returns its history, if that is remembered. */
  takeChild(arn: string): History | undefined {
    const record = this.executions.get(arn);
    if (!record) {
      return undefined;
    }
    this.executions.delete(arn);
    const same = this.children.get(record.mapRunArn!)?.get(record.status) ?? [];
    same.splice(same.indexOf(record), 1);
    return record.history === FORGOTTEN ? undefined : record.history;
  }

  childrenOf(mapRunArn: string, status?: ExecutionStatus): ExecutionRecord[] {
    const byStatus = this.children.get(mapRunArn);
    if (!byStatus) {
      return [];
    }
    return status ? (byStatus.get(status) ?? []) : [...byStatus.values()].flat();
  }
}
