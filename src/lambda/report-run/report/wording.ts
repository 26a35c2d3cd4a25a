/** Commands, and other sentences than those of run-words.ts, that both the alert and the page of a run contain. */
import type { Report } from './report';
import { getWords } from './restore-words';
import { addDays } from '../../../dates/calendar';
import { sameRunInput, startExecutionCommand } from '../../alerts/cli-commands';
import { toStateMachineArn } from '../../text/arn';
import { formatCount, formatObjects } from '../../text/format';

/** Says what the skipped objects are, how many each filter left out, and how many lines of a manifest are of no use. */
export function describeSkipped(report: Report): string {
  const filtered = Object.entries(report.filtered ?? {}).map(([name, count]) => `${name} ${formatCount(count)}`);
  const { gone = 0, repeated = 0 } = report.manifestSkipped ?? {};
  return [
    getWords(report).skipped,
    ...filtered.length > 0 ? [`left out by filters: ${filtered.join(', ')}`] : [],
    ...gone > 0 ? [`not at the source: ${formatCount(gone)}`] : [],
    ...repeated > 0 ? [`named before in the list: ${formatCount(repeated)}`] : [],
  ].join(', ');
}

export function describeStragglers({ stragglers }: Report): string {
  return `${formatObjects(stragglers.count)} from earlier days ${stragglers.count === 1 ? 'is' : 'are'} still at the source. The oldest is from ${stragglers.oldest}.`;
}

/** Where objects live, and where they are archived: a restore goes from the archive to the old keys. */
export function getPlaces({ action, source, destination }: Pick<Report, 'action' | 'source' | 'destination'>) {
  return action === 'restore' ? { live: destination, archive: source } : { live: source, archive: destination };
}

/** The command that does the same again. */
export function rerunCommand({ run, dates, sameInput, manifest }: Report): string {
  return startExecutionCommand(toStateMachineArn(run.executionArn), sameInput ?? sameRunInput(dates, run.dryRun, manifest));
}

/** The command that archives the stragglers: from the day of the oldest one to the last day before the run. */
export function archiveStragglersCommand({ run, dates, stragglers }: Report): string | undefined {
  if (stragglers.oldest === null || dates.from === null) { return undefined; }
  const to = addDays(dates.from, -1);
  return startExecutionCommand(toStateMachineArn(run.executionArn), sameRunInput({ from: stragglers.oldest, to }, run.dryRun));
}
