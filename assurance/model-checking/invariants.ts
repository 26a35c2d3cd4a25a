/**
 * These invariants must hold after every step, and when a mover reports where its object ended.
 *
 * No check at the end is needed to show that nothing is lost. Either the owner or the archiver
 * removes a content from its source, and the archiver's removals are checked when they happen. Only
 * the other writer removes what is in the archive, and that is checked, too.
 */
import { annotationsOf, bodyOf, type Content, coreOf, demandOf, withAttributes } from './content';
import { holds, isPackKey, packOf } from './packs';
import { parseLines, type Outcomes } from './programs';
import { checkClaims, checkStep, noteRemoved } from './run-invariants';
import {
  ARCHIVE,
  hasBytesOf,
  REPORTS,
  SOURCE,
  type Request,
  type S3State,
  type Stored,
} from './s3-model';
import { isChange, placesOf, type Stage } from './scenario';
import { isDone, isOver, LOOK, type Attempt, type Ghost, type Seen, type State } from './state';
import type {
  ArchivedFacts,
  LedgerLine,
  PackMember,
} from '../../src/contract/payloads/ledger-line';
import { LEDGER_FOLDER } from '../../src/contract/report-places';
import { getArchivedVersions, mergeLine } from '../../src/lambda/ledger/merge-lines';

/**
 * These schedules are correct, but something that the mover reports is not exact. They are counted
 * each time they happen.
 */
export type Note =
  /**
   * The other writer destroyed the copy in the archive after we last checked it and before we
   * deleted the source.
   */
  | 'archive copy destroyed by the other writer before our delete'
  /**
   * S3 has no condition on tags, annotations and locks. The owner changed them after our last look
   * at them and before we deleted the source.
   */
  | 'what came to a source after the last look is lost with it'
  /** The same of a copy in parts, while it gets the annotations of its source. */
  | 'an annotation was overwritten that came to the copy after the last look'
  /**
   * An object that another writer uploaded in parts, and that has no annotation, looks like a copy
   * of ours that is not complete yet.
   */
  | 'the object of somebody else got the annotations of its source'
  /**
   * The source is gone. The other writer's object in the archive has the size of the listed object
   * and is as new as the run.
   */
  | 'recognized by size and time, wrongly'
  /**
   * The archive held the same content before the run, but its ETag does not prove that. The owner
   * removed the source before the two could be compared.
   */
  | 'vanished, while the archive had the same content from before the run'
  /**
   * The owner removed the source and wrote it again while we checked. Another mover archived the
   * new object.
   */
  | 'vanished, and then written again and archived by another mover'
  /**
   * The owner rewrote the source. An earlier attempt archived the new content and was killed before
   * it reported that.
   */
  | 'vanished, while another attempt archived a newer version'
  /**
   * This happens at the end of the time: the answer to the delete was lost, and the answer to a
   * check was lost, too.
   */
  | 'failed, although deleted, since neither the delete nor a look was answered'
  | 'failed or conflicting, while another attempt moved it'
  /** These say that the scenarios of whole runs reach what they are about. */
  | 'an object was archived again'
  | 'an object was restored'
  | 'a verification was fine'
  | 'a verification explained a loss'
  | 'a verification was not fine';

export type Violation = string;

interface Checked {
  readonly state: State;
  readonly violation?: Violation;
  readonly note?: Note;
}

const add = <T extends string>(set: readonly T[], ...more: readonly T[]): T[] =>
  [...new Set([...set, ...more])].sort();

const withGhost = (state: State, ghost: Partial<Ghost>): State => ({
  ...state,
  ghost: { ...state.ghost, ...ghost },
});

/** Records an action of the other writer. */
export function onForeign(stage: Stage, state: State, before: S3State, action: string): State {
  const key = action.slice(action.lastIndexOf(' ') + 1);
  const { runs } = stage.scenario;
  const old = before.objects[key];
  const now = state.s3.objects[key];
  // The delete judges whether an annotation or a lock is lost.
  if (isChange(action) && coreOf(old.content) === coreOf(now.content)) {
    return state;
  }
  const written = now
    ? add(state.ghost.written, `${key} ${coreOf(now.content)}`)
    : state.ghost.written;
  if (runs || key.startsWith(ARCHIVE)) {
    return withGhost(state, {
      written,
      lost: old ? add(state.ghost.lost, `${key} ${coreOf(old.content)}`) : state.ghost.lost,
    });
  }
  if (now) {
    const contents = stage.contentsOf.get(now.etag) ?? new Set();
    stage.contentsOf.set(now.etag, contents.add(coreOf(now.content)));
  }
  return withGhost(removedBy(state, key), { written });
}

