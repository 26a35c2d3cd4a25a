import type { Copies } from '../../../../actions/restore/lambda/copies/removable-copies';
import type { Settings } from '../../../../contract/payloads/settings';
import { addDays } from '../../../../dates/calendar';
import { createDayFinder } from '../../../../dates/date-window';
import type { Line } from '../../../alerts/alert';
import { copyObjectCommand } from '../../../alerts/cli-commands';
import { formatBytes, formatCount, formatDates } from '../../../text/format';
import type { Report } from '../report';

/** Empty if the run restored nothing, or if the copies are meant to stay. */
export function describeCopies({ copies, nextMove, bytes, ledger, gaps }: Report): Line[] {
  if (!copies) {
    return [];
  }
  const { complete, removable, needed, unnameable, script } = copies;
  const stay = [
    ...(needed > 0
      ? [
          `${formatCount(needed)} because another key or another run needs ` +
            `${needed === 1 ? 'it' : 'them'}`,
        ]
      : []),
    ...(unnameable > 0
      ? [
          `${formatCount(unnameable)} because a request that deletes many objects cannot carry ` +
            `${unnameable === 1 ? 'its key' : 'their keys'}`,
        ]
      : []),
  ];
  const named =
    `${formatCount(removable)} archived ${removable === 1 ? 'copy' : 'copies'} ` +
    `(${formatBytes(copies.bytes)})`;
  return [
    'Restored objects now lie twice, at their old keys and in the archive ' +
      `(${formatBytes(bytes)} more), until you remove one of the two.`,
    ...(nextMove
      ? [
          `${nextMove} One that is edited before that conflicts then: it stays at the source, ` +
            'and the archive keeps its earlier content.',
        ]
      : []),
    ...(complete
      ? []
      : [
          `${gaps ? 'Not all ledgers are complete' : 'There was no time to read all ledgers'}, ` +
            'so it is not known which archived copies nothing else needs. No command removes ' +
            'them.',
        ]),
    ...(stay.length > 0 ? [`Archived copies that have to stay: ${stay.join(', ')}.`] : []),
    ...(script
      ? [
          `To remove ${named} that nothing else needs, as far as the ledgers show, ` +
            'type this, but only while no run archives these objects. It removes a copy only if ' +
            'its old key still holds the restored object:',
          { command: `${copyObjectCommand(ledger.bucket, script, '-')} | python3 -` },
        ]
      : []),
  ];
}

export function describeNextMove(
  { selection, dateSource, timeZone }: Pick<Settings, 'selection' | 'dateSource' | 'timeZone'>,
  copies: Pick<Copies, 'days'>,
  restoredAt: Date,
): string | undefined {
  if (!selection) {
    return undefined;
  }
  const { kind, days: count } = selection;
  const today = createDayFinder(timeZone)(restoredAt);
  // If an object's time decides its day, a restored object has the day of its restore.
  const days = dateSource.kind === 'lastModified' ? { from: today, to: today } : copies.days;
  const dates = formatDates(days);
  const first = addDays(days.to, count + 1);
  const last = addDays(days.to, count);
  if (kind === 'olderThan') {
    return (
      `Each scheduled run${first > today ? ` from ${first} on` : ''} selects ${dates} and moves ` +
      'them again.'
    );
  }
  if (last >= today) {
    return kind === 'daysAgo'
      ? `The scheduled run of ${last} selects ${dates} and moves them again.`
      : `The scheduled runs until ${last} select ${dates} and move them again.`;
  }
  return (
    `A run for ${dates} moves them again. No scheduled run selects ` +
    `${days.from === days.to ? 'that day' : 'those days'} any more.`
  );
}
