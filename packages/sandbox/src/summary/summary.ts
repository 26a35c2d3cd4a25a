import * as v from 'valibot';
import { type Counts, RunSummary } from '../../../../src/contract/payloads';
import type { CostItem } from '../../../../src/lambda/pricing/cost';
import type { ExecutionRecord, ExecutionStatus } from '../step-functions/records';

/** What the CLI writes with --json. */
export interface SandboxSummary {
  readonly status: ExecutionStatus;
  readonly error: string | null;
  readonly cause: string | null;
  /** null where the run ended before its report. */
  readonly counts: Counts | null;
  readonly bytes: number | null;
  readonly seconds: number;
  /** Requests to S3 by operation. */
  readonly requests: Record<string, number>;
  readonly transitions: number;
  readonly children: number;
  readonly invocations: number;
  readonly alerts: { readonly subject: string | null; readonly message: string }[];
  readonly report: { readonly bucket: string; readonly key: string } | null;
  /** At list prices, with durations as they were here. */
  readonly estimate: { readonly usd: number; readonly items: readonly CostItem[] };
}

/** What ReportRun answered in an execution, whether or not it succeeded afterwards. */
export function toRunSummary(record: ExecutionRecord): RunSummary | undefined {
  for (const event of [...record.history.events].reverse()) {
    const details = event.stateExitedEventDetails as { output?: string } | undefined;
    if (!details?.output) { continue; }
    const output: unknown = JSON.parse(details.output);
    if (v.is(RunSummary, output)) { return output; }
  }
  return undefined;
}