/**
 * Records that attempt `who` removed a source. Without `who`, another writer removed the source
 * or wrote it again.
 */
function removedBy(state: State, key: string, who?: number): State {
  if (who === undefined && !state.attempts.some(({ removed }) => removed.includes(key))) {
    return state;
  }
  return {
    ...state,
    attempts: state.attempts.map((each, index) => ({
      ...each,
      removed:
        index === who ? add(each.removed, key) : each.removed.filter((other) => other !== key),
    })),
  };
}

/** Checks an executed call of the archiver: every change that it made must have been allowed. */
export function onExecuted(
  stage: Stage,
  state: State,
  before: S3State,
  { operation, input }: Request,
  seen: Seen,
  who?: number,
): Checked {
  let note: Note | undefined;
  if (input.Bucket === REPORTS) {
    const violation = findLostProof(before.ledger, state.s3.ledger);
    if (violation) {
      return { state, violation };
    }
    state = followLedger(state, before, operation, who);
  }
  if (state.s3 === before) {
    return { state };
  }
  if (stage.scenario.runs) {
    return {
      state: noteRemoved(stage, state, before),
      ...checkStep(stage, state, before, operation, seen),
    };
  }
  for (const key of new Set([...Object.keys(before.objects), ...Object.keys(state.s3.objects)])) {
    const old = before.objects[key];
    const now = state.s3.objects[key];
    if (sameWrite(old, now)) {
      const annotated = old === now ? {} : checkAnnotated(stage, state, key, old, now, seen);
      if (annotated.violation) {
        return { state, ...annotated };
      }
      note ??= annotated.note;
      continue;
    }
    if (key.startsWith(ARCHIVE)) {
      if (old) {
        return { state, violation: `${operation} changed what stood at ${key}` };
      }
      if (!comesFromSource(stage, state, key, now.content)) {
        return {
          state,
          violation: `${operation} wrote to ${key} what never was at the source: ${now.content}`,
        };
      }
      continue;
    }
    if (now) {
      return { state, violation: `${operation} wrote to the source` };
    }
    if (writesLedger(stage) && !isRecorded(before, key, old.etag)) {
      return {
        state,
        violation: `${operation} removed ${key}, and no line of the ledger says that it is archived`,
      };
    }
    state = removedBy(state, key, who);
    const archive = Object.entries(state.s3.objects).filter(([place]) => place.startsWith(ARCHIVE));
    const isHeld = (wanted: Content) =>
      archive.some(([place, { content }]) => holds(place, content, key, wanted));
    if (isHeld(old.content)) {
      continue;
    }
    const wanted = getDemand(seen, key, old);
    if (isHeld(wanted)) {
      note = 'what came to a source after the last look is lost with it';
      continue;
    }
    const wasHeld = Object.entries(seen).some(
      ([thread, { content }]) =>
        !thread.startsWith(LOOK) &&
        holds(thread.slice(thread.lastIndexOf(' ') + 1), content, key, wanted),
    );
    if (!wasHeld) {
      return {
        state,
        violation:
          `${operation} removed ${old.content} from ${key}. The archive does not hold ${wanted}, ` +
          'and did not hold it when the mover last looked',
      };
    }
    note = 'archive copy destroyed by the other writer before our delete';
  }
  return { state, note };
}

/** What must outlive a source that is removed now, by all that its mover has seen of it. */
export function getDemand(seen: Seen, path: string, { content, written }: Stored): Content {
  const look = seen[`${LOOK}${path}`];
  return demandOf(content, look?.written === written ? look.content : content);
}

