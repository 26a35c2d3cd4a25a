import type { PlannedLedgers } from './planned-ledgers';
import { VERIFY_BATCH_MEMORY } from '../../../contract/memory';
import type { VerifyCounts } from '../../../contract/payloads/outcomes';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import type { RunSummary } from '../../../contract/payloads/report-payloads';
import { getReportedCost, type ReportedCost } from '../../../lambda/pricing/cost';
import { groupByOperation, type Requests } from '../../../lambda/pricing/requests';
import { toUsage } from '../../../lambda/pricing/usage';
import type { Findings } from '../../../lambda/report-run/explain-findings';
import {
  type BaseFacts,
  createReportBase,
  type Place,
  type ReportBase,
  VERIFICATION_SCHEMA,
} from '../../../lambda/report-run/report/report-base';

/**
 * The content of `report.json` after a verification. docs/verification.schema.json describes its
 * fields.
 */
export interface VerificationReport extends ReportBase {
  readonly action: 'verify';
  /** Checksums are compared, too. */
  readonly deep: boolean;
  /** The run whose ledger was compared. Unset: all runs of these days. */
  readonly ledgerOf?: string;
  readonly counts: VerifyCounts;
  readonly reasons: readonly VerificationReason[];
  /** The first of them, the worst first. */
  readonly problems: Findings['problems'];
  readonly runs: Omit<PlannedLedgers, 'lacking'>;
  /** Parts of ledgers that lack lines. Unset: none. */
  readonly lacking?: PlannedLedgers['lacking'];
  /** In a deep verification, the number of versions without a checksum to compare. Unset: none. */
  readonly notCompared?: number;
  /** To S3, by operation. */
  readonly requests: Requests;
  readonly destination: Place;
}

export interface VerificationReason {
  readonly status: 'missing' | 'changed' | 'unproven';
  readonly code: string;
  readonly count: number;
}

export interface VerificationFacts extends Omit<BaseFacts, 'outcome'> {
  readonly counts: VerifyCounts;
  readonly bytes: number;
  readonly requests: Requests;
  readonly retrieved: Readonly<Record<string, number>>;
  readonly destination: Place;
  readonly findings: Findings;
  readonly ledgers: PlannedLedgers;
  readonly notCompared: number;
  readonly milliseconds: number;
}

export function createVerificationReport(facts: VerificationFacts): VerificationReport {
  const {
    run: { deep = false, ledgerOf },
    counts,
    findings,
    notCompared,
    bytes,
    requests,
  } = facts;
  const { lacking, verified, running, withoutReport } = facts.ledgers;
  const outcome = judge(facts);
  return {
    ...createReportBase(
      VERIFICATION_SCHEMA,
      { ...facts, outcome },
      bytes,
      estimateCost(facts, outcome),
    ),
    action: 'verify',
    deep,
    ...(ledgerOf !== undefined && { ledgerOf }),
    counts,
    reasons: listReasons(facts),
    problems: findings.problems,
    runs: { verified, running, withoutReport },
    ...(lacking.parts > 0 && { lacking }),
    ...(notCompared > 0 && { notCompared }),
    requests: groupByOperation(requests),
    destination: facts.destination,
  };
}

/**
 * A run without a report may have archived more than its ledger says, so its verification is never
 * clean.
 */
function judge({
  counts: { changed, missing, unproven },
  ledgers,
}: VerificationFacts): RunSummary['outcome'] {
  if (changed + missing > 0) {
    return 'FAILED';
  }
  return unproven + ledgers.withoutReport.length > 0 ? 'PROBLEMS' : 'CLEAN';
}

function listReasons({
  findings: { missing, changed, unproven },
  ledgers: { lacking },
}: VerificationFacts): VerificationReason[] {
  const reasons: VerificationReason[] = [
    { status: 'missing', code: ReasonCode.ARCHIVED_COPY_MISSING, count: missing },
    { status: 'changed', code: ReasonCode.ARCHIVED_COPY_CHANGED, count: changed },
    { status: 'unproven', code: ReasonCode.LEDGER_LINES_MISSING, count: lacking.lines },
    { status: 'unproven', code: ReasonCode.ARCHIVED_COPY_UNPROVEN, count: unproven },
  ];
  return reasons.filter(({ count }) => count > 0);
}

function estimateCost(
  {
    run,
    findings,
    batches,
    requests,
    retrieved,
    milliseconds,
    awsRegion,
    alertMode,
  }: VerificationFacts,
  outcome: RunSummary['outcome'],
): ReportedCost {
  return getReportedCost(
    toUsage({
      listed: 0,
      requests: {},
      counted: requests,
      retrieved,
      batches: batches.count,
      rounds: batches.rounds,
      hasStatesPerRound: true,
      parts: 0,
      batchSeconds: milliseconds / 1000,
      memoryMb: VERIFY_BATCH_MEMORY,
      outcome,
      notifiesOnSuccess: alertMode === 'EVERY_RUN',
      maxConcurrency: run.maxConcurrency,
      problems: findings.changed + findings.missing + findings.unproven,
    }),
    awsRegion,
  );
}
