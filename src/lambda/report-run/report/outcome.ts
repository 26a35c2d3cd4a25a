import type { Report } from './report';
import { type Action, ACTIONS, type MovingAction, readsLedgers } from '../../../contract/actions';
import { ErrorName, namedError } from '../../../contract/errors';
import { countMoved, type Counts, type RestoreCounts } from '../../../contract/payloads/outcomes';
import type { RunSummary } from '../../../contract/payloads/report-payloads';
import type { Run } from '../../../contract/payloads/run';
import { addDays } from '../../../dates/calendar';
import { createDayFinder } from '../../../dates/date-window';
import { guessDateSources, guessKeyPrefix } from '../../../dates/guess-date-source';
import { findUnreadable, WAYS_OUT } from '../../../dates/unreadable-dates';
import { countLeft, explainNothingElse } from '../../notes/note-text';
import { getSurroundings } from '../../surroundings/surroundings';
import { formatCount, formatKey, formatObjects } from '../../text/format';

/**
 * With a gap in the ledger, an object could get lost without anyone noticing.
 * @throws LedgerUnbalanced
 */
export function assertBalanced(
  counts: Counts,
  bucket: string,
  { ledgerPrefix, reportPrefix }: Pick<Run, 'ledgerPrefix' | 'reportPrefix'>,
): void {
  const { listed, archived, skipped, conflicting, failed } = counts;
  const accounted = archived + skipped + conflicting + failed;
  if (accounted === listed) {
    return;
  }
  throw namedError(
    ErrorName.LEDGER_UNBALANCED,
    `the ledger accounts for ${formatObjects(Math.abs(listed - accounted))} ` +
      `${accounted < listed ? 'fewer' : 'more'} than were listed: listed ${listed}, ` +
      `but archived ${archived} + skipped ${skipped} + conflicting ${conflicting} + failed ` +
      `${failed} = ${accounted}; ` +
      `compare the parts under s3://${bucket}/${ledgerPrefix} with the result files under ` +
      `s3://${bucket}/${reportPrefix}map-run/`,
  );
}

/**
 * Decides the outcome of a run. Conflicts never count against the tolerance, because nothing
 * failed.
 */
export function judge(counts: Counts, toleratedFailurePercentage: number): RunSummary['outcome'] {
  if (exceeds(counts.failed, getSelected(counts), toleratedFailurePercentage)) {
    return 'FAILED';
  }
  return counts.failed + counts.conflicting > 0 ? 'PROBLEMS' : 'CLEAN';
}

/** The objects that a run selected. */
export function getSelected({
  archived,
  conflicting,
  failed,
}: Pick<Counts, 'archived' | 'conflicting' | 'failed'>): number {
  return archived + conflicting + failed;
}

/**
 * Computes `part / whole > percentage / 100` exactly: in binary floating point, 0.57 * 10,000 is
 * 5,699.999...
 */
function exceeds(part: number, whole: number, percentage: number): boolean {
  const [mantissa, exponent = '0'] = String(percentage).split('e');
  const [integer, fraction = ''] = mantissa.split('.');
  const scale = BigInt(fraction.length - Number(exponent));
  return BigInt(part) * 100n * 10n ** scale > BigInt(integer + fraction) * BigInt(whole);
}

/** The report of a restore calls moved objects `restored`. */
export function nameCounts(counts: Counts, action: MovingAction): Counts | RestoreCounts {
  const { listed, archived, ...others } = counts;
  return ACTIONS[action].status === 'archived' ? counts : { listed, restored: archived, ...others };
}

export function toCounts(counts: Counts | RestoreCounts): Counts {
  const { listed, skipped, conflicting, failed } = counts;
  return { listed, archived: countMoved(counts), skipped, conflicting, failed };
}

type Facts = Pick<
  Report,
  'dates' | 'manifestSkipped' | 'skipReasons' | 'startedAt' | 'timeZone' | 'undated'
> &
  Partial<Pick<Report, 'notes' | 'source' | 'undatedArrivals' | 'undatedKeys'>> & {
    readonly action?: Action;
    readonly counts: Counts;
  };

/** Why a run found nothing, where that is a mistake. */
export interface NothingFound {
  /** It follows the name of the archiver. */
  readonly sentence: string;
  /** The next step, before the same is run again. */
  readonly next: string;
}