/**
 * S3 bills each request for a restore. A mover may send one if its last look, since it last asked,
 * showed that S3 does not restore the object. Nothing can keep two movers from asking at the same
 * time: S3 refuses the second.
 */
export function findNeedlessRestore(
  { operation, input: { Bucket, Key } }: Request,
  seen: Seen,
): Violation | undefined {
  if (operation !== 'RestoreObject') {
    return undefined;
  }
  const look = seen[`${LOOK}${Bucket}/${Key}`];
  return look?.glacier === 'frozen'
    ? undefined
    : `RestoreObject asked again for ${Key}, which was ${look?.glacier ?? 'not looked at'}`;
}

/**
 * Checks what a write changed of an object that stays the same. Only a copy in parts is given
 * annotations, and only those of its source. None of them is overwritten, and an object of another
 * writer that has annotations is not touched.
 */
function checkAnnotated(
  stage: Stage,
  state: State,
  key: string,
  old: Stored,
  now: Stored,
  seen: Seen,
): Pick<Checked, 'violation' | 'note'> {
  if (old.content === now.content) {
    return {};
  }
  const [before, after] = [annotationsOf(old.content), annotationsOf(now.content)];
  const overwritten = [...before].find(([name, payload]) => after.get(name) !== payload)?.[0];
  if (overwritten !== undefined) {
    const wasSeen = Object.entries(seen).some(
      ([place, { content }]) =>
        place.endsWith(` ${key}`) && annotationsOf(content).has(overwritten),
    );
    return wasSeen
      ? { violation: `the annotation ${overwritten} of ${key} was overwritten` }
      : { note: 'an annotation was overwritten that came to the copy after the last look' };
  }
  // Another writer may have tagged it since.
  const bytesOf = (content: Content) => withAttributes(coreOf(content), { tags: '' });
  if (![...everAtSource(stage, state)].some((each) => bytesOf(each) === bytesOf(old.content))) {
    return { violation: `${key} was annotated, which holds other content: ${old.content}` };
  }
  if (old.isAssembled) {
    return {};
  }
  if (!old.etag.includes('-')) {
    return { violation: `${key} was annotated, which nobody has uploaded in parts` };
  }
  return before.size > 0
    ? { violation: `${key} was annotated, which somebody else has uploaded and annotated` }
    : { note: 'the object of somebody else got the annotations of its source' };
}

/**
 * An answer that counts the lines of a ledger must stay true: what they say of an object may not
 * change any more. An attempt that wrote something else since then is dead. The same statement may
 * be written again.
 */
export function findLateLine(
  { scenario: { isSealed } }: Stage,
  before: State,
  { ledger }: S3State,
): Violation | undefined {
  if (!isSealed || !isOver(before) || ledger === before.s3.ledger) {
    return undefined;
  }
  return describeLedger(ledger) === describeLedger(before.s3.ledger)
    ? undefined
    : 'a write of an attempt that died changed what the ledger says after the answer of the next ' +
        'one';
}

/** What the lines that count say of their objects, whenever they were written. */
function describeLedger(ledger: S3State['ledger']): string {
  const lines = [...mergeLedger(ledger).values()];
  return JSON.stringify(
    lines
      .map(({ key, status, destination, etag, size, code }) => [
        key,
        status,
        destination,
        etag,
        size,
        code,
      ])
      .sort(),
  );
}

/** Files of a plan are in the same bucket. */
function listParts(ledger: S3State['ledger']): S3State['ledger'][string][] {
  return Object.entries(ledger)
    .filter(([key]) => key.includes(`/${LEDGER_FOLDER}`))
    .map(([, part]) => part);
}

function mergeLedger(ledger: S3State['ledger']): Map<string, LedgerLine> {
  const lines = new Map<string, LedgerLine>();
  for (const { text } of listParts(ledger).sort((a, b) => a.written - b.written)) {
    for (const line of parseLines(text)) {
      mergeLine(lines, line);
    }
  }
  return lines;
}

/**
 * What S3 answered about a copy cannot be found out again once its source is gone. An attempt that
 * only sees a copy of the same size must not replace it.
 */
