import type { ExecutionRecord, ExecutionStatus } from 'cdk-s3-dated-archiver-engine';
import type { Bill } from 'cdk-s3-dated-archiver-s3-double';
import * as v from 'valibot';
import { createEstimate } from './estimate';
import type { UsageSoFar } from './usage';
import { RunSummary } from '../../../../src/contract/payloads/report-payloads';
import type { CostItem } from '../../../../src/lambda/pricing/cost';
import type * as api from '../common/api';
import { isObject } from '../common/json';
import type { Alert } from '../sns/topics';

/** The summary that this repository's own tests read. */
export interface SandboxSummary<TCounts = api.Counts> extends api.SandboxSummary<TCounts> {
  readonly status: ExecutionStatus;
  readonly estimate: { readonly usd: number; readonly items: readonly CostItem[] };
}

/**
 * The report-run function's output in an execution, whether or not the execution succeeded
 * afterwards.
 */
export function toRunSummary(record: ExecutionRecord): RunSummary | undefined {
  for (const event of [...record.history.events].reverse()) {
    const details = event.stateExitedEventDetails as { output?: string } | undefined;
    if (!details?.output) {
      continue;
    }
    const output: unknown = JSON.parse(details.output);
    if (v.is(RunSummary, output)) {
      return output;
    }
  }
  return undefined;
}

/** What a run used. */
export interface RunUsage {
  readonly used: UsageSoFar;
  readonly alerts: readonly Alert[];
  /** What the execution sent to EventBridge. */
  readonly events: readonly object[];
  readonly requests: Readonly<Record<string, number>>;
  readonly bill: Bill;
  readonly region: string;
  /** The regions of the buckets, by name. */
  readonly regions: ReadonlyMap<string, string>;
}

export function summarize<TCounts>(
  record: ExecutionRecord,
  usage: RunUsage,
): SandboxSummary<TCounts> {
  const { used, alerts, events, requests, region, ...billed } = usage;
  const report = toRunSummary(record);
  const functions = [...used.functions.values()];
  return {
    status: record.status,
    error: record.error ?? null,
    cause: record.cause ?? null,
    action: report ? (report.action ?? 'archive') : null,
    dryRun: report?.dryRun ?? asksForDryRun(record.input),
    counts: report ? (report.counts as TCounts) : null,
    bytes: report?.bytes ?? null,
    seconds: (record.stopDate!.getTime() - record.startDate.getTime()) / 1000,
    requests: { ...requests },
    transitions: used.meter.transitions,
    children: used.meter.children,
    invocations: functions.reduce((sum, { invocations }) => sum + invocations, 0),
    alerts: alerts.map(({ subject, message }) => ({ subject, message })),
    events,
    report: report?.report ?? null,
    estimate: createEstimate({ ...used, ...billed, functions }, region),
  };
}

/** Whether the input of an execution asks for a dry run. */
function asksForDryRun(input: string): boolean {
  const parsed: unknown = JSON.parse(input);
  return isObject(parsed) && parsed.dryRun === true;
}
