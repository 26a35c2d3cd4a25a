import { AttemptCounts } from './attempt-counts';
import type { Preview } from './forecast';
import { findNote, type NoteName, type NoteReason } from '../../contract/notes';
import type { Progress } from '../../contract/payloads/batch-payloads';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import { type Notes, withNote } from '../../contract/payloads/note-payloads';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { FailedSource } from '../../features/glacier/lambda/vain-restores';
import type { BatchLines } from '../ledger/batch-ledger';
import { getListedFields } from '../ledger/listed-fields';
import { getArchivedFacts, isMoved } from '../ledger/merge-lines';
import { REWRITTEN_AFTER_COPY } from '../move/move-object';
import type { Copied, MoveResult } from '../move/move-request';
import { countNotes } from '../notes/note-counts';
import type { Selection, SkippedSelection } from '../selection/select-objects';
import { addSkipped } from '../selection/skipped-objects';
import { formatCause, formatProgressKey } from '../text/format';

export type Outcome = (
  | Copied
  | MoveResult
  | Preview
  | { readonly status: 'skipped'; readonly selection: SkippedSelection }
  /** Another attempt has archived the object, as its line says. */
  | { readonly status: 'source-gone'; readonly isKept: boolean }
) & {
  /** Notes on the object. Unset: those that follow from its status. */
  readonly notes?: Notes;
};
type Unarchived = Extract<MoveResult, { status: 'failed' | 'conflicting' }>;

interface Entry {
  /** Undefined: the object is open, that is, not finished yet. */
  outcome?: Outcome;
  /** The day that names the object's folder in the archive. */
  day?: string;
  /** When the work on the object began and ended, in epoch milliseconds. */
  span?: { readonly began: number; readonly ended: number };
  /** Notes that stages made before the outcome was known. */
  notes?: Notes;
  /** The line that says so. */
  line?: LedgerLine;
}

/** The same for all lines of a batch. */
interface LineOptions {
  /** Epoch milliseconds. */
  readonly runStart: number;
  /** Storage class of the archive. Undefined: STANDARD. */
  readonly archiveClass?: string;
}

/** A confirmed copy whose source was not deleted yet. */
export interface CopiedItem extends Copied {
  readonly index: number;
  readonly key: string;
}

/**
 * If this many objects all fail for one reason that lies in the setup, and nothing else happens,
 * the others would, too.
 */
const SYSTEMIC_SAMPLE = 10;
const NEEDS_WHOLE_BATCH: readonly string[] = [
  ReasonCode.ACCESS_DENIED,
  ReasonCode.EXPIRED_CREDENTIALS,
];
/** Limits for the output of a child workflow. The ledger has all problems in full. */
const MAX_PROBLEMS = 3;
const MAX_MESSAGE_LENGTH = 400;

/** The outcomes of a batch's objects in one round. */
export class BatchOutcomes {
  private readonly entries: readonly Entry[];
  private readonly attempts = new AttemptCounts();

  /** @param before the progress that the earlier rounds made; this round begins at its cursor */
  constructor(
    private readonly items: readonly ListedObject[],
    private readonly before: Progress,
    private readonly lineOptions: LineOptions,
  ) {
    this.entries = items.map((): Entry => ({
      outcome: undefined,
      day: undefined,
      span: undefined,
      notes: undefined,
      line: undefined,
    }));
  }

  set(index: number, outcome: Outcome, span?: Entry['span']): void {
    const entry = this.entries[index];
    // After a delete that left no marker, the line stays as it was written before it.
    const isSameLine =
      entry.outcome?.status === 'copied' &&
      outcome.status === 'archived' &&
      outcome.archived === entry.outcome.archived;
    if (!isSameLine) {
      entry.line = undefined;
    }
    this.attempts.replace(entry.outcome, outcome);
    entry.outcome = outcome;
    if (span) {
      entry.span = span;
    }
  }

  /**
   * Adds a note on an object before its outcome is known: a note on archived objects counts only if
   * the object is archived, and a note on skipped objects only if it is not.
   */
  note<N extends NoteName>(index: number, name: N, reason: NoteReason<N>): void {
    const entry = this.entries[index];
    entry.notes = withNote(entry.notes, name, reason);
    entry.line = undefined;
  }

  /** Leaves an object to the next round. */
  reopen(index: number): void {
    const entry = this.entries[index];
    this.attempts.replace(entry.outcome, undefined);
    entry.outcome = entry.line = undefined;
  }

  setDay(index: number, day: string): void {
    this.entries[index].day = day;
  }

  /**
   * Returns those of the objects, or of all objects, that are copied and whose sources are still to
   * be deleted.
   */
  listCopied(indexes: Iterable<number> = this.entries.keys()): CopiedItem[] {
    return [...indexes].flatMap((index) => {
      const { outcome } = this.entries[index];
      return outcome?.status === 'copied'
        ? [{ ...outcome, index, key: this.items[index].Key }]
        : [];
    });
  }

  has(index: number): boolean {
    return this.entries[index]?.outcome !== undefined;
  }

