/** What must hold where whole runs share an archive: S is the source, D the archive, and A(l) the versions that a line l names. */
import { parseLines } from './programs';
import { NIGHTLY, VERIFY } from './run-programs';
import { ARCHIVE, hasBytesOf, SOURCE, type S3State, type Stored } from './s3-model';
import type { Stage } from './scenario';
import { isDone, type State } from './state';
import type { ArchivedVersion, LedgerLine, VerifiedLine } from '../../src/contract/payloads/ledger-line';
import type { Run } from '../../src/contract/payloads/run';
import { getArchivedVersions } from '../../src/lambda/ledger/merge-lines';

interface Recorded { readonly line: LedgerLine; readonly part: string }

function linesOf<T extends object>({ ledger }: S3State, { ledgerPrefix }: Run): { line: T; part: string }[] {
  return Object.entries(ledger).filter(([key]) => key.startsWith(ledgerPrefix))
    .flatMap(([part, { text }]) => parseLines(text).map((line) => ({ line: line as unknown as T, part })));
}

/** Whether an object has the bytes of a version in the archive. */
function isVersion(stored: Stored | undefined, { etag, archivedEtag = etag }: ArchivedVersion): boolean {
  return hasBytesOf(stored, archivedEtag);
}

/** Checks an executed call of a run. */
export function findWrongStep({ scenario }: Stage, { s3, ghost, foreign }: State, before: S3State, operation: string): string | undefined {
  for (const key of new Set([...Object.keys(before.objects), ...Object.keys(s3.objects)])) {
    const [old, now] = [before.objects[key], s3.objects[key]];
    if (old?.written === now?.written) { continue; }
    const isInArchive = key.startsWith(ARCHIVE);
    if (old && now) { return `${operation} overwrote ${key}`; }
    if (now && !isInArchive && !isRestorable(s3, key, now)) { return `${operation} wrote ${now.content} to ${key}, which no line says was archived from there`; }
    if (!old) { continue; }
    if (isInArchive && scenario.runs !== 'loss') { return `${operation} removed ${key}: an archive only grows`; }
    const isElsewhere = Object.entries(s3.objects).some(([other, { content }]) => (isInArchive || other.startsWith(ARCHIVE)) && content === old.content);
    const isDestroyed = ghost.lost.some((lost) => lost.endsWith(` ${old.content}`) && !lost.startsWith(`${key} `));
    if (!isElsewhere && !isDestroyed) { return `${operation} removed ${old.content} from ${key}, and nothing else holds it`; }
  }
  return foreign.length === 0 ? findLostLine(s3) : undefined;
}

/** The last version that a line names is its own if it is archived, and otherwise the last earlier one. */
function isRestorable(s3: S3State, key: string, now: Stored): boolean {
  return linesOf<LedgerLine>(s3, NIGHTLY).some(({ line }) => {
    const version = getArchivedVersions(line).at(-1);
    return `${SOURCE}/${line.key}` === key && line.proof === undefined && version !== undefined && isVersion(now, version);
  });
}

/** As long as no other writer acts, each line leads to its object: in the archive or at the old key. */
function findLostLine(s3: S3State): string | undefined {
  for (const { line } of linesOf<LedgerLine>(s3, NIGHTLY)) {
    const version = getArchivedVersions(line).at(-1);
    if (!version || isVersion(s3.objects[`${ARCHIVE}/${version.destination}`], version) || isVersion(s3.objects[`${SOURCE}/${line.key}`], version)) { continue; }
    return `${line.key} is lost: neither ${version.destination} nor the old key holds what its line says is archived`;
  }
  return undefined;
}

/** Remembers for each verification what was removed since it began, because it may have seen that. */
export function noteRemoved(stage: Stage, state: State, before: S3State): State {
  if (state.s3.objects === before.objects) { return state; }
  const isConcerned = ({ mover, point }: State['attempts'][number]) => stage.scenario.movers[mover] === 'verify' && point.id > 0 && !isDone(point);
  if (!state.attempts.some(isConcerned)) { return state; }
  const removed = Object.entries(before.objects).filter(([key, { written }]) => state.s3.objects[key]?.written !== written)
    .map(([key, { content }]) => `${key} ${content}`);
  return {
    ...state,
    attempts: state.attempts.map((each) => isConcerned(each) ? { ...each, gone: [...new Set([...each.gone ?? [], ...removed])].sort() } : each),
  };
}

/** Checks what the report and the ledger of a verification claim, at its end. */
export function findFalseClaim(state: State, who: number): string | undefined {
  const { s3, attempts } = state;
  const held = (key: string): Stored[] => [
    ...s3.objects[key] ? [s3.objects[key]] : [],
    ...(attempts[who].gone ?? []).filter((each) => each.startsWith(`${key} `)).map((each) => ({ content: each.slice(key.length + 1), etag: '', written: 0 })),
  ];
  const found = linesOf<VerifiedLine>(s3, VERIFY).map(({ line }) => line);
  for (const recorded of linesOf<LedgerLine>(s3, NIGHTLY)) {
    for (const version of getArchivedVersions(recorded.line)) {
      const said = found.find(({ part, key, destination, etag }) => {
        return part === recorded.part && key === recorded.line.key && destination === version.destination && etag === version.etag;
      });
      const wrong = findWrongClaim(s3, recorded, version, said?.status, held);
      if (wrong) { return `${wrong} (${JSON.stringify(said ?? 'no line')})`; }
    }
  }
  return undefined;
}

function findWrongClaim(
  s3: S3State, { line, part }: Recorded, version: ArchivedVersion, said: string | undefined, held: (key: string) => readonly Stored[],
): string | undefined {
  const wasHeld = held(`${ARCHIVE}/${version.destination}`).some((stored) => isVersion(stored, version));
  if (said === undefined && !wasHeld) { return `the verification says that ${version.destination} is present, and the archive did not hold it`; }
  if (said !== 'skipped') { return undefined; }
  const isNamed = linesOf<LedgerLine>(s3, { ledgerPrefix: 'runs/ledger/' } as Run)
    .some((other) => other.line.status === 'restored' && other.line.key === line.key && other.line.origin === part);
  if (!isNamed) { return `the verification explains the loss of ${version.destination}, and no restore names its line`; }
  return held(`${SOURCE}/${line.key}`).some((stored) => isVersion(stored, version)) ? undefined : `the verification says that ${line.key} was restored, and it is not there`;
}
