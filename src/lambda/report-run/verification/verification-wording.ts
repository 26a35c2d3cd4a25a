/** Sentences and commands that both the alert and the page of a verification contain. */
import type { VerificationReport } from './verification-report';
import {
  headObjectCommand, listVersionsCommand, redriveExecutionCommand, sameLedgersInput, sameRunInput, startExecutionCommand,
} from '../../alerts/cli-commands';
import { toStateMachineArn } from '../../text/arn';
import { formatCount, formatKey, formatObjects, formatUsd } from '../../text/format';
import type { NamedRun } from '../../verification/planned-ledgers';

/** Describes the result. The sentences follow the name of the archiver, so the first one begins with a small letter. */
export function describeVerification(report: VerificationReport): string {
  const { run, counts, deep, runs } = report;
  const what = deep ? 'ETags, sizes and checksums' : 'ETags and sizes';
  if (run.dryRun) { return `a verification of ${formatObjects(counts.listed)} would compare their ${what}.`; }
  return [
    ...describeCounts(counts, what),
    ...runs.withoutReport.length > 0 ? [`${describeRuns(runs.withoutReport)} ended without a report, so nothing proves that the ledger has all that the run archived.`] : [],
    ...runs.running.length > 0 ? [`${describeRuns(runs.running)} has not ended, so nothing is said about what it archives.`] : [],
  ].join(' ');
}

function describeCounts({ listed, present, changed, missing, unproven, skipped }: VerificationReport['counts'], what: string): string[] {
  const lost = changed + missing;
  const doubt = unproven > 0 ? [`Nothing proves that the archive has ${lost > 0 ? 'another ' : ''}${formatCount(unproven)} of them.`] : [];
  if (lost > 0) { return [`${formatCount(lost)} of ${formatObjects(listed)} in the archive ${lost === 1 ? 'is' : 'are'} not as the ledger says.`, ...doubt]; }
  if (listed === 0) { return ['the ledgers of these days have no archived objects.']; }
  if (present < listed) {
    const restored = skipped > 0 ? [`${formatCount(skipped)} ${skipped === 1 ? 'was' : 'were'} restored, and ${skipped === 1 ? 'is' : 'are'} at the old key.`] : [];
    return [`the archive has ${formatCount(present)} of the ${formatObjects(listed)} of these ledgers.`, ...doubt, ...restored, `Compared: ${what}.`];
  }
  return [`the archive has ${listed === 1 ? 'the only object' : `all ${formatObjects(listed)}`} of these ledgers. Compared: ${what}.`];
}

function describeRuns([first, ...others]: readonly NamedRun[]): string {
  return `Run ${formatKey(first.name)}${others.length > 0 ? `, and each of ${formatCount(others.length)} more,` : ''}`;
}

export const VERIFY_DRY_RUN_NOTE = 'This was a dry run: the archive was not looked at.';

/** A count of the report: its name, what it is about, and a note. */
export interface CountRow {
  readonly name: string;
  readonly status: 'present' | 'changed' | 'missing' | 'unproven' | 'skipped';
  readonly count: number;
  readonly note?: string;
}

/** A dry run does not look at the archive, so it does not know what is changed or missing. */
export function listCountRows({ counts: { present, changed, missing, unproven, skipped }, run: { dryRun } }: VerificationReport): CountRow[] {
  const note = 'since restored, and at the old key';
  return dryRun
    ? [
      { name: 'Would compare', status: 'present', count: present }, { name: 'Unproven', status: 'unproven', count: unproven },
      { name: 'Would skip', status: 'skipped', count: skipped, note },
    ]
    : [
      { name: 'Present', status: 'present', count: present }, { name: 'Changed', status: 'changed', count: changed },
      { name: 'Missing', status: 'missing', count: missing }, { name: 'Unproven', status: 'unproven', count: unproven },
      { name: 'Skipped', status: 'skipped', count: skipped, note },
    ];
}

export function describeDryRunCost({ cost }: VerificationReport): string {
  return `The verification would cost about ${formatUsd(cost.total)} (list prices for ${cost.prices.region} as of ${cost.prices.asOf}).`;
}

/** What to do, and what to type. */
export interface NextStep {
  readonly advice: string;
  readonly command: string;
}

/** The advice begins with a small letter, because it follows "Next: ". */
export function listNextSteps(report: VerificationReport): NextStep[] {
  const { destination, ledger, lacking, outcome, problems, runs: { withoutReport } } = report;
  if (outcome === 'CLEAN') { return []; }
  const lost = problems.find(({ status }) => status !== 'unproven');
  const doubted = problems.find(({ status }) => status === 'unproven');
  const [part] = lacking?.examples ?? [];
  const [ended] = withoutReport;
  const stateMachine = toStateMachineArn(report.run.executionArn);
  return [
    ...lost ? [{
      advice: 'find out who deleted or overwrote these objects before you repair anything. If the bucket is versioned, this command lists the versions of the first object, with their times:',
      command: listVersionsCommand(destination.bucket, lost.destination),
    }] : [],
    ...part ? [{
      advice: 'find out who deleted or rewrote parts of the ledger. Their objects may be in the archive, but nothing says which they are. If the report bucket is versioned, this command lists the versions of the first part:',
      command: listVersionsCommand(ledger.bucket, part.part),
    }] : [],
    ...ended ? [{
      advice: `redrive run ${formatKey(ended.name)}, which is possible for 14 days after its end, so that it completes its ledger and writes its report:`,
      command: redriveExecutionCommand(ended.executionArn),
    }, {
      advice: 'if it cannot be redriven any more, start a run for the same days, which archives what is left:',
      command: startExecutionCommand(stateMachine, ended.dates ? sameRunInput(ended.dates, false) : {}),
    }] : [],
    ...doubted ? [{
      advice: 'compare the objects that are unproven with what you know of them. This command shows what S3 knows of the first one:',
      command: headObjectCommand(destination.bucket, doubted.destination),
    }] : [],
    { advice: 'then verify again:', command: verifyAgainCommand(report) },
  ];
}

/** The command that verifies the same ledgers again. */
function verifyAgainCommand({ run, dates, deep, ledgerOf }: VerificationReport): string {
  return startExecutionCommand(toStateMachineArn(run.executionArn), sameLedgersInput({ action: 'verify', ...dates, dryRun: run.dryRun, ledgerOf, deep }));
}

export function describeSource({ ledgerOf }: VerificationReport): string {
  return ledgerOf === undefined ? 'all runs for these days' : `run ${formatKey(ledgerOf)}`;
}
