/**
 * What must hold where whole runs share an archive: S is the source, D the archive, and A(l) the
 * versions that a line l names.
 */
import { type Content, coreOf, keeps } from './content';
import { getDemand, type Note, type Violation } from './invariants';
import { parseLines } from './programs';
import { NIGHTLY, REPORT, RESTORE, VERIFY } from './run-programs';
import { ARCHIVE, hasBytesOf, SOURCE, type S3State, type Stored } from './s3-model';
import { PACKED, type Stage } from './scenario';
import { isDone, type Seen, type State } from './state';
import type { VerificationReport } from '../../src/actions/verify/lambda/verification-report';
import type {
  ArchivedVersion,
  LedgerLine,
  VerifiedLine,
} from '../../src/contract/payloads/ledger-line';
import { BALANCED_PARTS_NAME, REPORT_NAME } from '../../src/contract/report-places';
import { getArchivedVersions } from '../../src/lambda/ledger/merge-lines';

interface Verdict {
  readonly violation?: Violation;
  readonly note?: Note;
}
interface Recorded<T = LedgerLine> {
  readonly line: T;
  readonly part: string;
}

function linesOf<T = LedgerLine>({ ledger }: S3State, prefix: string): Recorded<T>[] {
  return Object.entries(ledger)
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([part, { text }]) =>
      parseLines(text).map((line) => ({ line: line as unknown as T, part })),
    );
}

/** Whether an object has the bytes of a version that is proven to be in the archive. */
function isVersion(
  stored: Stored | undefined,
  { etag, archivedEtag = etag }: ArchivedVersion,
): boolean {
  return hasBytesOf(stored, archivedEtag);
}

/**
 * The same at its old key. What a pack holds has the bytes of its source, and is put back with its
 * metadata and its tags.
 */
function isRestored(stored: Stored | undefined, version: ArchivedVersion, key: string): boolean {
  if (!version.member) {
    return isVersion(stored, version);
  }
  return hasBytesOf(stored, version.etag) && coreOf(stored!.content) === PACKED[key];
}

/** Checks what a call has changed. */
export function checkStep(
  { scenario }: Stage,
  { s3, ghost, foreign }: State,
  before: S3State,
  operation: string,
  seen: Seen,
): Verdict {
  let note: Note | undefined;
  for (const key of new Set([...Object.keys(before.objects), ...Object.keys(s3.objects)])) {
    const [old, now] = [before.objects[key], s3.objects[key]];
    if (old?.written === now?.written) {
      continue;
    }
    const violation = key.startsWith(ARCHIVE)
      ? findWrongChange(scenario.runs!, s3, before, operation, key)
      : findWrongRestore(s3, key, operation);
    if (violation) {
      return { violation };
    }
    const wanted = old && getDemand(seen, key, old);
    if (
      wanted !== undefined &&
      !isHeld(s3, key, wanted) &&
      !ghost.lost.some((lost) => lost.startsWith(ARCHIVE) && lost.endsWith(` ${coreOf(wanted)}`))
    ) {
      return {
        violation: `${operation} removed ${old.content} from ${key}, and nothing else holds ${wanted}`,
      };
    }
    if (!key.startsWith(ARCHIVE)) {
      note = now ? 'an object was restored' : 'an object was archived again';
    }
  }
  return { note, violation: foreign.length === 0 ? findLostLine(s3) : undefined };
}

/** D only grows, by copies of what S holds. */
function findWrongChange(
  checks: 'all' | 'loss',
  s3: S3State,
  { objects }: S3State,
  operation: string,
  key: string,
): Violation | undefined {
  if (objects[key]) {
    return checks === 'all'
      ? `${operation} changed or removed ${key}: an archive only grows`
      : undefined;
  }
  const { content } = s3.objects[key];
  const isCopy = Object.entries(objects).some(
    ([source, stored]) => source.startsWith(SOURCE) && coreOf(stored.content) === coreOf(content),
  );
  return isCopy
    ? undefined
    : `${operation} wrote ${content} to ${key}, which the source does not hold`;
}

/**
 * What leaves S must be in D then. What leaves D, where that is not a violation by itself, may also
 * be in S.
 */
function isHeld({ objects }: S3State, key: string, wanted: Content): boolean {
  return Object.entries(objects).some(
    ([other, stored]) =>
      (key.startsWith(ARCHIVE) || other.startsWith(ARCHIVE)) && keeps(stored.content, wanted),
  );
}

