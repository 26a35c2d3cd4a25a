import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  DescribeMapRunCommand,
  type DescribeMapRunOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListMapRunsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { Plan } from '../../contract/payloads/batch-payloads';
import { RunSummary } from '../../contract/payloads/report-payloads';
import type { Run } from '../../contract/payloads/run';
import { toPlanKey } from '../plan/planned-part';
import { parseAs } from '../text/json';

/** A fact that cannot be read is left out alone: the message is made from the rest. */
const text = v.fallback(v.optional(v.string()), undefined);

/**
 * Epoch milliseconds from 1973 to 9998. A smaller number counts seconds. The answer of
 * DescribeExecution replaces it.
 */
const instant = v.fallback(
  v.optional(v.pipe(v.number(), v.minValue(1e11), v.maxValue(Date.UTC(9998, 11, 31)))),
  undefined,
);

/**
 * Only the ARN is required:
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export const StatusChangeEvent = v.object({
  detail: v.pipe(
    v.object({
      executionArn: v.string(),
      stateMachineArn: text,
      name: text,
      status: text,
      startDate: instant,
      stopDate: instant,
      /** Step Functions omits an input of more than 248 KiB. */
      input: text,
      error: text,
      cause: text,
    }),
    v.transform((detail) => ({
      ...detail,
      stateMachineArn:
        detail.stateMachineArn ??
        detail.executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, ''),
      name: detail.name ?? detail.executionArn.split(':').pop()!,
      status: detail.status ?? 'FAILED',
    })),
  ),
});
export type StatusChange = v.InferOutput<typeof StatusChangeEvent>['detail'];

const AnyEvent = v.object({ detail: v.object({ executionArn: text, name: text, status: text }) });

/** Reads the facts that even an incomplete event has, which `StatusChangeEvent` rejects. */
export function readRun(event: unknown): { readonly name?: string; readonly status: string } {
  if (!v.is(AnyEvent, event)) {
    return { status: 'FAILED' };
  }
  const { executionArn, name, status = 'FAILED' } = v.parse(AnyEvent, event).detail;
  return { name: name ?? executionArn?.split(':').pop(), status };
}

export interface FailedChild {
  readonly executionArn: string;
  readonly error?: string;
  readonly cause?: string;
  readonly keys: string[];
  /**
   * Keys of the files in the report bucket that have its objects: a part of the plan, or parts of
   * ledgers.
   */
  readonly files: string[];
}

/** Facts from the events of an execution. */
export interface History {
  /** The state that was entered last. */
  readonly state?: string;
  /** The function that this state invoked. */
  readonly functionName?: string;
  readonly error?: string;
  readonly cause?: string;
  /** Unset: the run was not planned. */
  readonly run?: Run;
  /** It has a progress if a function lists. */
  readonly listing?: Plan['listing'];
  /** Unset: there is no report. */
  readonly summary?: RunSummary;
}

export interface FailureFacts {
  readonly change: StatusChange;
  readonly description?: DescribeExecutionOutput;
  readonly history?: History;
  readonly mapRun?: {
    readonly description?: DescribeMapRunOutput;
    readonly failedChildren: readonly FailedChild[];
  };
  readonly gaps: string[];
}

/**
 * The children of a run usually fail for the same reason, so a few of them show it. The most
 * frequent cause counts.
 */
const MAX_CHILDREN = 5;

/** Never throws. A fact that cannot be read becomes a gap, and the message uses the rest. */
export async function gatherFacts(sfn: SFNClient, change: StatusChange): Promise<FailureFacts> {
  const gaps: string[] = [];
  const tryTo = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      gaps.push(`${what}: ${(error as Error).name}: ${(error as Error).message}`);
      return undefined;
    }
  };

  const { executionArn } = change;
  const [description, history, mapRun] = await Promise.all([
    tryTo('the execution', () => sfn.send(new DescribeExecutionCommand({ executionArn }))),
    tryTo('its history', async () => {
      // Newest first. A run has about thirty events, and each redrive about twelve more, so one
      // page contains the end of the run.
      const { events } = await sfn.send(
        new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1000 }),
      );
      return readHistory(events ?? []);
    }),
    tryTo('its Map Run', () => readMapRun(sfn, executionArn, tryTo)),
  ]);
  return { change: complete(change, description), description, history, mapRun, gaps };
}

/**
 * An event lacks a large input, and what a customer key encrypts:
 * https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 */
