import type { Findings } from './explain-findings';
import { VERIFY_BATCH_MEMORY } from '../../../contract/memory';
import type { VerifiedLine } from '../../../contract/payloads/ledger-line';
import type { VerifyCounts } from '../../../contract/payloads/outcomes';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import type { RunSummary } from '../../../contract/payloads/report-payloads';
import type { Run } from '../../../contract/payloads/run';
import { getReportedCost } from '../../pricing/cost';
import { getPrices } from '../../pricing/prices';
import type { Requests } from '../../pricing/requests';
import { toUsage } from '../../pricing/usage';
import type { NamedRun, PlannedLedgers } from '../../verification/planned-ledgers';
import type { Batches, Report } from '../report/report';
import { getReportLinks, VERIFICATION_SCHEMA } from '../report/report-links';

/** The content of `report.json` after a verification; docs/verification.schema.json describes it. */
export interface VerificationReport extends Pick<
  Report, 'schemaVersion' | 'archiver' | 'run' | 'dates' | 'bytes' | 'timeZone' | 'startedAt' | 'endedAt' | 'seconds' | 'batches' | 'cost' | 'destination' | 'ledger' | 'links'
> {
  readonly $schema: string;
  readonly action: 'verify';
  /** Whether checksums were compared, too. */
  readonly deep: boolean;
  /** The run whose ledger was read, if the input named one. */
  readonly ledgerOf?: string;
  readonly outcome: RunSummary['outcome'];
  readonly counts: VerifyCounts;
  readonly reasons: ReadonlyArray<{ readonly status: 'changed' | 'missing' | 'unproven'; readonly code: string; readonly count: number }>;
  /** The first objects that are changed, missing or unproven. The ledger of the verification has all of them. */
  readonly problems: VerifiedLine[];
  /** The runs whose ledgers the input names: how many were read, and which have not ended or have no report. */
  readonly runs: { readonly verified: number; readonly running: NamedRun[]; readonly withoutReport: NamedRun[] };
  /** What the ledgers lack. Unset: nothing. */
  readonly lacking?: PlannedLedgers['lacking'];
  /** How many present objects were not compared with those of other ledgers. Unset: none. */
  readonly notCompared?: number;
  /** The requests that the verification sent to S3, by operation, without those of its report. */
  readonly requests: Requests;
}

export interface VerificationFacts {
  readonly archiver: string;
  readonly run: Run;
  readonly executionArn: string;
  readonly counts: VerifyCounts;
  readonly findings: Findings;
  readonly ledgers: PlannedLedgers;
  readonly notCompared: number;
  readonly bytes: number;
  readonly batches: Batches;
  readonly requests: Requests;
  readonly milliseconds: number;
  readonly timeZone: string;
  readonly endedAt: Date;
  readonly region: string;
  readonly alertMode?: string;
  readonly logGroup: string;
  readonly destination: VerificationReport['destination'];
  readonly reportBucket: string;
}

export function createVerificationReport(facts: VerificationFacts): VerificationReport {
  const { run, executionArn, counts, findings, ledgers, notCompared, endedAt } = facts;
  const ledger = { bucket: facts.reportBucket, prefix: run.ledgerPrefix };
  return {
    $schema: VERIFICATION_SCHEMA,
    schemaVersion: 1,
    action: 'verify',
    archiver: facts.archiver,
    run: { id: run.id, executionArn, dryRun: run.dryRun },
    dates: { from: run.from, to: run.to },
    deep: run.deep ?? false,
    ...run.ledgerOf !== undefined && { ledgerOf: run.ledgerOf },
    outcome: judge(facts),
    counts,
    bytes: facts.bytes,
    reasons: listReasons(facts),
    problems: findings.problems,
    runs: { verified: ledgers.verified, running: ledgers.running, withoutReport: ledgers.withoutReport },
    ...ledgers.lacking.parts > 0 && { lacking: ledgers.lacking },
    ...notCompared > 0 && { notCompared },
    timeZone: facts.timeZone,
    startedAt: new Date(run.startTime).toISOString(),
    endedAt: endedAt.toISOString(),
    seconds: (endedAt.getTime() - Date.parse(run.startTime)) / 1000,
    batches: facts.batches,
    requests: facts.requests,
    cost: estimateCost(facts),
    destination: facts.destination,
    ledger,
    links: getReportLinks({ executionArn, bucket: ledger.bucket, prefix: run.reportPrefix, logGroup: facts.logGroup }),
  };
}

/** A run without a report may have archived more than its ledger says, so nobody may take its verification for a clean one. */
function judge({ counts: { changed, missing, unproven }, ledgers }: Pick<VerificationFacts, 'counts' | 'ledgers'>): RunSummary['outcome'] {
  if (changed + missing > 0) { return 'FAILED'; }
  return unproven + ledgers.withoutReport.length > 0 ? 'PROBLEMS' : 'CLEAN';
}

function listReasons({ findings: { missing, changed, unproven }, ledgers: { lacking } }: VerificationFacts): VerificationReport['reasons'] {
  return ([
    { status: 'missing', code: ReasonCode.ARCHIVED_COPY_MISSING, count: missing },
    { status: 'changed', code: ReasonCode.ARCHIVED_COPY_CHANGED, count: changed },
    { status: 'unproven', code: ReasonCode.LEDGER_LINES_MISSING, count: lacking.lines },
    { status: 'unproven', code: ReasonCode.ARCHIVED_COPY_UNPROVEN, count: unproven },
  ] as const).filter(({ count }) => count > 0);
}

/** Estimates what the verification cost. After a dry run: what it would cost. */
function estimateCost(facts: VerificationFacts): Report['cost'] {
  const { run, findings, batches, requests, milliseconds, region, alertMode } = facts;
  const cost = getReportedCost(toUsage({
    listed: 0,
    requests,
    batches: batches.count,
    rounds: batches.rounds,
    parts: 0,
    batchSeconds: milliseconds / 1000,
    memoryMb: VERIFY_BATCH_MEMORY,
    express: false,
    outcome: judge(facts),
    notifiesOnSuccess: alertMode === 'EVERY_RUN',
    maxConcurrency: run.maxConcurrency,
    problems: findings.changed + findings.missing + findings.unproven,
  }), getPrices(region));
  return { currency: 'USD', ...cost };
}
