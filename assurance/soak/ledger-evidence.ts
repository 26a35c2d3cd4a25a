/** Compares what a run reports with the buckets. */
import type { BucketState } from './bucket-state';
import type { Before } from './invariants';
import { fingerprint, listedPrefix } from './objects';
import { membersOf } from './packs';
import { PREFIX } from './setup';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { Counts } from '../../src/contract/payloads/outcomes';
import { keepLines, mergeLine } from '../../src/lambda/ledger/merge-lines';

/** A run reported this. */
export interface RunResult {
  /** This is the name of the run's execution. The folder of its report has the same name. */
  readonly name: string;
  /** This is null if the run ended before its report. */
  readonly counts: Counts | null;
  readonly error?: string | null;
  readonly cause?: string | null;
}

/**
 * Reads a ledger's lines by key. The parts are read in order, since a later part of the same batch
 * tells what happened to an object (src/lambda/ledger/read-ledger.ts).
 */
export function readLedger(
  state: BucketState,
  name: string,
): {
  lines: Map<string, LedgerLine>;
  /** As lines, but with the versions that lines which do not count say are archived. */
  kept: Map<string, LedgerLine>;
  twice: string[];
} {
  const { store, buckets } = state;
  const written: LedgerLine[] = [];
  const lines = new Map<string, LedgerLine>();
  const twice: string[] = [];
  for (const part of store
    .keys(buckets.report)
    .filter((key) => key.includes('/ledger/') && key.includes(`/run=${name}/`))) {
    for (const text of store
      .get(buckets.report, part)!
      .body.bytes()
      .toString()
      .split('\n')
      .filter((each) => each.trim() !== '')) {
      const line = JSON.parse(text) as LedgerLine;
      if (lines.has(line.key)) {
        twice.push(line.key);
      }
      mergeLine(lines, line);
      written.push(line);
    }
  }
  // Restores and verifications read the versions in this way (read-parts.ts).
  return { lines, kept: new Map(keepLines(written).map((line) => [line.key, line])), twice };
}

/**
 * Lists the reasons that a run gives for the objects that it did not archive. They help the
 * developer who investigates a violation.
 */
export function excuses(state: BucketState, name: string): string[] {
  return [...readLedger(state, name).lines.values()]
    .filter(({ status }) => status !== 'archived')
    .map(
      ({ key, status, code, message }) =>
        `  of ${key} the ledger says ${status}, ${code}: ${message}`,
    );
}

/**
 * @param runs are the runs that happened at the same time
 * @param disturbed tells whether some of their work may have been done twice
 */
export function findContradictions(
  state: BucketState,
  before: Before,
  runs: readonly RunResult[],
  disturbed: boolean,
): string[] {
  const ledgers = runs.map(({ name }) => readLedger(state, name));
  const inAnyLedger = (key: string) => ledgers.some(({ lines }) => lines.has(key));
  const archivedInAny = (key: string) =>
    ledgers.some(({ lines }) => lines.get(key)?.status === 'archived');
  const found: string[] = [];
  runs.forEach((run, i) => {
    const { lines, twice } = ledgers[i];
    if (!disturbed) {
      found.push(...twice.map((key) => `the ledger has ${key} twice`));
    }
    found.push(...unbalanced(run, lines));
    for (const line of lines.values()) {
      found.push(...falseLine(state, line, runs.length > 1, run.counts !== null));
    }
    if (run.counts && runs.length === 1 && state.touched.size === 0) {
      found.push(...wrongListing(state, before, run.counts));
    }
  });
  if (runs.every(({ counts }) => counts !== null)) {
    found.push(...unmentioned(state, before, inAnyLedger, archivedInAny));
  }
  return found;
}

