import * as v from 'valibot';
import { RunSummary } from '../../../../src/contract/payloads';
import type { CostItem } from '../../../../src/lambda/pricing/cost';
import type * as api from '../api';
import type { ExecutionRecord, ExecutionStatus } from '../step-functions/records';

/** The summary that this repository's own tests read. */
export interface SandboxSummary<TCounts = api.Counts> extends api.SandboxSummary<TCounts> {
  readonly status: ExecutionStatus;
  readonly estimate: { readonly usd: number; readonly items: readonly CostItem[] };
}

/** The report-run function's output in an execution, whether or not the execution succeeded afterwards. */
export function toRunSummary(record: ExecutionRecord): RunSummary | undefined {
  for (const event of [...record.history.events].reverse()) {
    const details = event.stateExitedEventDetails as { output?: string } | undefined;
    if (!details?.output) { continue; }
    const output: unknown = JSON.parse(details.output);
    if (v.is(RunSummary, output)) { return output; }
  }
  return undefined;
}