  isDeleted(index: number): boolean {
    return this.entries[index].outcome?.status === 'archived';
  }

  /**
   * The next round begins here. Objects behind it that this round did finish are found archived,
   * and counted, by the next round.
   */
  findFirstOpen(): number {
    const open = this.entries.findIndex(
      ({ outcome }, index) => index >= this.before.cursor && !outcome,
    );
    return open === -1 ? this.entries.length : open;
  }

  /**
   * After the last round no object stays open: objects that were not processed are still at their
   * source.
   */
  giveUpOpen(select: (object: ListedObject) => Selection): void {
    for (let index = this.before.cursor; index < this.items.length; index++) {
      if (this.entries[index].outcome) {
        continue;
      }
      const selection = select(this.items[index]);
      const message = 'the batch ran out of rounds before it reached this object';
      if (selection.selected) {
        this.setDay(index, selection.date);
      }
      this.set(
        index,
        selection.selected
          ? {
              status: 'failed',
              destination: selection.destinationKey,
              code: ReasonCode.OUT_OF_TIME,
              message,
            }
          : { status: 'skipped', selection },
      );
    }
  }

  /**
   * Returns the first failure if everything that was tried failed for the same reason, which lies
   * in the setup: a bucket does not exist, the archiver's key cannot be used, or all objects of the
   * batch are denied. A denial may concern some folders only, so it counts only if no object is
   * left that was not tried.
   */
  findSystemicFailure(): Unarchived | undefined {
    const { tried, finished, commonCode } = this.attempts;
    const isWhole = this.before.cursor === 0 && finished === this.items.length;
    const isSystemic =
      tried >= SYSTEMIC_SAMPLE &&
      commonCode !== undefined &&
      (isWhole || !NEEDS_WHOLE_BATCH.includes(commonCode));
    if (!isSystemic) {
      return undefined;
    }
    const outcomes = this.entries.map(({ outcome }) => outcome);
    return outcomes.find((outcome) => outcome?.status === 'failed') as Unarchived;
  }

  /**
   * Returns the objects that another program deleted or rewrote at the source. They have no line.
   */
  listMissing(): {
    readonly index: number;
    readonly item: ListedObject;
    readonly status: 'source-gone' | 'deselected';
  }[] {
    return this.entries.flatMap(({ outcome }, index) => {
      return outcome?.status === 'source-gone' || outcome?.status === 'deselected'
        ? [{ index, item: this.items[index], status: outcome.status }]
        : [];
    });
  }

  /** Returns what was not archived in this round, and why. */
  listFailed(): FailedSource[] {
    return this.entries.flatMap(({ outcome, day }, index) => {
      const { Key: key, Etag: etag } = this.items[index];
      return outcome && 'code' in outcome ? [{ key, etag, day, code: outcome.code }] : [];
    });
  }

  /** Whether lines of earlier attempts may say more about an object than this round found out. */
  isRecallUseful(): boolean {
    return this.entries.some(({ outcome }) => isDoubtful(outcome));
  }

  /**
   * Decides by the ledger lines of earlier attempts what happened to sources that are gone, or that
   * the run does not select any more. An attempt may have archived the listed version, or another
   * one, and then died.
   */
  recall(archived: BatchLines['archived']): void {
    this.entries.forEach(({ outcome }, index) => {
      const version = isDoubtful(outcome) ? archived.get(this.items[index].Key) : undefined;
      if (!outcome || !version) {
        return;
      }
      const { destination, etag, size, day, proof } = version;
      if (outcome.status === 'deselected') {
        this.set(index, {
          status: 'conflicting',
          destination,
          code: ReasonCode.SOURCE_CHANGED,
          message: REWRITTEN_AFTER_COPY,
          earlier: version,
        });
        return;
      }
      const isKept = 'isKept' in outcome && outcome.isKept;
      this.set(index, {
        status: 'archived',
        isKept,
        destination,
        etag,
        size,
        archived: getArchivedFacts(version),
        rewritten: { day },
        ...(proof && { proof }),
      });
    });
  }

  /**
   * Returns the ledger line of an object, if it has one. It is made once, as long as it says the
   * same.
   */
  toLedgerLine(index: number, now: number): LedgerLine | undefined {
    const entry = this.entries[index];
    entry.line ??= toLedgerLine(this.items[index], entry, now, this.lineOptions);
    return entry.line;
  }

