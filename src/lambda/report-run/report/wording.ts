/** Sentences and commands that both the alert and the page of a run contain. */
import type { Report } from './report';
import type { LedgerLine } from '../../../contract/payloads';
import { addDays } from '../../../dates/calendar';
import { sameRunInput, startExecutionCommand } from '../../alerts/cli-commands';
import { toStateMachineArn } from '../../text/arn';
import { formatCount, formatObjects } from '../../text/format';

/** Describes how the run ended. The sentence follows the name of the archiver, so it begins with a small letter. */
export function describeRun(report: Report): string {
  const { outcome, counts } = report;
  const selected = counts.archived + counts.conflicting + counts.failed;
  return {
    CLEAN: selected === 0 ? 'no object of these days was found.' : `archived: all of the ${formatObjects(selected)} of these days.`,
    PROBLEMS: `not archived: ${formatCount(counts.failed + counts.conflicting)} of the ${formatObjects(selected)} of these days.`,
    FAILED: `failed: ${formatCount(counts.failed)} of the ${formatObjects(selected)} of these days, more than the ${report.toleratedFailurePercentage} % tolerated.`,
  }[outcome];
}

export const DRY_RUN_NOTE = 'This was a dry run: nothing was changed, and "archived" means "would be archived".';
export const NOTHING_LOST = 'No object is lost: what is not archived is untouched at its source.';

export function describeStragglers({ stragglers }: Report): string {
  return `${formatObjects(stragglers.count)} of earlier days ${stragglers.count === 1 ? 'is' : 'are'} still in the source, the oldest of ${stragglers.oldest}.`;
}

/** The command that runs the same days again. */
export function rerunCommand({ run, dates }: Report): string {
  return startExecutionCommand(toStateMachineArn(run.executionArn), sameRunInput(dates, run.dryRun));
}

/** The command that archives the stragglers: from the day of the oldest one to the last day before the run. */
export function archiveStragglersCommand({ run, dates, stragglers }: Report): string | undefined {
  if (stragglers.oldest === null || dates.from === null) { return undefined; }
  const to = addDays(dates.from, -1);
  return startExecutionCommand(toStateMachineArn(run.executionArn), sameRunInput({ from: stragglers.oldest, to }, run.dryRun));
}

/**
 * The messages of problems. If several objects have the same message, apart from the request id, only the first of them keeps it.
 */
export function omitRepeatedMessages(problems: readonly LedgerLine[]): (string | undefined)[] {
  const seen = new Set<string>();
  return problems.map(({ code, message = '' }) => {
    const text = `${code} ${message.replace(/\(request [^)]*\)/, '')}`;
    if (seen.has(text)) { return undefined; }
    seen.add(text);
    return message || undefined;
  });
}
