import { ErrorName, namedError } from '../../../contract/errors';
import type { Counts } from '../../../contract/payloads/outcomes';
import type { RunSummary } from '../../../contract/payloads/report-payloads';
import type { Run } from '../../../contract/payloads/run';
import { formatObjects } from '../../text/format';

export type Outcome = RunSummary['outcome'];

/**
 * Checks that every listed object is accounted for. If the ledger had a gap, an object could get lost without anyone
 * noticing.
 *
 * @throws LedgerUnbalanced
 */
export function assertBalanced(counts: Counts, bucket: string, { ledgerPrefix, reportPrefix }: Pick<Run, 'ledgerPrefix' | 'reportPrefix'>): void {
  const { listed, archived, skipped, conflicting, failed } = counts;
  const accounted = archived + skipped + conflicting + failed;
  if (accounted === listed) { return; }
  throw namedError(
    ErrorName.LEDGER_UNBALANCED,
    `the ledger accounts for ${formatObjects(Math.abs(listed - accounted))} ${accounted < listed ? 'fewer' : 'more'} than were listed: listed ${listed}, `
    + `but archived ${archived} + skipped ${skipped} + conflicting ${conflicting} + failed ${failed} = ${accounted}; `
    + `compare the parts under s3://${bucket}/${ledgerPrefix} with the result files under s3://${bucket}/${reportPrefix}map-run/`,
  );
}

/** Decides the outcome of a run. Conflicts never count against the tolerance, because nothing failed. */
export function judge(counts: Counts, toleratedFailurePercentage: number): Outcome {
  if (exceeds(counts.failed, getSelected(counts), toleratedFailurePercentage)) { return 'FAILED'; }
  return counts.failed + counts.conflicting > 0 ? 'PROBLEMS' : 'CLEAN';
}

export function getSelected({ archived, conflicting, failed }: Counts): number {
  return archived + conflicting + failed;
}

/** Computes `part / whole > percentage / 100` exactly: in binary floating point, 0.57 * 10,000 is 5,699.999... */
function exceeds(part: number, whole: number, percentage: number): boolean {
  const [mantissa, exponent = '0'] = String(percentage).split('e');
  const [integer, fraction = ''] = mantissa.split('.');
  const scale = BigInt(fraction.length - Number(exponent));
  return BigInt(part) * 100n * 10n ** scale > BigInt(integer + fraction) * BigInt(whole);
}