function findLostProof(before: S3State['ledger'], now: S3State['ledger']): Violation | undefined {
  if (before === now) {
    return undefined;
  }
  const [known, claimed] = [listProven(before), listProven(now)];
  const lost = [...known].find(([name, isProven]) => isProven && claimed.get(name) === false);
  return lost && `the ledger proved the copy ${lost[0]}, and now only says that its size fits`;
}

/** The versions that a ledger says are archived, and whether any of its lines proves it. */
function listProven(ledger: S3State['ledger']): Map<string, boolean> {
  const proven = new Map<string, boolean>();
  for (const line of listParts(ledger).flatMap(({ text }) => parseLines(text))) {
    for (const { destination, etag, proof } of getArchivedVersions(line)) {
      const name = `${destination} of ${line.key} ${etag}`;
      proven.set(name, proof === undefined || proven.get(name) === true);
    }
  }
  return proven;
}

/**
 * Notes which attempts know what the ledger says: those that listed it after the others had written
 * to it.
 */
function followLedger(state: State, before: S3State, operation: string, who?: number): State {
  const isWritten = state.s3.ledger !== before.ledger;
  if (!isWritten && operation !== 'ListObjectsV2') {
    return state;
  }
  const isBehind = ({ behind }: Attempt, index: number) =>
    index === who ? behind && isWritten : behind || isWritten;
  if (state.attempts.every((each, index) => each.behind === isBehind(each, index))) {
    return state;
  }
  return {
    ...state,
    attempts: state.attempts.map((each, index) => ({ ...each, behind: isBehind(each, index) })),
  };
}

/** Each write of a key has its own number. */
function sameWrite(a: Stored | undefined, b: Stored | undefined): boolean {
  return a?.written === b?.written && a?.etag === b?.etag;
}

function everAtSource({ items, begin }: Stage, { ghost }: State): Set<Content> {
  const first = items.map(({ key }) => coreOf(begin.objects[`${SOURCE}/${key}`].content));
  const later = ghost.written
    .filter((each) => each.startsWith(SOURCE))
    .map((each) => each.slice(each.lastIndexOf(' ') + 1));
  return new Set([...first, ...later]);
}

/** The index of a pack is in a folder of its own, and the pack has it as its last member. */
function comesFromSource(stage: Stage, state: State, key: string, content: Content): boolean {
  const contents = everAtSource(stage, state);
  if (!packOf(content)) {
    return contents.has(coreOf(content));
  }
  const bodies = new Set([...contents].map(bodyOf));
  return (
    !isPackKey(key) ||
    [...packOf(content)!.members].every(
      ([name, body]) => name.startsWith('_index-') || bodies.has(body),
    )
  );
}

function writesLedger({ scenario: { movers } }: Stage): boolean {
  return movers.some((each) => /^(pack |ending )?batch/.test(each));
}

/**
 * Whether the ledger has a line, whichever counts, that says that this version is archived, or any
 * version.
 */
function isRecorded({ ledger }: S3State, path: string, etag?: string): boolean {
  const lines = Object.values(ledger).flatMap(({ text }) => parseLines(text));
  return lines.some((line) => {
    return (
      `${SOURCE}/${line.key}` === path &&
      getArchivedVersions(line).some((version) => etag === undefined || version.etag === etag)
    );
  });
}

/**
 * When all movers are done: the ledger says of what the archiver removed that it is archived.
 *
 * If there are several movers, that is exact for what an attempt removed that has listed the ledger
 * after all writes of the others. It cannot be exact if another attempt looks at the source before
 * it is removed and writes what it saw after the remover has read the ledger for the last time:
 * no attempt looks again. Nor is it for what an attempt removed that was killed, because the clock
 * of the model does not advance, so that its repetition is not later than the others; nor if S3
 * executes its delete after the repetition has looked at the source. Then the ledger must still
 * name the archived version, in a line that need not count.
 */
