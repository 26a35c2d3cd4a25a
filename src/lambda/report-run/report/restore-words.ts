/** A restore has the report of a run that archives, with other words: the same counts and reasons, in the other direction. */
import type { Report } from './report';
import type { Counts, RestoreCounts } from '../../../contract/payloads/outcomes';
import { NOTHING_LOST } from '../../alerts/wording';
import { formatObjects } from '../../text/format';

export interface Words {
  readonly run: string;
  readonly done: 'archived' | 'restored';
  readonly label: string;
  readonly nothingLost: string;
  /** The run selected no object. The sentence follows the name of the archiver. */
  readonly nothingSelected: (counts: Counts) => string;
  /** What the skipped objects are. */
  readonly skipped: string;
  /** What to do after the causes are fixed. */
  readonly next: string;
}

const ARCHIVE: Words = {
  run: 'Archive',
  done: 'archived',
  label: 'Archived',
  nothingLost: NOTHING_LOST,
  nothingSelected: () => 'found no objects for these days.',
  skipped: 'other dates, no date, folder markers',
  next: 'fix the causes above, then run the same days again. The run picks up everything that is still at the source:',
};

const RESTORE: Words = {
  run: 'Restore',
  done: 'restored',
  label: 'Restored',
  nothingSelected: ({ skipped }) => (skipped > 0
    ? `found nothing to restore: the keys of its input match none of ${formatObjects(skipped)} in the ledger.`
    : 'found nothing to restore: the ledger has no archived objects.'),
  nothingLost: 'The restore lost no object. Objects that were not restored are as they were.',
  skipped: 'not named by keys',
  next: 'fix the causes above, then restore the same again. Objects that are back at their old keys stay as they are:',
};

export function getWords({ action }: Pick<Report, 'action'>): Words {
  return action === 'restore' ? RESTORE : ARCHIVE;
}

/** The counts under the names that readers know. */
export function toPublicCounts({ action, counts }: Pick<Report, 'action' | 'counts'>): Counts | RestoreCounts {
  if (action !== 'restore') { return counts; }
  const { listed, archived, skipped, conflicting, failed } = counts;
  return { listed, restored: archived, skipped, conflicting, failed };
}
