import type { ExecutionRecord } from 'cdk-s3-dated-archiver-engine';
import * as v from 'valibot';
import { RunSummary } from '../../../../src/contract/payloads/report-payloads';

/** What a program reads of a run. */
export interface CommandSummary {
  readonly id: string;
  readonly status: ExecutionRecord['status'];
  /** Null: the run ended before its report. */
  readonly outcome: RunSummary['outcome'] | null;
  readonly action: RunSummary['action'] | null;
  readonly dryRun: boolean | null;
  readonly dates: RunSummary['dates'] | null;
  readonly counts: RunSummary['counts'] | null;
  readonly bytes: number | null;
  readonly seconds: number;
  readonly report: RunSummary['report'] | null;
}

export function summarizeRun(record: ExecutionRecord): CommandSummary {
  const report = findSummary(record);
  const { outcome, action, dryRun, dates, counts, bytes } = report ?? {};
  return {
    id: record.name,
    status: record.status,
    outcome: outcome ?? null,
    action: action ?? null,
    dryRun: dryRun ?? null,
    dates: dates ?? null,
    counts: counts ?? null,
    bytes: bytes ?? null,
    seconds: (record.stopDate!.getTime() - record.startDate.getTime()) / 1_000,
    report: report?.report ?? null,
  };
}

/** What ReportRun returned, whether or not the run succeeded afterwards. */
export function findSummary({ history }: ExecutionRecord): RunSummary | undefined {
  for (const event of [...history.events].reverse()) {
    const { output } = (event.stateExitedEventDetails ?? {}) as { readonly output?: string };
    const parsed: unknown = output === undefined ? undefined : JSON.parse(output);
    if (v.is(RunSummary, parsed)) {
      return parsed;
    }
  }
  return undefined;
}