function checkLedger(
  stage: Stage,
  { s3, attempts, orphans, foreign }: State,
): Violation | undefined {
  const isSettled =
    attempts.every(({ point, late }) => isDone(point) && late.length === 0) && orphans.length === 0;
  if (!isSettled || !writesLedger(stage)) {
    return undefined;
  }
  const lines = mergeLedger(s3.ledger);
  for (const { key } of stage.items) {
    const path = `${SOURCE}/${key}`;
    if (
      s3.objects[path] ||
      foreign.includes(`delete ${path}`) ||
      lines.get(key)?.status === 'archived'
    ) {
      continue;
    }
    const isExact =
      (attempts.length === 1 && !stage.scenario.isSealed) ||
      attempts.some(({ removed, behind }) => removed.includes(path) && !behind);
    if (isExact || !isRecorded(s3, path)) {
      return (
        `the archiver removed ${key}, and the ledger says ` +
        `${lines.get(key)?.status ?? 'nothing'}`
      );
    }
  }
  return undefined;
}

/** Checks what a mover reports about its objects. The report must be true. */
export function onFinished(stage: Stage, state: State, who: number): Checked {
  let note: Note | undefined;
  const {
    point: { outcomes, thrown },
  } = state.attempts[who];
  if (thrown) {
    return { state, violation: `the mover threw ${thrown}` };
  }
  if (stage.scenario.runs) {
    return { state, ...checkClaims(stage, state, who) };
  }
  const hole = checkLedger(stage, state);
  if (hole) {
    return { state, violation: hole };
  }
  for (const [key, moved] of Object.entries(outcomes!)) {
    const judged = judge(stage, state, who, key, moved);
    if (judged.lie) {
      return {
        state,
        violation: `${moved.status} is not true of ${key}: ${judged.lie} (${JSON.stringify(moved)})`,
      };
    }
    note ??= judged.note;
  }
  return { state, note };
}

/** Whether the bytes that a line names are those of the object. */
function hasMember(
  pack: Content | undefined,
  { offset, size }: PackMember,
  contents: ReadonlySet<Content>,
): boolean {
  const bytes = packOf(pack)
    ?.bytes.subarray(offset, offset + size)
    .toString();
  return [...contents].some((content) => bodyOf(content) === bytes);
}

type Judgment = { readonly lie?: string; readonly note?: Note };

