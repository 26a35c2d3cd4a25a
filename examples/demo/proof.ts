import type { Snapshot } from './snapshot';

export interface Counts {
  readonly listed: number;
  readonly archived: number;
  readonly skipped: number;
  readonly conflicting: number;
  readonly failed: number;
}

export interface LedgerLine {
  readonly key: string;
  readonly destination: string;
  readonly status: 'archived' | 'conflicting' | 'failed';
  readonly code?: string;
  /** Versions that were archived before the source was written again. */
  readonly earlier?: readonly object[];
}

/**
 * Everything known about a run. Only the counts and the ledger come from the archiver, and the rest
 * is used to check them.
 */
export interface Evidence {
  readonly sourcePrefix: string;
  readonly archivePrefix: string;
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Writes of the other program during the run, in order. */
  readonly written: ReadonlyArray<{ readonly key: string; readonly digest: string }>;
  /** The right destination of each object that had to be archived. */
  readonly destinations: ReadonlyMap<string, string>;
  readonly counts: Counts | null;
  readonly ledger: readonly LedgerLine[];
}

export interface Check {
  readonly claim: string;
  /** Number of objects, lines or figures that were checked. */
  readonly examined: number;
  /** Facts that contradict the claim. */
  readonly violations: readonly string[];
}

/**
 * Looks for anything that contradicts "an object is untouched at its source or safely archived, and
 * the ledger says which".
 */
export function prove(evidence: Evidence): Check[] {
  return [
    nothingLost(evidence),
    archiveUntouched(evidence),
    nothingTwice(evidence),
    nothingInvented(evidence),
    onlyDueMoved(evidence),
    ledgerTellsTheTruth(evidence),
    countsAgree(evidence),
  ];
}

/**
 * Each of these archived objects is at its source as it was before the run, and also still in the
 * archive.
 */
export function proveRestored(
  lines: readonly LedgerLine[],
  before: Snapshot,
  after: Snapshot,
): Check {
  return check(
    'what was restored is at its source as it was, and still in the archive',
    lines,
    ({ key, destination }) => {
      if (after.get(key) !== before.get(key)) {
        return `${key}: not as it was`;
      }
      return after.get(destination) === before.get(key)
        ? undefined
        : `${key}: not at ${destination} any more`;
    },
  );
}

/** The latest content of each key is at the source or at its right destination. */
function nothingLost({ before, after, written, destinations, archivePrefix }: Evidence): Check {
  const latest = new Map(before);
  for (const { key, digest } of written) {
    latest.set(key, digest);
  }
  const objects = [...latest].filter(([key]) => !key.startsWith(archivePrefix));
  return check(
    'each object, with metadata and tags, is at its source or in the archive',
    objects,
    ([key, content]) => {
      const destination = destinations.get(key);
      const safe =
        after.get(key) === content ||
        (destination !== undefined && after.get(destination) === content);
      return safe
        ? undefined
        : `${key}: neither at its source nor at ${destination ?? 'any place of the archive'}`;
    },
  );
}

function archiveUntouched({ before, after, archivePrefix }: Evidence): Check {
  const archived = [...before].filter(([key]) => key.startsWith(archivePrefix));
  return check('what the archive held before is as it was', archived, ([key, content]) => {
    if (after.get(key) === content) {
      return undefined;
    }
    return `${key}: ${after.has(key) ? 'changed' : 'gone'}`;
  });
}

function nothingTwice({ after, destinations }: Evidence): Check {
  return check(
    'nothing is half-moved: no object is in both places',
    [...destinations],
    ([key, destination]) => {
      const content = after.get(key);
      return content !== undefined && content === after.get(destination)
        ? `${key}: at its source and at ${destination}`
        : undefined;
    },
  );
}

/**
 * Each object in the archive is one that had to be archived, at its right destination, and
 * unchanged.
 */
