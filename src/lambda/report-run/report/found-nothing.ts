/** A run that was told what to archive, and found nothing of it: as a rule, what it was told is wrong. */
import { getSelected } from './outcome';
import type { Report } from './report';
import { addDays } from '../../../dates/calendar';
import { createDayFinder } from '../../../dates/date-window';
import { formatObjects } from '../../text/format';

export interface FoundNothing {
  /** Follows the name of the archiver. */
  readonly sentence: string;
  /** What to do. It follows `Next: `. */
  readonly next: string;
}

type Facts = Pick<Report, 'action' | 'counts' | 'dates' | 'manifestSkipped' | 'startedAt' | 'timeZone'>;

/** Returns undefined if the run found objects, or if that it found none may be right. */
export function explainNothing({ action, counts, dates: { from }, manifestSkipped, startedAt, timeZone }: Facts): FoundNothing | undefined {
  if (action === 'restore' || getSelected(counts) > 0) { return undefined; }
  const { gone = 0 } = manifestSkipped ?? {};
  if (gone > 0) {
    return {
      sentence: `found nothing to archive: ${gone === 1 ? 'the only object' : `all ${formatObjects(gone)}`} of the list for these days ${gone === 1 ? 'is' : 'are'} not at the source. `
        + 'Either they were archived or removed before, or the keys of the list are not those of the source, for example with a blank before a comma.',
      next: 'compare the keys of the list with those of the source. If they differ, write the list anew, and start the run again:',
    };
  }
  // Where names are written in another time zone, tomorrow has begun.
  if (from !== null && from > addDays(createDayFinder(timeZone)(new Date(startedAt)), 1)) {
    return {
      sentence: 'found nothing to archive, and could not: the run was for days that have not begun.',
      next: 'check the days. If they were a mistake, start the run again with other ones:',
    };
  }
  return undefined;
}
