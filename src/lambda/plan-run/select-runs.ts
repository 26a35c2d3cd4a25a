import { ACTIONS } from '../../contract/actions';
import { ErrorName, namedError } from '../../contract/errors';
import type { Window } from '../../dates/date-window';
import type { ClaimedRun } from '../ledger/run-claims';
import { getSurroundings } from '../surroundings/surroundings';
import { escapeUnprintable } from '../text/escape';
import { formatDates, formatKey, toUri } from '../text/format';

export type Archiver = Pick<ClaimedRun, 'name' | 'source' | 'destination'>;

/**
 * The latest run with the name, or the runs of the days. Throws if there is none, which proves
 * nothing, or if one worked on other places.
 */
export function selectRuns(
  all: readonly ClaimedRun[],
  archiver: Archiver,
  wanted: string | Window,
): ClaimedRun[] {
  const own = all.filter((run) => run.archiver === archiver.name);
  const readable = own.filter(({ dryRun, action }) => !dryRun && ACTIONS[action].isRecord);
  const isName = typeof wanted === 'string';
  const found = isName
    ? keepLatest(readable.filter((run) => isNamed(run, wanted)))
    : readable.filter(
        ({ day }) => (wanted.from === null || wanted.from <= day) && day <= wanted.to,
      );
  for (const run of found) {
    checkPlaces(run, archiver);
  }
  if (found.length > 0) {
    return found;
  }
  throw namedError(
    ErrorName.INVALID_RUN_INPUT,
    isName ? explainName(wanted, own, readable) : explainDays(wanted, readable),
  );
}

/**
 * A name may be used again after 90 days (API_StartExecution), and ledgers are kept for longer.
 * Days select the older runs.
 */
function keepLatest(runs: readonly ClaimedRun[]): ClaimedRun[] {
  const latest = runs
    .map(({ startTime }) => startTime)
    .sort()
    .at(-1);
  return runs.filter(({ startTime }) => startTime === latest);
}

/**
 * The bucket and the prefix of a ledger's keys are those of its run, and the roles of an archiver
 * know only its own.
 */
function checkPlaces(run: ClaimedRun, archiver: Archiver): void {
  for (const place of ['source', 'destination'] as const) {
    const [then, now] = [run[place], archiver[place]];
    if (then.bucket === now.bucket && then.prefix.startsWith(now.prefix)) {
      continue;
    }
    const [has, use] = getSurroundings().isDeployed
      ? ['deployed with', 'deploy an archiver with the same id and']
      : ['given', 'give'];
    throw namedError(
      ErrorName.INVALID_RUN_INPUT,
      `the ${place} of run ${formatKey(JSON.stringify(run.name))} was ` +
        `${toUri(then.bucket, then.prefix)}, and the archiver is now ` +
        `${has} ${toUri(now.bucket, now.prefix)}, so it can neither verify nor restore that run: ` +
        `choose later days, or ${use} the old ${place}`,
    );
  }
}

/** Messages show names with escapes, so both forms are known. */
function isNamed({ name }: ClaimedRun, given: string): boolean {
  return name === given || escapeUnprintable(name) === given;
}

const MAX_LISTED = 10;

function explainName(
  given: string,
  own: readonly ClaimedRun[],
  readable: readonly ClaimedRun[],
): string {
  const name = `run ${formatKey(JSON.stringify(given))}`;
  const [found] = own.filter((run) => isNamed(run, given));
  const latest = [...readable]
    .sort((a, b) => (a.startTime < b.startTime ? 1 : -1))
    .map((run) => formatKey(run.name));
  const instead =
    latest.length === 0
      ? 'no run of this archiver has a ledger yet'
      : `the latest runs that have a ledger are ${listFirst(latest)}: name one of them`;
  if (!found) {
    return `${name} is unknown, or its reports have expired: ${instead}`;
  }
  if (found.dryRun) {
    return `${name} was a dry run, which archived nothing: ${instead}`;
  }
  return `${name} archived nothing, because its action was ${found.action}: ${instead}`;
}

function explainDays(days: Window, readable: readonly ClaimedRun[]): string {
  const known = [...new Set(readable.map(({ day }) => day))].sort().reverse();
  const instead =
    known.length === 0
      ? 'no run of this archiver has a ledger yet'
      : `the latest days that have one are ${listFirst(known)}: choose days that include one of ` +
        'them';
  return (
    `no run for ${formatDates(days)} has a ledger. The day of a ledger is the last day of its ` +
    `run, and ${instead}`
  );
}

function listFirst(items: readonly string[]): string {
  const more = items.length - MAX_LISTED;
  return `${items.slice(0, MAX_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