  /**
   * Adds this round to the progress of the earlier rounds.
   *
   * @param cursor the first open object
   * @param lines the ledger lines of the objects before the cursor
   */
  toProgress(
    cursor: number,
    lines: readonly LedgerLine[],
  ): Omit<Progress, 'finished' | 'upload' | 'digest' | 'alert' | 'requests'> {
    const { before } = this;
    const counts = { ...before.counts };
    counts.listed += cursor - before.cursor;
    const attempted = lines.filter(({ status }) => status !== 'restoring');
    counts.skipped += cursor - before.cursor - attempted.length;
    const problems = [...before.problems];
    let { bytes } = before;
    for (const { key, status, size, code, message } of attempted) {
      // A child counts what it moved, in either direction. ReportRun knows which.
      counts[isMoved(status) ? 'archived' : (status as 'failed')] += 1;
      if (isMoved(status)) {
        bytes += size;
      } else if (problems.length < MAX_PROBLEMS) {
        problems.push({
          key: formatProgressKey(key),
          code: code!,
          message: message && formatCause(message, MAX_MESSAGE_LENGTH),
        });
      }
    }
    const skipped = structuredClone(before.skipped);
    for (let index = before.cursor; index < cursor; index++) {
      const entry = this.entries[index];
      const { Key: key } = this.items[index];
      if (entry.outcome?.status === 'skipped') {
        addSkipped(skipped, entry.outcome.selection, key);
      }
      // Those of other objects stand on their lines.
      if (isSkipped(entry)) {
        countNotes(skipped.notes, listNotes(entry), key);
      }
    }
    return { cursor, rounds: before.rounds + 1, counts, bytes, skipped, problems };
  }
}

/** The object is selected, and counts as skipped all the same. */
function isSkipped({ outcome }: Entry): boolean {
  return (
    outcome?.status === 'restoring' ||
    outcome?.status === 'source-gone' ||
    outcome?.status === 'deselected'
  );
}

/** Nearly all objects have none, so nothing is made for them. */
function listNotes({ outcome, notes }: Entry): Notes | undefined {
  const own = toNotes(outcome);
  if (!own && !notes) {
    return undefined;
  }
  const all = { ...own, ...notes };
  const isArchived = outcome?.status === 'archived' || outcome?.status === 'copied';
  const names = Object.keys(all).filter((name) => {
    const note = findNote(name);
    return note?.failed ? outcome?.status === 'failed' : !note?.skipped === isArchived;
  });
  return names.length === 0
    ? undefined
    : Object.fromEntries(names.map((name) => [name, all[name]]));
}

/** The notes that follow from an outcome. */
function toNotes(outcome: Outcome | undefined): Notes | undefined {
  if (outcome?.notes) {
    return outcome.notes;
  }
  switch (outcome?.status) {
    case 'restoring':
      return withNote(
        undefined,
        'restoring',
        Object.keys(outcome.requests).some((request) => request.startsWith('RestoreObject'))
          ? 'REQUESTED'
          : 'ONGOING',
      );
    case 'source-gone':
      return withNote(undefined, 'gone', 'REMOVED');
    case 'deselected':
      return withNote(undefined, 'gone', 'REWRITTEN');
    default:
      return undefined;
  }
}

/** The object was not at its source as it should, or only size and time say that it is archived. */
function isDoubtful(outcome: Outcome | undefined): boolean {
  return (
    outcome?.status === 'source-gone' ||
    outcome?.status === 'deselected' ||
    (outcome?.status === 'archived' && 'proof' in outcome && outcome.proof !== undefined)
  );
}

/**
 * Returns the ledger line of an object. A confirmed copy counts as archived, because the line is
 * written before its source is deleted. Skipped objects, and those that another program deleted or
 * rewrote, have no line.
 *
 * @param now the time of lines without an attempt in this round, in epoch milliseconds
 */
function toLedgerLine(
  item: ListedObject,
  entry: Entry,
  now: number,
  { runStart, archiveClass }: LineOptions,
): LedgerLine | undefined {
  const { outcome, day = '', span } = entry;
  if (!outcome || !('destination' in outcome)) {
    return undefined;
  }
  // Assignments, because there is one line for each object, and each spread of an optional field is
  // an object more.
  const line = { v: 2, key: item.Key, destination: outcome.destination } as {
    -readonly [Field in keyof LedgerLine]: LedgerLine[Field];
  };
  const isArchived = outcome.status === 'archived' || outcome.status === 'copied';
  if (isArchived) {
    line.status = 'archived';
    if ('isKept' in outcome && outcome.isKept) {
      line.kept = true;
      if (outcome.isFound) {
        line.found = true;
      }
    }
    line.etag = outcome.etag;
    line.size = outcome.size;
  } else {
    line.status = outcome.status;
    if ('code' in outcome) {
      line.code = outcome.code;
      line.message = outcome.message;
    }
    line.etag = item.Etag;
    line.size = item.Size;
  }
  line.day = day;
  line.at = (span?.ended ?? now) - runStart;
  if (span) {
    line.ms = span.ended - span.began;
  }
  Object.assign(
    line,
    getListedFields(item, archiveClass, 'requests' in outcome ? outcome.requests : undefined),
  );
  if (isArchived) {
    Object.assign(line, outcome.archived, outcome.rewritten);
    if (line.member || ('isPacked' in outcome && outcome.isPacked)) {
      line.v = 3;
    }
    if ('proof' in outcome && outcome.proof) {
      line.proof = outcome.proof;
    }
  } else if ('earlier' in outcome && outcome.earlier) {
    // This includes a delete whose answer was lost, after which another program wrote the source
    // again.
    line.earlier = [{ day, ...outcome.earlier }];
  }
  const notes = listNotes(entry);
  if (notes) {
    line.notes = notes;
  }
  return line;
}
