/** What a restore costs, in words: its objects lie twice, a run moves them again, and a person may remove the archived copies. */
import type { Copies } from './removable-copies';
import type { SelectionSettings } from '../../../contract/settings';
import { addDays } from '../../../dates/calendar';
import { runPythonCommand } from '../../alerts/cli-commands';
import { formatBytes, formatCount, formatDates } from '../../text/format';
import type { Report } from '../report/report';

export interface CopiesText {
  /** One paragraph each. */
  readonly sentences: string[];
  readonly command?: string;
}

/** Undefined if the run restored nothing, or if the copies are meant to stay. */
export function describeCopies({ copies, nextMove, bytes, ledger }: Report): CopiesText | undefined {
  if (!copies) { return undefined; }
  const { complete, removable, needed, unnameable, script } = copies;
  const stay = [
    ...needed > 0 ? [`${formatCount(needed)} because another key or another run needs ${needed === 1 ? 'it' : 'them'}`] : [],
    ...unnameable > 0
      ? [`${formatCount(unnameable)} because a request that deletes many objects cannot carry ${unnameable === 1 ? 'its key' : 'their keys'}`] : [],
  ];
  const sentences = [
    `Restored objects now lie twice, at their old keys and in the archive (${formatBytes(bytes)} more), until somebody removes one of the two.`,
  ];
  if (nextMove) {
    sentences.push(`${nextMove} One that is edited before that conflicts then: it stays at the source, and the archive keeps its earlier content.`);
  }
  if (!complete) {
    sentences.push('There was no time to read all ledgers, so it is not known which archived copies nothing else needs. No command removes them.');
  }
  if (stay.length > 0) { sentences.push(`Archived copies that have to stay: ${stay.join(', ')}.`); }
  if (!script) { return { sentences }; }
  const named = `${formatCount(removable)} archived ${removable === 1 ? 'copy' : 'copies'} (${formatBytes(copies.bytes)})`;
  sentences.push(`To remove ${named} that nothing else needs, as far as the ledgers show, `
    + 'type this, but only while no run archives these objects. It removes a copy only if its old key still holds the restored object:');
  return { sentences, command: runPythonCommand(ledger.bucket, script) };
}

/**
 * Says which run moves restored objects again.
 *
 * @param today in the time zone of the archiver
 */
export function describeNextMove({ days }: Pick<Copies, 'days'>, { kind, days: count }: SelectionSettings, today: string): string {
  const dates = formatDates(days);
  const first = addDays(days.to, count + 1);
  const last = addDays(days.to, count);
  if (kind === 'olderThan') {
    return `Each scheduled run${first > today ? ` from ${first} on` : ''} selects ${dates} and moves them again.`;
  }
  if (last >= today) {
    return kind === 'daysAgo'
      ? `The scheduled run of ${last} selects ${dates} and moves them again.`
      : `The scheduled runs until ${last} select ${dates} and move them again.`;
  }
  return `A run for ${dates} moves them again. No scheduled run selects ${days.from === days.to ? 'that day' : 'those days'} any more.`;
}