function nothingInvented({ before, after, written, destinations, archivePrefix }: Evidence): Check {
  const rightful = new Set([...before].map(place));
  for (const { key, digest } of written) {
    rightful.add(place([key, digest]));
  }
  for (const [key, destination] of destinations) {
    if (before.has(key)) {
      rightful.add(place([destination, before.get(key)!]));
    }
    for (const write of written) {
      if (write.key === key) {
        rightful.add(place([destination, write.digest]));
      }
    }
  }
  return check(
    'nothing is in the archive, or anywhere else, that does not belong there',
    [...after],
    (object) => {
      if (rightful.has(place(object))) {
        return undefined;
      }
      return (
        `${object[0]}: ` +
        `${object[0].startsWith(archivePrefix) ? 'not an object that belongs there' : 'nobody wrote this'}`
      );
    },
  );
}

function onlyDueMoved({
  before,
  after,
  destinations,
  sourcePrefix,
  archivePrefix,
}: Evidence): Check {
  const notDue = [...before.keys()].filter(
    (key) => isSource(key, sourcePrefix, archivePrefix) && !destinations.has(key),
  );
  return check(
    'objects of other days, with no date or with a wrong one were left alone',
    notDue,
    (key) =>
      after.has(key) ? undefined : `${key}: moved, although its name says none of the run's days`,
  );
}

function ledgerTellsTheTruth({ after, ledger, destinations }: Evidence): Check {
  const keys = ledger.map(({ key }) => key);
  const named = new Set(keys);
  const twice =
    named.size === keys.length ? [] : [`${keys.length - named.size} objects have several lines`];
  const missing = [...destinations.keys()]
    .filter((key) => !named.has(key))
    .map((key) => `${key}: no line`);
  const { claim, examined, violations } = check(
    'the ledger has one line for each object that was due, and it is true',
    ledger,
    (line) => {
      const { key, destination, status } = line;
      if (status === 'archived' && after.has(key)) {
        return `${key}: archived by the ledger, but still at its source`;
      }
      if (status === 'archived' && !after.has(destination)) {
        return `${key}: archived by the ledger, but not at ${destination}`;
      }
      if (status !== 'archived' && !after.has(key)) {
        return `${key}: ${status} by the ledger, but not at its source`;
      }
      return undefined;
    },
  );
  return { claim, examined, violations: [...violations, ...twice, ...missing] };
}

function countsAgree({
  before,
  after,
  counts,
  ledger,
  sourcePrefix,
  archivePrefix,
}: Evidence): Check {
  const claim = 'the five counts are what ledger and bucket show, and they add up';
  if (!counts) {
    return { claim, examined: 0, violations: ['the run ended without counts'] };
  }
  const sources = [...before.keys()].filter((key) => isSource(key, sourcePrefix, archivePrefix));
  const left = sources.filter((key) => after.has(key));
  const lines = (status: LedgerLine['status']) =>
    ledger.filter((line) => line.status === status).length;
  const figures: ReadonlyArray<readonly [what: string, counted: number, seen: number]> = [
    ['listed, by the bucket', counts.listed, sources.length],
    ['archived, by the bucket', counts.archived, sources.length - left.length],
    [
      'skipped + conflicting + failed, by the bucket',
      counts.skipped + counts.conflicting + counts.failed,
      left.length,
    ],
    ['archived, by the ledger', counts.archived, lines('archived')],
    ['conflicting, by the ledger', counts.conflicting, lines('conflicting')],
    ['failed, by the ledger', counts.failed, lines('failed')],
    [
      'the sum of the four others',
      counts.listed,
      counts.archived + counts.skipped + counts.conflicting + counts.failed,
    ],
  ];
  return check(claim, figures, ([what, counted, seen]) =>
    counted === seen ? undefined : `${what}: counted ${counted}, is ${seen}`,
  );
}

function check<T>(
  claim: string,
  items: readonly T[],
  contradiction: (item: T) => string | undefined,
): Check {
  return {
    claim,
    examined: items.length,
    violations: items.flatMap((item) => contradiction(item) ?? []),
  };
}

function isSource(key: string, sourcePrefix: string, archivePrefix: string): boolean {
  return key.startsWith(sourcePrefix) && !key.startsWith(archivePrefix);
}

const place = ([key, digest]: readonly [string, string]) => `${digest} ${key}`;
