/** The sentences and commands that the alert and the page of a run share. */
import type { Report } from './report';
import type { LedgerLine } from '../../../contract/payloads';
import { sameRunInput, startExecutionCommand } from '../../alerts/cli-commands';
import { toStateMachineArn } from '../../text/arn';
import { formatCount, formatObjects } from '../../text/format';

/** How the run went, in a sentence's second half. */
export function describeRun(report: Report): string {
  const { outcome, counts } = report;
  const selected = counts.archived + counts.conflicting + counts.failed;
  return {
    CLEAN: selected === 0 ? 'no object of these days was found.' : `archived: all of the ${formatObjects(selected)} of these days.`,
    PROBLEMS: `not archived: ${formatCount(counts.failed + counts.conflicting)} of the ${formatObjects(selected)} of these days.`,
    FAILED: `failed: ${formatCount(counts.failed)} of the ${formatObjects(selected)} of these days, more than the ${report.toleratedFailurePercentage} % tolerated.`,
  }[outcome];
}

export const DRY_RUN = 'This was a dry run: nothing was changed, and "archived" means "would be archived".';
export const NOTHING_LOST = 'No object is lost: what is not archived is untouched at its source.';

export function describeStragglers({ stragglers }: Report): string {
  return `${formatObjects(stragglers.count)} of earlier days ${stragglers.count === 1 ? 'is' : 'are'} still in the source, the oldest of ${stragglers.oldest}.`;
}

/** Runs the same days again. */
export function againCommand({ run, dates }: Report): string {
  return startExecutionCommand(toStateMachineArn(run.executionArn), sameRunInput(dates, run.dryRun));
}

/** Archives the stragglers: the days from the oldest of them to the last one before the run's. */
export function stragglersCommand({ run, dates, stragglers }: Report): string | undefined {
  if (stragglers.oldest === null || dates.from === null) { return undefined; }
  const to = new Date(Date.parse(dates.from) - 86_400_000).toISOString().slice(0, 10);
  return startExecutionCommand(toStateMachineArn(run.executionArn), sameRunInput({ from: stragglers.oldest, to }, run.dryRun));
}

/** The problems' messages; one that several objects share stands with the first of them: only their request ids differ. */
export function messagesOnce(problems: readonly LedgerLine[]): (string | undefined)[] {
  const told = new Set<string>();
  return problems.map(({ code, message = '' }) => {
    const gist = `${code} ${message.replace(/\(request [^)]*\)/, '')}`;
    if (told.has(gist)) { return undefined; }
    told.add(gist);
    return message || undefined;
  });
}
