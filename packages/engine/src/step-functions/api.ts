import {
  errorOf,
  type ExecutionRecord,
  type ExecutionStatus,
  type MapRunRecord,
  type Records,
} from './records';
import { redriveStatus } from './redrive';
import { ApiError } from '../common/api-error';

export interface StepFunctionsBackend {
  readonly records: Records;
  readonly clock: () => Date;
  /** Starts an execution of the archiver and returns at once. */
  start(stateMachineArn: string, name: string | undefined, input: string): ExecutionRecord;
  /** Resumes an execution where it failed, returns immediately with the redrive's date. */
  redrive(executionArn: string, clientToken?: string): Date;
  stop(executionArn: string, reason: { readonly error?: string; readonly cause?: string }): void;
}

type Request = Record<string, unknown>;
type Action = (request: Request, backend: StepFunctionsBackend) => unknown;

/**
 * The actions of the Step Functions API that an archiver or its operator calls. Dates are epoch
 * seconds.
 */
export const STEP_FUNCTIONS_ACTIONS: Record<string, Action> = {
  StartExecution: (request, backend) => {
    const { arn, startDate } = backend.start(
      String(request.stateMachineArn),
      optional(request.name),
      optional(request.input) ?? '{}',
    );
    return { executionArn: arn, startDate: seconds(startDate) };
  },
  RedriveExecution: ({ executionArn, clientToken }, backend) => ({
    redriveDate: seconds(backend.redrive(String(executionArn), optional(clientToken))),
  }),
  StopExecution: ({ executionArn, error, cause }, backend) => {
    const { arn, stopDate } = findExecution(backend.records, executionArn);
    backend.stop(arn, { error: optional(error), cause: optional(cause) });
    return { stopDate: seconds(stopDate ?? backend.clock()) };
  },
  DescribeExecution: ({ executionArn }, { records, clock }) =>
    describeExecution(findExecution(records, executionArn), clock()),
  GetExecutionHistory: getExecutionHistory,
  ListMapRuns: (request, { records }) => {
    const { arn } = findExecution(records, request.executionArn);
    const ofExecution = [...records.mapRuns.values()].filter(
      ({ executionArn }) => executionArn === arn,
    );
    const mapRuns = ofExecution.reverse().map((run) => ({
      executionArn: run.executionArn,
      mapRunArn: run.mapRunArn,
      stateMachineArn: run.stateMachineArn,
      startDate: seconds(run.startDate),
      stopDate: run.stopDate && seconds(run.stopDate),
    }));
    return page('mapRuns', mapRuns, request);
  },
  DescribeMapRun: ({ mapRunArn }, { records }) => describeMapRun(findMapRun(records, mapRunArn)),
  ListExecutions: listExecutions,
};

function getExecutionHistory(request: Request, { records }: StepFunctionsBackend): unknown {
  const record = findExecution(records, request.executionArn);
  const events = record.history.events.map((event) => ({
    ...event,
    timestamp: seconds(event.timestamp),
  }));
  return page('events', request.reverseOrder === true ? events.reverse() : events, request);
}

function listExecutions(request: Request, { records }: StepFunctionsBackend): unknown {
  const status = optional(request.statusFilter) as ExecutionStatus | undefined;
  const all =
    request.mapRunArn === undefined
      ? [...records.executions.values()].filter(
          (record) => record.stateMachineArn === request.stateMachineArn && !record.mapRunArn,
        )
      : records.childrenOf(findMapRun(records, request.mapRunArn).mapRunArn);
  const redriven = optional(request.redriveFilter);
  const wanted = all.filter(
    (record) =>
      (status === undefined || record.status === status) &&
      (redriven === undefined || (redriven === 'REDRIVEN') === record.redriveCount > 0),
  );
  const executions = wanted.map((record) => ({
    executionArn: record.arn,
    stateMachineArn: record.stateMachineArn,
    name: record.name,
    status: record.status,
    startDate: seconds(record.startDate),
    stopDate: record.stopDate && seconds(record.stopDate),
    mapRunArn: record.mapRunArn,
    itemCount: record.itemCount,
    redriveCount: record.redriveCount,
    redriveDate: record.redriveDate && seconds(record.redriveDate),
  }));
  // "Results are sorted by time, with the most recent execution first", API_ListExecutions.
  return page(
    'executions',
    executions.sort((left, right) => right.startDate - left.startDate),
    request,
  );
}

function describeExecution(record: ExecutionRecord, now: Date): unknown {
  const {
    arn,
    name,
    stateMachineArn,
    status,
    input,
    output,
    mapRunArn,
    startDate,
    stopDate,
    redriveCount,
    redriveDate,
  } = record;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: seconds(startDate),
    stopDate: stopDate && seconds(stopDate),
    input,
    inputDetails: { included: input !== '' },
    output,
    outputDetails: output === undefined ? undefined : { included: true },
    ...errorOf(record),
    mapRunArn,
    redriveCount,
    redriveDate: redriveDate && seconds(redriveDate),
    ...redriveStatus(record, now),
  };
}

function describeMapRun(run: MapRunRecord): unknown {
  const { startDate, stopDate, redriveDate } = run;
  return {
    ...run,
    startDate: seconds(startDate),
    stopDate: stopDate && seconds(stopDate),
    redriveDate: redriveDate && seconds(redriveDate),
  };
}

function findExecution(records: Records, arn: unknown): ExecutionRecord {
  const record = records.executions.get(String(arn));
  if (!record) {
    throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }
  return record;
}

function findMapRun(records: Records, arn: unknown): MapRunRecord {
  const run = records.mapRuns.get(String(arn));
  if (!run) {
    throw new ApiError('ResourceNotFound', `Resource not found: '${arn}'`);
  }
  return run;
}

/** A page of a list; the token is the position of the next page. */
function page(field: string, items: unknown[], request: Request): unknown {
  const size = Number(request.maxResults) || 100;
  const start = request.nextToken === undefined ? 0 : Number(request.nextToken);
  if (!Number.isInteger(start) || start < 0) {
    throw new ApiError('InvalidToken', `Invalid Token: '${request.nextToken}'`);
  }
  const next = start + size;
  return {
    [field]: items.slice(start, next),
    ...(next < items.length ? { nextToken: String(next) } : {}),
  };
}

function optional(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}