function unbalanced(
  { counts, error, cause }: RunResult,
  lines: ReadonlyMap<string, LedgerLine>,
): string[] {
  const found: string[] = [];
  if (error === 'LedgerUnbalanced') {
    found.push(`${error}: ${cause}`);
  }
  if (!counts) {
    return found;
  }
  if (counts.listed !== counts.archived + counts.skipped + counts.conflicting + counts.failed) {
    found.push(`the counts do not add up: ${JSON.stringify(counts)}`);
  }
  for (const status of ['archived', 'conflicting', 'failed'] as const) {
    const said = [...lines.values()].filter((line) => line.status === status).length;
    if (said !== counts[status]) {
      found.push(`${counts[status]} are counted as ${status}, and the ledger has ${said}`);
    }
  }
  return found;
}

/**
 * @param besideOther tells whether another run happened at the same time. The other run may archive
 * an object that this run has to leave, and may end before its own ledger says so
 * @param hasReport tells whether the run came to its report. Until then, the ledger may be ahead of
 * the deletions
 */
function falseLine(
  state: BucketState,
  line: LedgerLine,
  besideOther: boolean,
  hasReport: boolean,
): string[] {
  const { key, destination, status } = line;
  if (state.places.get(key)?.destination === undefined) {
    return [`the ledger has ${key}, which is not of the day`];
  }
  const here = state.source(key);
  if (status !== 'archived') {
    return here || state.removed.has(key) || besideOther
      ? []
      : [`the ledger says ${status} (${line.code}) of ${key}, and it is not at its source`];
  }
  const found: string[] = [];
  if (here && hasReport && !state.touched.has(key)) {
    found.push(`the ledger says archived of ${key}, and it is at its source`);
  }
  const prints = state.history.get(key)!;
  // A writer may have deleted or rewritten an object at the source. Then a late attempt knows only
  // that an object of the same size came to the archive during the run (`hasSameSizeAndIsNew` in
  // src/lambda/move/move-object.ts). Another check makes sure that the object itself is not lost.
  const holds =
    state.removed.has(key) || state.touched.has(key)
      ? () => true
      : (print: string) => prints.has(print);
  const bucket = state.store.bucket(state.buckets.destination);
  let held = false;
  for (let version = bucket.head(destination); version; version = version.older) {
    held ||=
      !version.deleteMarker &&
      (line.member
        ? holds(membersOf(version).get(`${line.member.name} ${line.member.offset}`) ?? '')
        : holds(fingerprint(version)));
  }
  if (!held && !state.removed.has(key)) {
    found.push(`the ledger says that ${key} is archived as ${destination}, and it is not there`);
  }
  return found;
}

/** Without a writer, the number of listed objects is known. */
function wrongListing(state: BucketState, before: Before, { listed }: Counts): string[] {
  const { setup } = state;
  // An object that is archived during the run may or may not be listed by a map.
  if (!setup.selective && state.isSameBucket && setup.destinationPrefix.startsWith(PREFIX)) {
    return [];
  }
  const isLeftOut = (key: string) =>
    setup.selective && state.isSameBucket && key.startsWith(setup.destinationPrefix);
  const isListed = (key: string) => key.startsWith(listedPrefix(setup)) && !isLeftOut(key);
  const there = [...before.source].filter(
    ([key, versions]) => isListed(key) && !versions[0].deleteMarker,
  ).length;
  return listed === there ? [] : [`${listed} are counted as listed, and there were ${there}`];
}

/**
 * Every object of the day must have a line in a ledger. If the object is gone, a line must say that
 * it is archived.
 */
function unmentioned(
  state: BucketState,
  before: Before,
  isIn: (key: string) => boolean,
  isArchived: (key: string) => boolean,
): string[] {
  const found: string[] = [];
  for (const [key, versions] of before.source) {
    const [object] = versions;
    const isOfDay =
      state.places.get(key)?.destination !== undefined && !state.ofAnotherDay.has(object);
    if (!isOfDay || object.deleteMarker || state.touched.has(key)) {
      continue;
    }
    if (!isIn(key)) {
      found.push(`no ledger has ${key}`);
    } else if (!state.source(key) && !isArchived(key)) {
      found.push(`${key} is gone, and no ledger says archived`);
    }
  }
  return found;
}
