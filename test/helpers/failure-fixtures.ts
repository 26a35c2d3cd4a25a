import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListMapRunsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { EXECUTION, RUN } from './report-fixtures';
import type { Plan } from '../../src/contract/payloads/batch-payloads';
import type { RunSummary } from '../../src/contract/payloads/report-payloads';
import {
  type FailureFacts,
  gatherFacts,
  type StatusChange,
} from '../../src/lambda/explain-failure/failure-facts';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';

export const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Archiver';
export const MAP_RUN = 'arn:aws:states:eu-west-1:123456789012:mapRun:Archiver/ArchiveObjects:0f';
export const CHILD = 'arn:aws:states:eu-west-1:123456789012:execution:Archiver/ArchiveObjects:c1';
export const START = new Date('2026-11-25T01:00:00Z');

export const PLAN: Plan = {
  run: RUN,
  listing: { prefix: 'incoming/' },
  maxConcurrency: 10,
  resultPrefix: `${RUN.reportPrefix}map-run`,
  finish: {},
  progress: initialProgress(),
};

export const SUMMARY: RunSummary = {
  runId: 'nightly',
  dates: { from: '2026-11-24', to: '2026-11-24' },
  action: 'archive',
  dryRun: false,
  outcome: 'FAILED',
  counts: { listed: 10, archived: 4, skipped: 3, conflicting: 1, failed: 2 },
  bytes: 400,
  stragglers: { count: 0, oldest: null },
  report: { bucket: 'reports', key: `${RUN.reportPrefix}report.json` },
  subject: 'Archive FAILED, 2 failed: 2026-11-24 (Demo)',
  message: 'Demo: 2 of 7 objects for these days failed.\n\nNext: ...',
  attributes: {
    archiver: 'Demo',
    runId: 'nightly',
    outcome: 'FAILED',
    layer: 'IAM',
    details: '{"schemaVersion":1}',
  },
};

export function change(more: Partial<StatusChange> = {}): StatusChange {
  return {
    executionArn: EXECUTION,
    stateMachineArn: MACHINE,
    name: 'nightly',
    status: 'FAILED',
    startDate: START.getTime(),
    stopDate: START.getTime() + 60_000,
    input: '{}',
    ...more,
  };
}

export function event(more: Partial<StatusChange> = {}): { detail: StatusChange } {
  return { detail: change(more) };
}

/**
 * Returns a history with the newest event first. The arguments are in the order in which the events
 * happen.
 */
export function history(...events: Partial<HistoryEvent>[]): HistoryEvent[] {
  return events
    .map((each, index) => ({
      id: index + 1,
      timestamp: START,
      type: 'TaskStateEntered' as const,
      ...each,
    }))
    .reverse();
}

export const entered = (name: string): Partial<HistoryEvent> => ({
  stateEnteredEventDetails: { name },
});
export const exited = (name: string, output: object): Partial<HistoryEvent> => ({
  stateExitedEventDetails: { name, output: JSON.stringify(output) },
});
export const taskFailed = (error: string, cause?: string): Partial<HistoryEvent> => ({
  taskFailedEventDetails: { resourceType: 'lambda', resource: 'invoke', error, cause },
});
export const executionFailed = (error?: string, cause?: string): Partial<HistoryEvent> => ({
  executionFailedEventDetails: { error, cause },
});
export const lambdaCause = (errorType: string, errorMessage: string) =>
  JSON.stringify({ errorType, errorMessage, trace: [`${errorType}: ${errorMessage}`, '    at x'] });

export const PLANNED = [entered('PlanRun'), exited('PlanRun', PLAN)];
const THRESHOLD = [
  'States.ExceedToleratedFailureThreshold',
  'The specified tolerated failure threshold was exceeded',
] as const;
export const THRESHOLD_CHANGE = { error: THRESHOLD[0], cause: THRESHOLD[1] };
/** The history of a run whose map failed. */
export const MAP_FAILED = [
  ...PLANNED,
  entered('ArchiveObjects'),
  { mapRunFailedEventDetails: THRESHOLD_CHANGE },
  executionFailed(...THRESHOLD),
];

export const client = new SFNClient({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
});
export const sfn = mockClient(client);

export interface Known {
  readonly events?: HistoryEvent[];
  readonly execution?: {
    redriveStatus?: 'REDRIVABLE' | 'NOT_REDRIVABLE';
    input?: string;
    error?: string;
    cause?: string;
  };
  readonly children?: { error?: string; cause?: string; input?: string }[];
  readonly timedOutChildren?: number;
}

/** Returns the responses of Step Functions. */
export function answer({
  events = [],
  execution = { redriveStatus: 'REDRIVABLE' },
  children,
  timedOutChildren = 0,
}: Known): void {
  sfn.reset();
  sfn
    .on(DescribeExecutionCommand, { executionArn: EXECUTION })
    .resolves({ executionArn: EXECUTION, startDate: START, input: '{}', ...execution });
  sfn.on(GetExecutionHistoryCommand).resolves({ events });
  const mapRun = {
    executionArn: EXECUTION,
    mapRunArn: MAP_RUN,
    stateMachineArn: MACHINE,
    startDate: START,
  };
  sfn.on(ListMapRunsCommand).resolves({ mapRuns: children ? [mapRun] : [] });
  const counts = { pending: 0, running: 0, resultsWritten: 0 };
  sfn.on(DescribeMapRunCommand).resolves({
    mapRunArn: MAP_RUN,
    executionCounts: { ...counts, total: 30, succeeded: 17, failed: 11, timedOut: 1, aborted: 1 },
    itemCounts: {
      ...counts,
      total: 29_500,
      succeeded: 17_000,
      failed: 11_000,
      timedOut: 1_000,
      aborted: 500,
    },
  });
  const listed = (prefix: string, count: number) => ({
    executions: Array.from({ length: count }, (_, i) => ({
      executionArn: `${CHILD}${prefix}${i}`,
      stateMachineArn: MACHINE,
      name: '',
      status: 'FAILED' as const,
      startDate: START,
    })),
  });
  sfn
    .on(ListExecutionsCommand, { mapRunArn: MAP_RUN, statusFilter: 'FAILED' })
    .resolves(listed('f', children?.length ?? 0));
  sfn
    .on(ListExecutionsCommand, { mapRunArn: MAP_RUN, statusFilter: 'TIMED_OUT' })
    .resolves(listed('t', timedOutChildren));
  children?.forEach((child, i) =>
    sfn
      .on(DescribeExecutionCommand, { executionArn: `${CHILD}f${i}` })
      .resolves({ executionArn: `${CHILD}f${i}`, status: 'FAILED', ...child }),
  );
  for (let i = 0; i < timedOutChildren; i++) {
    sfn
      .on(DescribeExecutionCommand, { executionArn: `${CHILD}t${i}` })
      .resolves({ executionArn: `${CHILD}t${i}`, status: 'TIMED_OUT' });
  }
}

export function factsOf(known: Known, more: Partial<StatusChange> = {}): Promise<FailureFacts> {
  answer(known);
  return gatherFacts(client, change(more));
}
