/** The part of an alert that programs read: the attribute `details` of the SNS message. */
import type { Problem } from './payloads/outcomes';
import type { RunSummary } from './payloads/report-payloads';
import type { Action } from './payloads/run';

/**
 * The layers in which a cause may lie. `ledger` is the archiver's own bookkeeping. docs/runbook.md
 * has a paragraph about each layer.
 */
export const LAYERS = [
  'S3',
  'KMS',
  'IAM',
  'Lambda',
  'Step Functions',
  'SNS',
  'EventBridge Scheduler',
  'input',
  'ledger',
] as const;
export type Layer = (typeof LAYERS)[number];

export type AlertOutcome = RunSummary['outcome'] | 'TIMED_OUT' | 'ABORTED' | 'NOT_STARTED';

/** `null` means not known. A change that could break a reader raises `schemaVersion`. */
export interface AlertDetails {
  readonly schemaVersion: 1;
  readonly archiver: string;
  readonly runId: string | null;
  readonly dates: { readonly from: string | null; readonly to: string } | null;
  readonly outcome: AlertOutcome;
  readonly layer: Layer | null;
  /** A reason code, or else the name of an error. */
  readonly code: string | null;
  readonly cause: string | null;
  /** Unset if it is not known: the run ended before it was planned. */
  readonly action?: Action;
  /** Only of a restore to the report bucket. */
  readonly target?: 'reports';
  readonly counts: RunSummary['counts'] | null;
  /**
   * Why objects were not archived, or are not as they were archived: failures first, and the most
   * frequent first.
   */
  readonly reasons: ReadonlyArray<{
    readonly status: 'conflicting' | 'failed' | 'changed' | 'missing' | 'unproven';
    readonly code: string;
    readonly count: number;
  }>;
  readonly problems: ReadonlyArray<Pick<Problem, 'key' | 'code'>>;
  readonly report: string | null;
  readonly ledger: string | null;
  readonly executionArn: string | null;
  readonly nextCommand: string | null;
  /**
   * The ARN of the child workflow, if the message is about one batch. Without it the message is
   * about a run.
   */
  readonly batchArn?: string;
}

export const BATCH_SUBJECT = 'S3DatedArchiver: a batch has problems';

export function unknownDetails(
  archiver: string,
  outcome: AlertOutcome,
): Omit<AlertDetails, 'schemaVersion'> {
  const unknown = {
    runId: null,
    dates: null,
    layer: null,
    code: null,
    cause: null,
    counts: null,
    report: null,
    ledger: null,
  };
  return {
    archiver,
    outcome,
    ...unknown,
    reasons: [],
    problems: [],
    executionArn: null,
    nextCommand: null,
  };
}
