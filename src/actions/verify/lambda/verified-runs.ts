import type { S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { BalancedParts } from './balanced-parts';
import type { LackingPart, NamedRun, PlannedLedgers } from './planned-ledgers';
import { HEARTBEAT_NAME, HEARTBEAT_SECONDS, REPORT_NAME } from '../../../contract/report-places';
import { type ClaimedRun, toReportPrefix } from '../../../lambda/ledger/run-claims';
import { type LedgerCheck, openLedgerCheck } from '../../../lambda/plan-run/ledger-check';
import type { PlannedLedger } from '../../../lambda/plan-run/plan-parts';
import { listPage } from '../../../lambda/s3/listing/list-page';
import { orderedMap } from '../../../lambda/s3/ordered-map';
import { findJsonFrom } from '../../../lambda/s3/read-objects';
import { isOfCommand } from '../../../lambda/text/arn';

interface VerifiedRunsContext {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly reportPrefix: string;
  readonly isRunning: (executionArn: string) => Promise<boolean>;
  readonly now: () => number;
}

export interface VerifiedRuns extends Pick<PlannedLedgers, 'running' | 'withoutReport'> {
  readonly ledgers: readonly PlannedLedger[];
}

/**
 * The size of the ledger parts that one child verifies: several thousand objects. The four state
 * transitions of a child are most of its cost.
 */
const VERIFIED_BYTES = 2 * 1024 ** 2;
/**
 * If other ledgers may have the same versions, a child returns 16 bytes per version, and a state
 * has at most 256 KiB.
 */
const SHARED_BYTES = 512 * 1024;
const RUNS_AT_ONCE = 16;

interface InspectedRun {
  readonly run: ClaimedRun;
  /** Unset: the run has no report that says what its ledger had. */
  readonly check?: LedgerCheck;
  readonly isRunning: boolean;
}

const ReportOfRun = v.object({
  run: v.object({ executionArn: v.string() }),
  ledger: v.object({ balanced: BalancedParts }),
});

export async function findVerifiedRuns(
  context: VerifiedRunsContext,
  runs: readonly ClaimedRun[],
): Promise<VerifiedRuns> {
  const inspected: InspectedRun[] = [];
  for await (const each of orderedMap(runs, RUNS_AT_ONCE, (run) => inspectRun(context, run))) {
    inspected.push(each);
  }
  const ended = inspected.filter(({ isRunning }) => !isRunning);
  // Only runs of the same days find the same objects.
  const isShared = (run: ClaimedRun) =>
    ended.some(
      ({ run: other }) =>
        other !== run && (run.from ?? '') <= other.to && (other.from ?? '') <= run.to,
    );
  return {
    ledgers: ended.map(({ run, check }) => ({
      prefix: run.ledgerPrefix,
      check,
      ...(isShared(run) ? { bytes: SHARED_BYTES, isShared: true } : { bytes: VERIFIED_BYTES }),
    })),
    running: inspected.filter(({ isRunning }) => isRunning).map(({ run }) => toNamedRun(run)),
    withoutReport: ended.filter(({ check }) => !check).map(({ run }) => toNamedRun(run)),
  };
}

export async function sumLacking(
  ledgers: readonly PlannedLedger[],
  maxExamples = 20,
): Promise<PlannedLedgers['lacking']> {
  const examples: LackingPart[] = [];
  let parts = 0;
  let lines = 0;
  for (const { check } of ledgers) {
    for await (const lacking of check?.lacking() ?? []) {
      parts += 1;
      lines += lacking.lines;
      if (examples.length < maxExamples) {
        examples.push(lacking);
      }
    }
  }
  return { parts, lines, examples };
}

/**
 * Only a run without a report may be running, or running again: the report is written after the
 * map, and a redrive does not repeat a map that has ended.
 */
async function inspectRun(context: VerifiedRunsContext, run: ClaimedRun): Promise<InspectedRun> {
  const check = await openCheck(context, run);
  if (check) {
    return { run, check, isRunning: false };
  }
  if (await isUnderWay(context, run)) {
    return { run, isRunning: true };
  }
  // It may have ended meanwhile.
  return { run, check: await openCheck(context, run), isRunning: false };
}

/** A heartbeat that comes late is still one: the machine may be busy. */
const HEARTBEATS_MISSED = 5;

async function isUnderWay(context: VerifiedRunsContext, run: ClaimedRun): Promise<boolean> {
  if (!isOfCommand(run.executionArn)) {
    return context.isRunning(run.executionArn);
  }
  const { s3, bucket, reportPrefix, now } = context;
  const Prefix = `${toReportPrefix(reportPrefix, run)}${HEARTBEAT_NAME}`;
  const { Contents: [heartbeat] = [] } = await listPage(s3, { Bucket: bucket, Prefix, MaxKeys: 1 });
  const since = now() - (heartbeat?.LastModified?.getTime() ?? 0);
  return since < HEARTBEATS_MISSED * HEARTBEAT_SECONDS * 1_000;
}

async function openCheck(
  { s3, bucket, reportPrefix }: VerifiedRunsContext,
  run: ClaimedRun,
): Promise<LedgerCheck | undefined> {
  const report = await findJsonFrom(
    ReportOfRun,
    s3,
    bucket,
    `${toReportPrefix(reportPrefix, run)}${REPORT_NAME}`,
  );
  return report?.run.executionArn === run.executionArn
    ? openLedgerCheck(s3, bucket, run.ledgerPrefix, report.ledger.balanced)
    : undefined;
}

function toNamedRun({ name, executionArn, from, to }: ClaimedRun): NamedRun {
  return { name, executionArn, dates: { from, to } };
}

/**
 * Errors that mean that the execution has ended: Step Functions forgets executions after 90 days
 * (API_DescribeExecution), and denies access to those of an earlier state machine.
 */
const ENDED = ['ExecutionDoesNotExist', 'AccessDeniedException', 'InvalidArn'];

/**
 * Whether an execution is running, perhaps after a redrive. The answer of Step Functions may be a
 * little out of date.
 */
export async function isExecutionRunning(sfn: SFNClient, executionArn: string): Promise<boolean> {
  try {
    return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === 'RUNNING';
  } catch (error) {
    if (ENDED.includes((error as Error).name)) {
      return false;
    }
    throw error;
  }
}
