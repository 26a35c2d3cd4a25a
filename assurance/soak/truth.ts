/** Compares the ledgers of all runs of a schedule with what really left the source. */
import type { BucketState } from './bucket-state';
import { readLedger, type RunResult } from './ledger-evidence';
import type { StoredObject } from '../../packages/s3-double/src';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import { getArchivedVersions } from '../../src/lambda/ledger/merge-lines';

type Lines = ReadonlyMap<string, LedgerLine>;

/** A line has an ETag as S3 writes it, in quotes. */
const unquoted = (etag: string | undefined) => etag?.replaceAll('"', '');

const tells = (line: LedgerLine | undefined, { etag }: StoredObject) =>
  line !== undefined &&
  getArchivedVersions(line).some((version) => unquoted(version.etag) === etag);

/**
 * Must hold after each run, also after one that was killed.
 *
 * @param runs are all runs of the schedule up to now, the latest last
 */
export function findFalseLedgers(state: BucketState, runs: readonly RunResult[]): string[] {
  const read = runs.map(({ name }) => readLedger(state, name));
  const ledgers = read.map(({ lines }): Lines => lines);
  const laterLedgers = (index: number) => ledgers.filter((_, i) => i > index && runs[i].counts);
  return [
    ...wronglyTaken(state),
    ...ledgers.flatMap((lines) =>
      [...lines.values()]
        .filter(({ etag }) => !etag)
        .map(({ key, status }) => `the ledger says ${status} of ${key}, and not with which ETag`),
    ),
    ...unrecorded(
      state,
      read.map(({ kept }) => kept),
    ),
    ...runs.flatMap(({ counts }, i) =>
      uncorrected(state, ledgers[i], counts ? undefined : laterLedgers(i)),
    ),
  ];
}

function wronglyTaken({ taken, ofAnotherDay, places }: BucketState): string[] {
  return taken
    .filter(
      (object) => ofAnotherDay.has(object) || places.get(object.key)?.destination === undefined,
    )
    .map(({ key }) => `${key} left the source, and is not of the day`);
}

/** Each object that left the source must be in a ledger of some run, with the ETag that it had. */
function unrecorded({ taken }: BucketState, ledgers: readonly Lines[]): string[] {
  return taken
    .filter((object) => !ledgers.some((lines) => tells(lines.get(object.key), object)))
    .map(({ key, etag }) => {
      const said = ledgers
        .flatMap((lines) => lines.get(key) ?? [])
        .map((line) => `${line.status} ${line.code ?? line.etag}`);
      return (
        `${key} (${etag}) left the source, and no ledger says that it is archived, but: ` +
        `${said.join(', ') || 'nothing'}`
      );
    });
}

/**
 * A line may say archived only of an object that left the source. If a run ended before its report,
 * a later run may correct its ledger: the later run finds the object at the source, and has a line
 * for it.
 *
 * @param laterLedgers are missing if the run has a report
 */
function uncorrected(
  state: BucketState,
  lines: Lines,
  laterLedgers: readonly Lines[] | undefined,
): string[] {
  if (laterLedgers?.length === 0) {
    return [];
  }
  const isTaken = (line: LedgerLine) =>
    state.taken.some((object) => object.key === line.key && tells(line, object));
  return (
    [...lines.values()]
      .filter((line) => line.status === 'archived' && !isTaken(line))
      // If a writer deleted or rewrote the object after it was copied, it is archived, and nothing
      // had to be deleted.
      .filter(({ key }) => !state.removed.has(key) && !state.rewritten.has(key))
      .filter(({ key }) => !laterLedgers?.some((later) => later.has(key)))
      .map(
        ({ key, etag }) =>
          `the ledger says archived of ${key} (${etag}), and it never left the source`,
      )
  );
}

/**
 * Compares the count of a run with the number of objects that left the source meanwhile. It is
 * known only if no other program moved or wrote objects.
 */
export function findMiscount(
  state: BucketState,
  takenBefore: number,
  { counts }: RunResult,
): string[] {
  const taken = state.taken.length - takenBefore;
  return !counts || state.touched.size > 0 || counts.archived === taken
    ? []
    : [`${counts.archived} are counted as archived, and ${taken} left the source`];
}