/** Undefined if the run found objects, or if it may be right that there are none. */
export function explainNothing(facts: Facts): NothingFound | undefined {
  const {
    action,
    counts,
    dates: { from },
    manifestSkipped,
    notes = {},
    startedAt,
    timeZone,
  } = facts;
  if ((action && readsLedgers(action)) || getSelected(counts) > 0) {
    return undefined;
  }
  if (countLeft(notes) > 0) {
    return undefined;
  }
  const gone = manifestSkipped ? manifestSkipped.gone + (notes.gone?.count ?? 0) : 0;
  if (gone > 0) {
    const [which, are] =
      gone === 1 ? ['the only object', 'is'] : [`all ${formatObjects(gone)}`, 'are'];
    return {
      sentence:
        `found nothing to archive: ${which} of the list for these days ${are} not at the ` +
        'source. Either they were archived or removed before, ' +
        'or the keys of the list are not those of the source, for example with a blank before a ' +
        'comma.',
      next:
        'compare the keys of the list with those of the source. If they differ, correct the ' +
        'list, and start the run again:',
    };
  }
  // The run has selected some.
  if (explainNothingElse(notes)) {
    return undefined;
  }
  const noDate = explainNoDate(facts);
  if (noDate) {
    return noDate;
  }
  // If names have dates of another time zone, tomorrow may have begun there.
  const isAhead =
    from !== null && from > addDays(createDayFinder(timeZone)(new Date(startedAt)), 1);
  return isAhead
    ? {
        sentence:
          'found nothing to archive, and could not: the run was for days that have not begun.',
        next: 'check the days. If they were a mistake, start the run again with other ones:',
      }
    : undefined;
}

/**
 * The likeliest mistake of all: the date format is not that of the keys. Then each run would
 * archive nothing, and would call that a success.
 */
function explainNoDate(facts: Facts): NothingFound | undefined {
  const { undated, undatedKeys = [], undatedArrivals, source } = facts;
  if (!undatedArrivals?.isUnusual) {
    return undefined;
  }
  const others = countOtherDates(facts);
  const whose =
    others === 0
      ? undated === 1
        ? 'the key of the only object'
        : `any of the keys of ${formatObjects(undated)}`
      : `${formatCount(undated)} of the keys of ${formatObjects(undated + others)}`;
  return {
    sentence:
      `found nothing to archive: no date was found in ${whose}, ` +
      `such as ${listKeys(undatedKeys)}.${others === 0 ? '' : ` ${describeOthers(facts)}`} ` +
      'dateSource says where the date of an object is, and how it is written.' +
      suggestDateSource(undatedKeys, others === 0, source?.prefix),
    next: adviseWithoutDate(),
  };
}

export function adviseWithoutDate(): string {
  const change = getSurroundings().isDeployed
    ? 'deploy the archiver with the dateSource that fits their keys'
    : 'give --date-source and --date-format that fit their keys';
  return (
    'if these objects are not meant to be archived, do nothing: runs do not tell of the same ' +
    `objects again. If they are, ${change}, then run the same days again:`
  );
}

/** How many skipped objects have a date. */
export function countOtherDates({ skipReasons }: Pick<Report, 'skipReasons'>): number {
  const { 'outside-window': otherDays = 0, filtered = 0 } = skipReasons;
  return otherDays + filtered;
}

function describeOthers({ skipReasons: { filtered = 0 } }: Facts): string {
  return filtered > 0
    ? 'The others are not of these days, or a filter leaves them out.'
    : 'The others are not of these days.';
}

export function listKeys(keys: readonly string[]): string {
  return keys.map((key) => formatKey(key)).join(', ');
}

/**
 * @param keys may be shortened; `isAlone`: dateSource finds no other dates, so that nothing of it
 * has to stay; `prefix`: the archiver's
 */
export function suggestDateSource(
  keys: readonly string[],
  isAlone: boolean,
  prefix?: string,
): string {
  const guesses = guessDateSources(keys);
  if (guesses.length === 0) {
    return suggestWaysOut(keys);
  }
  // An object's name is a part of its key.
  const kind = guesses.some((guess) => guess.kind === 'objectKey') ? 'objectKey' : 'objectName';
  const looks = guesses.map(
    (guess) =>
      `${formatKey(guess.keys[0])} looks like ` +
      `${guess.format}${guess.kind === 'objectKey' ? ' in its folders' : ''}`,
  );
  const formats = guesses.map(({ format }) => JSON.stringify(format)).join(', ');
  const them = guesses.length === 1 ? 'it' : 'them';
  if (!isAlone) {
    return (
      ` ${looks.join(', ')}. To find ${them}, too, add ${formats} to the formats of ` +
      `dateSource${kind === 'objectKey' ? ', which has to be a DateSource.objectKey' : ''}.`
    );
  }
  const anywhere = `DateSource.${kind}(${formats}) finds ${them}`;
  const first = prefix === undefined ? undefined : suggestKeyPrefix(keys, prefix);
  return first === undefined
    ? ` ${looks.join(', ')}: ${anywhere}.`
    : ` ${looks.join(', ')}: DateSource.keyPrefix(${JSON.stringify(first)}) finds ${them} and lists ` +
        `only the days of a run. If not all keys begin with their dates, ${anywhere}.`;
}

/** The format of a date that all keys have right after the prefix. */
function suggestKeyPrefix(keys: readonly string[], prefix: string): string | undefined {
  return keys.every((key) => key.startsWith(prefix))
    ? guessKeyPrefix(keys.map((key) => key.slice(prefix.length)))
    : undefined;
}

function suggestWaysOut(keys: readonly string[]): string {
  const key = keys.find((each) => findUnreadable(each) !== undefined);
  return key === undefined
    ? ''
    : ` ${formatKey(key)} seems to have ${findUnreadable(key)}, which no format can read: use ` +
        `${WAYS_OUT}.`;
}