/**
 * A restore puts one version at a key: that of its line, else the last earlier one, and only if it
 * is proven.
 */
function findWrongRestore(s3: S3State, key: string, operation: string): Violation | undefined {
  const now = s3.objects[key];
  const isRight =
    !now ||
    linesOf(s3, NIGHTLY.ledgerPrefix).some(({ line }) => {
      const version = getArchivedVersions(line).at(-1);
      return (
        `${SOURCE}/${line.key}` === key &&
        version !== undefined &&
        version.proof === undefined &&
        isRestored(now, version, line.key)
      );
    });
  return isRight
    ? undefined
    : `${operation} wrote ${now.content} to ${key}, which is not what its line says is archived`;
}

/**
 * As long as no other writer acts, each line leads to its object: in the archive or at the old key.
 */
function findLostLine({ objects, ...s3 }: S3State): Violation | undefined {
  for (const { line } of linesOf({ objects, ...s3 }, NIGHTLY.ledgerPrefix)) {
    const version = getArchivedVersions(line).at(-1);
    if (
      !version ||
      isVersion(objects[`${ARCHIVE}/${version.destination}`], version) ||
      isRestored(objects[`${SOURCE}/${line.key}`], version, line.key)
    ) {
      continue;
    }
    return (
      `${line.key} is lost: neither ${version.destination} nor the old key holds what its line ` +
      'says is archived'
    );
  }
  return undefined;
}

/**
 * Remembers for each verification what was removed since it began, because it may have seen that.
 */
export function noteRemoved(stage: Stage, state: State, before: S3State): State {
  if (state.s3.objects === before.objects) {
    return state;
  }
  const isConcerned = (attempt: State['attempts'][number]) =>
    verifies(programOf(stage, attempt)) && attempt.point.id > 0 && !isDone(attempt.point);
  if (!state.attempts.some(isConcerned)) {
    return state;
  }
  const removed = Object.entries(before.objects)
    .filter(([key, { written }]) => state.s3.objects[key]?.written !== written)
    .map(([key, { content }]) => `${key} ${content}`);
  return {
    ...state,
    attempts: state.attempts.map((each) =>
      isConcerned(each)
        ? { ...each, gone: [...new Set([...(each.gone ?? []), ...removed])].sort() }
        : each,
    ),
  };
}

/** Checks what the report and the ledger of a verification claim, when its run ends. */
export function checkClaims(
  stage: Stage,
  { s3, attempts, foreign, ghost }: State,
  who: number,
): Verdict {
  const { scenario } = stage;
  const mover = programOf(stage, attempts[who]);
  if (mover.startsWith('restore')) {
    const isAlone = foreign.length === 0 && !scenario.movers.some(archives);
    return {
      violation: scenario.movers.some(archives)
        ? undefined
        : (findFalseRestore(s3, ghost) ?? (isAlone ? findFalseConflict(stage, s3) : undefined)),
    };
  }
  const report = s3.ledger[`${VERIFY.reportPrefix}${REPORT_NAME}`]?.text;
  if (!verifies(mover) || report === undefined) {
    return {};
  }
  const { outcome, counts, runs } = JSON.parse(report) as VerificationReport;
  // A run that is still going is not claimed.
  if (runs.running.length > 0) {
    return { note: 'a verification was not fine' };
  }

  const held = (key: string): Stored[] => [
    ...(s3.objects[key] ? [s3.objects[key]] : []),
    ...(attempts[who].gone ?? [])
      .filter((each) => each.startsWith(`${key} `))
      .map((each) => ({ content: each.slice(key.length + 1), etag: '', written: 0 })),
  ];
  const versions = linesOf(s3, NIGHTLY.ledgerPrefix).flatMap((recorded) =>
    getArchivedVersions(recorded.line).map((version) => {
      const isPresent = held(`${ARCHIVE}/${version.destination}`).some((stored) =>
        isVersion(stored, version),
      );
      return {
        ...recorded,
        version,
        isPresent,
        isExplained: isExplained(s3, recorded, version, held),
      };
    }),
  );
  const present = versions.filter(({ isPresent }) => isPresent).length;
  const explained = versions.filter((each) => each.isExplained).length;
  if (counts.present > present) {
    return {
      violation: `the verification says that ${counts.present} objects are present, and ${present} were`,
    };
  }
  if (counts.skipped > explained) {
    return {
      violation:
        `the verification says that ${counts.skipped} losses are explained, and ${explained} ` +
        'are',
    };
  }
  for (const { line: said } of linesOf<VerifiedLine>(s3, VERIFY.ledgerPrefix)) {
    const isTrue =
      said.status !== 'skipped' ||
      versions.some(({ version: { destination, etag }, ...each }) => {
        return (
          each.isExplained &&
          each.line.key === said.key &&
          destination === said.destination &&
          etag === said.etag
        );
      });
    if (!isTrue) {
      return {
        violation:
          `the verification says that ${said.key} was restored, which explains nothing: ` +
          `${JSON.stringify(said)}`,
      };
    }
  }
  if (foreign.length === 0 && counts.changed + counts.missing > 0) {
    return { violation: `a false alarm: ${JSON.stringify(counts)}` };
  }
  if (outcome !== 'CLEAN') {
    return { note: 'a verification was not fine' };
  }
  const isProven = versions.every((each) => each.isPresent || each.isExplained) && isWhole(s3);
  if (!isProven) {
    return {
      violation: `the verification is fine, and not all of the run is proven: ${JSON.stringify(counts)}`,
    };
  }
  return {
    note: counts.skipped > 0 ? 'a verification explained a loss' : 'a verification was fine',
  };
}

