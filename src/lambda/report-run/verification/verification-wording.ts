/** Sentences and commands that both the alert and the page of a verification contain. */
import type { VerificationReport } from './verification-report';
import { listVersionsCommand, sameLedgersInput, startExecutionCommand } from '../../alerts/cli-commands';
import { toStateMachineArn } from '../../text/arn';
import { formatCount, formatKey, formatObjects, formatUsd } from '../../text/format';

/** Describes the result. The sentence follows the name of the archiver, so it begins with a small letter. */
export function describeVerification({ run, counts, deep }: VerificationReport): string {
  const { listed, changed, missing } = counts;
  const what = deep ? 'ETags, sizes and checksums' : 'ETags and sizes';
  if (run.dryRun) { return `a verification of ${formatObjects(listed)} would compare their ${what}.`; }
  if (changed + missing > 0) {
    return `${formatCount(changed + missing)} of ${formatObjects(listed)} in the archive ${changed + missing === 1 ? 'is' : 'are'} not as the ledger says.`;
  }
  return listed === 0 ? 'the ledgers of these days have no archived objects.' : `the archive has ${listed === 1 ? 'the only object' : `all ${formatObjects(listed)}`} of these ledgers. Compared: ${what}.`;
}

export const VERIFY_DRY_RUN_NOTE = 'This was a dry run: the archive was not looked at.';

/** A count of the report: its name, what it is about, and a note. */
export interface CountRow {
  readonly name: string;
  readonly status: 'present' | 'changed' | 'missing' | 'skipped';
  readonly count: number;
  readonly note?: string;
}

/** A dry run does not look at the archive, so it does not know what is changed or missing. */
export function listCountRows({ counts: { present, changed, missing, skipped }, run: { dryRun } }: VerificationReport): CountRow[] {
  const note = 'since restored, or archived again';
  return dryRun
    ? [{ name: 'Would compare', status: 'present', count: present }, { name: 'Would skip', status: 'skipped', count: skipped, note }]
    : [
      { name: 'Present', status: 'present', count: present }, { name: 'Changed', status: 'changed', count: changed },
      { name: 'Missing', status: 'missing', count: missing }, { name: 'Skipped', status: 'skipped', count: skipped, note },
    ];
}

export function describeDryRunCost({ cost }: VerificationReport): string {
  return `The verification would cost about ${formatUsd(cost.total)} (list prices for ${cost.prices.region} as of ${cost.prices.asOf}).`;
}

/** What to do first. The sentences follow "Next: ". */
export const FIND_OUT = 'find out who deleted or overwrote these objects before you repair anything. If the bucket is versioned, this command lists the versions of the first object, with their times:';

/** The command that shows the versions of the first object. */
export function findOutCommand({ destination, problems }: VerificationReport): string | undefined {
  return problems[0] && listVersionsCommand(destination.bucket, problems[0].destination);
}

/** The command that verifies the same ledgers again. */
export function verifyAgainCommand({ run, dates, deep, ledgerOf }: VerificationReport): string {
  return startExecutionCommand(toStateMachineArn(run.executionArn), sameLedgersInput({ action: 'verify', ...dates, dryRun: run.dryRun, ledgerOf, deep }));
}

export function describeSource({ ledgerOf }: VerificationReport): string {
  return ledgerOf === undefined ? 'all runs for these days' : `run ${formatKey(ledgerOf)}`;
}
