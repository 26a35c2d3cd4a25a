/** What machines read of an alert: the attribute `details` of its SNS message, and what is in it. */
import type { Counts, Problem, RunSummary } from './payloads';

/** Where a cause lies. `ledger`: the archiver's own bookkeeping. Each has a paragraph in docs/runbook.md. */
export const LAYERS = ['S3', 'KMS', 'IAM', 'Lambda', 'Step Functions', 'SNS', 'EventBridge Scheduler', 'input', 'ledger'] as const;
export type Layer = typeof LAYERS[number];

/** Of a run, or of one that did not start. */
export type AlertOutcome = RunSummary['outcome'] | 'TIMED_OUT' | 'ABORTED' | 'NOT_STARTED';

/** `null`: not known. A change that a reader could stumble over raises the version. */
export interface AlertDetails {
  readonly schemaVersion: 1;
  readonly archiver: string;
  readonly runId: string | null;
  /** Calendar days, both included. `from: null`: every day up to `to`. */
  readonly dates: { readonly from: string | null; readonly to: string } | null;
  readonly outcome: AlertOutcome;
  /** `null`: there is nothing wrong. */
  readonly layer: Layer | null;
  /** A reason code, else the name of an error. */
  readonly code: string | null;
  readonly cause: string | null;
  readonly counts: Counts | null;
  /** Why objects were not archived, failures before conflicts, the most frequent first. */
  readonly reasons: ReadonlyArray<{ readonly status: 'conflicting' | 'failed'; readonly code: string; readonly count: number }>;
  /** The first of these objects. */
  readonly problems: ReadonlyArray<Pick<Problem, 'key' | 'code'>>;
  /** URI of report.json. */
  readonly report: string | null;
  /** URI that the ledger's parts begin with. */
  readonly ledger: string | null;
  readonly executionArn: string | null;
  readonly nextCommand: string | null;
  /** ARN of the child workflow that a message is about; without it a message is about a run. */
  readonly batchArn?: string;
}