/** In a sealed scenario, the attempts that follow a kill are numbered after all movers. */
function programOf(
  { scenario: { movers } }: Stage,
  { mover }: State['attempts'][number],
): Stage['scenario']['movers'][number] {
  return movers[mover % movers.length];
}

function verifies(mover: Stage['scenario']['movers'][number]): boolean {
  return mover.startsWith('verify');
}

/** It may move a restored object again before the restore ends. */
function archives(mover: Stage['scenario']['movers'][number]): boolean {
  return mover.startsWith('archive') || mover === 'nightly run';
}

/**
 * What a restore says is back must be at its old key, or have been there until another
 * writer removed it.
 */
function findFalseRestore(s3: S3State, { lost }: State['ghost']): Violation | undefined {
  for (const { line } of linesOf(s3, RESTORE.ledgerPrefix).filter(
    ({ line: { status } }) => status === 'restored',
  )) {
    const key = `${SOURCE}/${line.key}`;
    const wasThere = lost
      .filter((each) => each.startsWith(`${key} `))
      .map((each) => ({ content: each.slice(key.length + 1), etag: '', written: 0 }));
    if (![s3.objects[key], ...wasThere].some((stored) => isRestored(stored, line, line.key))) {
      return `the restore says that ${line.key} is back, and its old key never held it`;
    }
  }
  return undefined;
}

/**
 * No other writer has written to the old key, and it holds the very object: it is restored, with
 * any ETag.
 */
function findFalseConflict({ items, model }: Stage, s3: S3State): Violation | undefined {
  const conflicts = linesOf(s3, RESTORE.ledgerPrefix).filter(
    ({ line: { status } }) => status === 'conflicting',
  );
  const untouched = conflicts.find(({ line: { key } }) =>
    items.some((item) => item.key === key && s3.objects[`${SOURCE}/${key}`]?.etag === item.etag),
  );
  return (
    untouched &&
    `the restore says that the old key of ${untouched.line.key} holds other content, and it ` +
      `holds this object (${model.flavour})`
  );
}

/** A restore must have copied this very version back, and the old key must hold it. */
function isExplained(
  s3: S3State,
  { line, part }: Recorded,
  version: ArchivedVersion,
  held: (key: string) => readonly Stored[],
): boolean {
  const isNamed = linesOf(s3, 'runs/ledger/').some(
    ({ line: { status, key, origin } }) =>
      status === 'restored' && key === line.key && origin === part,
  );
  return (
    isNamed && held(`${SOURCE}/${line.key}`).some((stored) => isRestored(stored, version, line.key))
  );
}

/**
 * The run has a report, after which no program adds to its ledger, and its ledger has what it was
 * balanced with.
 */
function isWhole(s3: S3State): boolean {
  const list = s3.ledger[`${NIGHTLY.reportPrefix}${BALANCED_PARTS_NAME}`]?.text;
  if (!s3.ledger[REPORT] || list === undefined) {
    return false;
  }
  return (parseLines(list) as unknown as { name: string; lines: number }[]).every(
    ({ name, lines }) =>
      parseLines(s3.ledger[`${NIGHTLY.ledgerPrefix}${name}`]?.text ?? '').length >= lines,
  );
}