function judge(
  stage: Stage,
  { s3, ghost, attempts, foreign, faultsLeft }: State,
  who: number,
  key: string,
  moved: Outcomes[string],
): Judgment {
  const path = `${SOURCE}/${key}`;
  const source = s3.objects[path];
  const ownerPut = (contents: Set<Content>) =>
    [...contents].some((content) => ghost.written.includes(`${path} ${content}`));
  // What an attempt that died had sent may be executed after the owner wrote the object again, as
  // the calls of another mover.
  const meanwhile = (contents: Set<Content>) =>
    (attempts.length > 1 || stage.scenario.isSealed) && ownerPut(contents);
  if (moved.status === 'archived') {
    const place = `${ARCHIVE}/${moved.destination}`;
    const contents = stage.contentsOf.get(moved.etag) ?? new Set();
    const { member } = moved as Partial<ArchivedFacts>;
    if (member) {
      if (source?.etag === moved.etag && !ownerPut(contents)) {
        return { lie: 'it is still at the source' };
      }
      const lost = ghost.lost
        .filter((each) => each.startsWith(`${place} `))
        .map((each) => each.slice(place.length + 1));
      const packs = [s3.objects[place]?.content, ...lost];
      return packs.some((pack) => hasMember(pack, member, contents))
        ? {}
        : { lie: `no pack ${place} has it where the line says` };
    }
    if (!placesOf(stage, key, moved.etag).includes(place)) {
      return { lie: 'another attempt would not look for it there' };
    }
    if (source?.etag === moved.etag && !ownerPut(contents)) {
      return { lie: 'it is still at the source' };
    }
    const there = s3.objects[place] && coreOf(s3.objects[place].content);
    if (there && contents.has(there)) {
      return {};
    }
    if ([...contents].some((content) => ghost.lost.includes(`${place} ${content}`))) {
      return {};
    }
    const byUs = attempts[who].removed.includes(path);
    // If the object's ETag proves that the archiver archived it in another place, the mover must
    // name that place.
    const elsewhere = placesOf(stage, key, moved.etag).find((other) => {
      const stored = s3.objects[other];
      return (
        stored?.etag === moved.etag &&
        contents.has(coreOf(stored.content)) &&
        !ghost.written.includes(`${other} ${coreOf(stored.content)}`)
      );
    });
    if (
      elsewhere &&
      !meanwhile(contents) &&
      !ghost.written.some((each) => each.startsWith(`${place} `))
    ) {
      return { lie: `it is at ${elsewhere}` };
    }
    // An object that existed before the run may have the same size, but it is not as new as the
    // run.
    const byRun =
      s3.objects[place]?.written !== 0 &&
      (there !== undefined || ghost.lost.some((each) => each.startsWith(`${place} `)));
    // The line then says that only size and time speak for it, so that no reader takes it for more.
    // Tags of a source that is gone cannot be compared.
    const isHint = byRun && moved.proof === 'size';
    return (isHint || hasBytesOf(s3.objects[place], moved.etag)) && !byUs
      ? { note: 'recognized by size and time, wrongly' }
      : { lie: `${place} does not hold it` };
  }

  if (moved.status === 'source-gone') {
    if (source && !ghost.written.some((each) => each.startsWith(`${path} `))) {
      return { lie: 'it is at the source' };
    }
    const listed = stage.items.find((item) => item.key === key)!.etag;
    const places = placesOf(stage, key, listed);
    const held = places.flatMap((place) =>
      s3.objects[place] && !ghost.written.includes(`${place} ${coreOf(s3.objects[place].content)}`)
        ? [coreOf(s3.objects[place].content)]
        : [],
    );
    const same = places
      .map((place) => s3.objects[place])
      .find(
        (stored) =>
          stored &&
          held.includes(coreOf(stored.content)) &&
          stage.contentsOf.get(listed)!.has(coreOf(stored.content)),
      );
    if (same && meanwhile(stage.contentsOf.get(listed)!)) {
      return { note: 'vanished, and then written again and archived by another mover' };
    }
    if (same) {
      return same.written === 0 && same.etag !== listed
        ? { note: 'vanished, while the archive had the same content from before the run' }
        : { lie: 'the archive holds it' };
    }
    const newer = held.some((content) => ghost.written.includes(`${path} ${content}`));
    // An attempt that died between its copy and its line leaves a copy that no ledger has, if the
    // owner then deletes the source.
    const isKnown = isRecorded(s3, path) || !foreign.includes(`delete ${path}`);
    if (newer && writesLedger(stage) && isKnown) {
      return { lie: 'an attempt before this one archived a newer version' };
    }
    return newer ? { note: 'vanished, while another attempt archived a newer version' } : {};
  }

  if ((moved.status as string) === 'restoring') {
    const isRestored = source?.glacier !== undefined || foreign.includes(`delete ${path}`);
    const isRewritten = ghost.written.some((each) => each.startsWith(`${path} `));
    return isRestored || isRewritten ? {} : { lie: 'S3 does not restore it' };
  }
  const isDenied = stage.scenario.denied ?? stage.scenario.unreadable;
  if ('code' in moved && moved.code === 'ACCESS_DENIED' && !isDenied) {
    return { lie: 'S3 denied a key that was not there' };
  }
  const faults = stage.scenario.faults - faultsLeft;
  if (!source && moved.status === 'failed' && attempts[who].removed.includes(path) && faults > 1) {
    return { note: 'failed, although deleted, since neither the delete nor a look was answered' };
  }
  if (!source && attempts[who].removed.includes(path)) {
    return { lie: 'this very attempt removed it from the source' };
  }
  if (!source && !foreign.includes(`delete ${path}`)) {
    return { note: 'failed or conflicting, while another attempt moved it' };
  }
  if (moved.status === 'conflicting') {
    const there = s3.objects[`${ARCHIVE}/${moved.destination}`];
    // Later actions of the other writer may have removed a conflict. The owner may also write the
    // same content again under another ETag.
    const rewritten =
      moved.code === 'SOURCE_CHANGED' &&
      foreign.length === 1 &&
      ghost.lost.length === 0 &&
      source?.content !== stage.begin.objects[path].content;
    if ((foreign.length === 0 || rewritten) && (!there || there.content === source?.content)) {
      return { lie: 'nothing conflicts with it' };
    }
  }
  return {};
}