function complete(
  change: StatusChange,
  { input, error, cause, startDate, stopDate }: Partial<DescribeExecutionOutput> = {},
): StatusChange {
  return {
    ...change,
    input: change.input ?? input,
    error: change.error ?? error,
    cause: change.cause ?? cause,
    startDate: change.startDate ?? startDate?.getTime(),
    stopDate: change.stopDate ?? stopDate?.getTime(),
  };
}

type TryTo = <T>(what: string, read: () => Promise<T>) => Promise<T | undefined>;

async function readMapRun(
  sfn: SFNClient,
  executionArn: string,
  tryTo: TryTo,
): Promise<FailureFacts['mapRun']> {
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn }));
  // A redrive may have started a second one. Newest first.
  const mapRunArn = mapRuns?.[0]?.mapRunArn;
  if (!mapRunArn) {
    return undefined;
  }
  const [description, failedChildren] = await Promise.all([
    tryTo('the counts of its Map Run', () => sfn.send(new DescribeMapRunCommand({ mapRunArn }))),
    tryTo('a failed child of its Map Run', () => readFailedChildren(sfn, mapRunArn)),
  ]);
  return { description, failedChildren: failedChildren ?? [] };
}

async function readFailedChildren(sfn: SFNClient, mapRunArn: string): Promise<FailedChild[]> {
  for (const statusFilter of ['FAILED', 'TIMED_OUT'] as const) {
    const { executions } = await sfn.send(
      new ListExecutionsCommand({ mapRunArn, statusFilter, maxResults: MAX_CHILDREN }),
    );
    const children = await Promise.all(
      (executions ?? []).map(({ executionArn }) =>
        sfn.send(new DescribeExecutionCommand({ executionArn })),
      ),
    );
    if (children.length > 0) {
      return children.map(({ executionArn, error, cause, status, input }) => ({
        executionArn: executionArn!,
        error: error ?? (status === 'TIMED_OUT' ? 'States.Timeout' : undefined),
        cause,
        ...readInput(input),
      }));
    }
  }
  return [];
}

/** The map lists the objects, or the child reads them from files. */
const ChildInput = v.object({
  BatchInput: v.optional(v.object({ run: v.optional(v.object({ reportPrefix: v.string() })) })),
  Items: v.optional(v.array(v.object({ Key: v.string() })), []),
  part: v.optional(v.object({ name: v.string() })),
  parts: v.optional(v.array(v.object({ key: v.string() })), []),
});

function readInput(input: string | undefined): Pick<FailedChild, 'keys' | 'files'> {
  const read = parseAs(ChildInput, input ?? '');
  if (!read) {
    return { keys: [], files: [] };
  }
  const { BatchInput, Items: items, part, parts } = read;
  const run = BatchInput?.run;
  return {
    keys: items.map(({ Key: key }) => key),
    files: part && run ? [toPlanKey(run, part.name)] : parts.map(({ key }) => key),
  };
}

const Invocation = v.object({ FunctionName: v.string() });

export function readHistory(events: HistoryEvent[]): History {
  const entered = events.findIndex((event) => event.stateEnteredEventDetails);
  const last = entered < 0 ? events : events.slice(0, entered + 1);
  const plan = findOutput(events, Plan);
  const invoked = last.find(
    ({ taskScheduledEventDetails: scheduled }) => scheduled?.resourceType === 'lambda',
  );
  const invocation = parseAs(Invocation, invoked?.taskScheduledEventDetails?.parameters ?? '');
  return {
    state: events[entered]?.stateEnteredEventDetails?.name,
    functionName: invocation?.FunctionName,
    ...findError(last),
    run: plan?.run,
    listing: plan?.listing,
    summary: findOutput(events, RunSummary),
  };
}

/**
 * Prefers the error of the last state: it is closer to the cause than the error of the execution.
 */
function findError(events: HistoryEvent[]): { error?: string; cause?: string } {
  const details = events.flatMap((event) =>
    Object.entries(event).filter(([name]) => /(Failed|TimedOut|Aborted)EventDetails$/.test(name)),
  );
  const isOfExecution = ([name]: [string, unknown]) => name.startsWith('execution');
  const ofStates = details.filter((each) => !isOfExecution(each));
  const ofExecution = details.filter(isOfExecution);
  const found = [...ofStates, ...ofExecution].find(([, each]) => each?.error || each?.cause);
  const nearest = found?.[1];
  return { error: nearest?.error, cause: nearest?.cause };
}

function findOutput<T extends v.GenericSchema>(
  events: HistoryEvent[],
  schema: T,
): v.InferOutput<T> | undefined {
  return events.flatMap(
    ({ stateExitedEventDetails: exited }) => parseAs(schema, exited?.output ?? '') ?? [],
  )[0] as v.InferOutput<T> | undefined;
}
