import type { Findings } from './settle-findings';
import { VERIFY_BATCH_MEMORY } from '../../../contract/memory';
import type { VerifiedLine } from '../../../contract/payloads/ledger-line';
import type { VerifyCounts } from '../../../contract/payloads/outcomes';
import type { Run } from '../../../contract/payloads/run';
import { getReportedCost } from '../../pricing/cost';
import { getPrices } from '../../pricing/prices';
import type { Requests } from '../../pricing/requests';
import { toUsage } from '../../pricing/usage';
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
  readonly outcome: 'CLEAN' | 'FAILED';
  readonly counts: VerifyCounts;
  readonly reasons: ReadonlyArray<{ readonly status: 'changed' | 'missing'; readonly code: string; readonly count: number }>;
  /** The first objects that are changed or missing. The ledger of the verification has all of them. */
  readonly problems: VerifiedLine[];
  /** The requests that the verification sent to S3, by operation, without those of its report. */
  readonly requests: Requests;
}

export interface VerificationFacts {
  readonly archiver: string;
  readonly run: Run;
  readonly executionArn: string;
  readonly counts: VerifyCounts;
  readonly findings: Findings;
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
  const { run, executionArn, counts, findings, endedAt } = facts;
  const ledger = { bucket: facts.reportBucket, prefix: run.ledgerPrefix };
  const codes = { missing: 'ARCHIVED_COPY_MISSING', changed: 'ARCHIVED_COPY_CHANGED' } as const;
  return {
    $schema: VERIFICATION_SCHEMA,
    schemaVersion: 1,
    action: 'verify',
    archiver: facts.archiver,
    run: { id: run.id, executionArn, dryRun: run.dryRun },
    dates: { from: run.from, to: run.to },
    deep: run.deep ?? false,
    ...run.ledgerOf !== undefined && { ledgerOf: run.ledgerOf },
    outcome: counts.changed + counts.missing > 0 ? 'FAILED' : 'CLEAN',
    counts,
    bytes: facts.bytes,
    reasons: (['missing', 'changed'] as const).filter((status) => counts[status] > 0).map((status) => ({ status, code: codes[status], count: counts[status] })),
    problems: findings.problems,
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

/** Estimates what the verification cost. After a dry run: what it would cost. */
function estimateCost({ run, counts, batches, requests, milliseconds, region, alertMode }: VerificationFacts): Report['cost'] {
  const cost = getReportedCost(toUsage({
    listed: 0,
    requests,
    batches: batches.count,
    rounds: batches.rounds,
    parts: 0,
    batchSeconds: milliseconds / 1000,
    memoryMb: VERIFY_BATCH_MEMORY,
    express: false,
    outcome: counts.changed + counts.missing > 0 ? 'FAILED' : 'CLEAN',
    notifiesOnSuccess: alertMode === 'EVERY_RUN',
    maxConcurrency: run.maxConcurrency,
    problems: counts.changed + counts.missing,
  }), getPrices(region));
  return { currency: 'USD', ...cost };
}
