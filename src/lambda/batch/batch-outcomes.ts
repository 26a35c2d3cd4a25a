import type { Preview } from './dry-run';
import type { FilterName } from '../../contract/checks/check-filter';
import type { Progress } from '../../contract/payloads/batch-payloads';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import type { FilteredCounts } from '../../contract/payloads/outcomes';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { BatchLines } from '../ledger/batch-ledger';
import { getListedFields } from '../ledger/listed-fields';
import { getArchivedFacts, isMoved } from '../ledger/merge-lines';
import { type Copied, type MoveResult, REWRITTEN_AFTER_COPY } from '../move/move-object';
import { orderedMap } from '../s3/ordered-map';
import { addFiltered } from '../selection/filter';
import type { Selection } from '../selection/select-objects';
import { addStraggler } from '../selection/stragglers';
import { formatCause, formatProgressKey } from '../text/format';

type Skipped = { readonly status: 'skipped'; readonly straggler?: string; readonly filter?: FilterName };
/** Another attempt has archived the object, as its line says. */
type Moved = { readonly status: 'source-gone'; readonly isKept: boolean };
type Outcome = Skipped | Copied | MoveResult | Preview | Moved;
type Unarchived = Extract<MoveResult, { status: 'failed' | 'conflicting' }>;
/** Epoch milliseconds. */
interface Span { readonly began: number; readonly ended: number }

/** A confirmed copy whose source was not deleted yet. */
export interface CopiedItem extends Copied {
  readonly index: number;
  readonly key: string;
}

/** If this many objects all fail for one reason that lies in the setup, and nothing else happens, the others would, too. */
const SYSTEMIC_SAMPLE = 10;
/** Limits for the output of a child workflow. The ledger has all problems in full. */
const MAX_PROBLEMS = 3;
const MAX_MESSAGE_LENGTH = 400;
const HEADS_AT_ONCE = 64;

/** What became of the objects of a batch in one round. An object without an outcome is open: it is not finished yet. */
export class BatchOutcomes {
  private readonly outcomes: (Outcome | undefined)[];
  private readonly spans: (Span | undefined)[];
  private readonly days: (string | undefined)[];
  private readonly slowDeletes = new Set<number>();

  /** @param before the progress that the earlier rounds made; this round begins at its cursor */
  constructor(private readonly items: readonly ListedObject[], private readonly before: Progress) {
    this.outcomes = new Array<Outcome | undefined>(items.length);
    this.spans = new Array<Span | undefined>(items.length);
    this.days = new Array<string | undefined>(items.length);
  }

  set(index: number, outcome: Outcome): void {
    this.outcomes[index] = outcome;
  }

  /** Leaves an object to the next round. */
  reopen(index: number): void {
    this.outcomes[index] = undefined;
  }

  /** @param day the day that names the object's folder in the archive */
  setDay(index: number, day: string): void {
    this.days[index] = day;
  }

  /** @param span when the work on the object began and ended */
  setSpan(index: number, span: Span): void {
    this.spans[index] = span;
  }

  /** Returns those of the objects, or of all objects, that are copied and whose sources are still to be deleted. */
  listCopied(indexes: Iterable<number> = this.outcomes.keys()): CopiedItem[] {
    return [...indexes].flatMap((index) => {
      const outcome = this.outcomes[index];
      return outcome?.status === 'copied' ? [{ ...outcome, index, key: this.items[index].Key }] : [];
    });
  }

  /** Remembers deletes that took so long that somebody may have looked at their sources before them, and written what they saw. */
  addSlowDeletes(indexes: Iterable<number>): void {
    for (const index of indexes) { this.slowDeletes.add(index); }
  }

  listSlowDeletes(): number[] {
    return [...this.slowDeletes].filter((index) => this.isDeleted(index));
  }

  isDeleted(index: number): boolean {
    return this.outcomes[index]?.status === 'archived';
  }

  /**
   * The next round begins here. Objects behind it that this round did finish are found archived, and counted, by the
   * next round.
   */
  findFirstOpen(): number {
    const open = this.outcomes.findIndex((outcome, index) => index >= this.before.cursor && !outcome);
    return open === -1 ? this.outcomes.length : open;
  }

  /** After the last round no object stays open: objects that were not processed are still at their source. */
  giveUpOpen(select: (object: ListedObject) => Selection): void {
    for (let index = this.before.cursor; index < this.items.length; index++) {
      if (this.outcomes[index]) { continue; }
      const selection = select(this.items[index]);
      const message = 'the batch ran out of rounds before it reached this object';
      if (selection.selected) { this.setDay(index, selection.date); }
      this.outcomes[index] = selection.selected
        ? { status: 'failed', destination: selection.destinationKey, code: ReasonCode.OUT_OF_TIME, message }
        : { status: 'skipped', straggler: selection.straggler, filter: selection.filter };
    }
  }

  /**
   * Returns the first failure if everything that was tried failed for the same reason, which lies in the setup: a bucket
   * does not exist, the archiver's key cannot be used, or all objects of the batch are denied. A denial may concern some
   * folders only, so it counts only if no object is left that was not tried.
   */
  findSystemicFailure(): Unarchived | undefined {
    const tried = this.outcomes.filter((outcome): outcome is Copied | MoveResult => outcome !== undefined && outcome.status !== 'skipped');
    const [first] = tried;
    if (tried.length < SYSTEMIC_SAMPLE || first.status !== 'failed' || !first.isInSetup) { return undefined; }
    if (!tried.every((outcome) => outcome.status === 'failed' && outcome.isInSetup && outcome.code === first.code)) { return undefined; }
    const isWhole = this.before.cursor === 0 && this.findFirstOpen() === this.items.length;
    return first.code !== ReasonCode.ACCESS_DENIED || isWhole ? first : undefined;
  }

  /** Returns the keys of the objects that somebody else deleted or rewrote, so that they have no line. */
  listGone(): string[] {
    return this.items.filter((_, index) => ['source-gone', 'deselected'].includes(this.outcomes[index]?.status ?? '')).map(({ Key }) => Key);
  }

  /** Whether lines of earlier attempts may say more about an object than this round found out. */
  isRecallUseful(): boolean {
    return this.outcomes.some((outcome) => outcome?.status === 'source-gone' || outcome?.status === 'deselected' || isUnproven(outcome));
  }

  /**
   * Decides by the ledger lines of earlier attempts what happened to sources that are gone, or that the run does not select
   * any more. Such an attempt may have archived the listed version, or another one, and died after that.
   */
  recall(archived: BatchLines['archived']): void {
    this.outcomes.forEach((outcome, index) => {
      if (!outcome || !(outcome.status === 'source-gone' || outcome.status === 'deselected' || isUnproven(outcome))) { return; }
      const version = archived.get(this.items[index].Key);
      if (!version) { return; }
      const { destination, etag, size, day } = version;
      if (outcome.status === 'deselected') {
        this.outcomes[index] = { status: 'conflicting', destination, code: ReasonCode.SOURCE_CHANGED, message: REWRITTEN_AFTER_COPY, earlier: version };
        return;
      }
      const isKept = 'isKept' in outcome && outcome.isKept;
      this.outcomes[index] = {
        status: 'archived', isKept, destination, etag, size, archived: getArchivedFacts(version), rewritten: { day }, ...version.proof && { proof: version.proof },
      };
    });
  }

  /** Asks what became of the objects that were not at their source as they should. */
  async reportGone(report: (item: ListedObject, status: 'source-gone' | 'deselected') => Promise<MoveResult>): Promise<void> {
    const gone = [...this.outcomes.entries()].flatMap(([index, outcome]) => {
      return outcome?.status === 'source-gone' || outcome?.status === 'deselected' ? [{ index, status: outcome.status }] : [];
    });
    const results = orderedMap(gone, HEADS_AT_ONCE, async ({ index, status }) => ({ index, result: await report(this.items[index], status) }));
    for await (const { index, result } of results) { this.outcomes[index] = result; }
  }

  /**
   * Returns the ledger line of an object. A confirmed copy counts as archived, because the line is written before its
   * source is deleted. Skipped objects and those that somebody else deleted or rewrote have no line.
   *
   * @param now epoch milliseconds
   * @param runStart epoch milliseconds
   * @param archiveClass storage class of the archive
   */
  toLedgerLine(index: number, now: number, runStart: number, archiveClass: string | undefined): LedgerLine | undefined {
    const outcome = this.outcomes[index];
    if (!outcome || !('destination' in outcome)) { return undefined; }
    const { Key: key, Etag, Size } = this.items[index];
    const start = { v: 2, key, destination: outcome.destination } as const;
    const day = this.days[index]!;
    const span = this.spans[index];
    const more = {
      at: (span?.ended ?? now) - runStart,
      ...span && { ms: span.ended - span.began },
      ...getListedFields(this.items[index], archiveClass, 'requests' in outcome ? outcome.requests : undefined),
    };
    return outcome.status === 'archived' || outcome.status === 'copied'
      ? { ...start, status: 'archived', ...'isKept' in outcome && outcome.isKept && { kept: true as const, ...outcome.isFound && { found: true as const } }, etag: outcome.etag, size: outcome.size, day, ...more, ...outcome.archived, ...outcome.rewritten, ...'proof' in outcome && outcome.proof && { proof: outcome.proof } }
      : {
        ...start,
        status: outcome.status,
        code: outcome.code,
        message: outcome.message,
        etag: Etag,
        size: Size,
        day,
        ...more,
        // Also where our delete was executed without an answer, and somebody wrote the source again before the next one.
        ...'earlier' in outcome && { earlier: [{ day, ...outcome.earlier! }] },
      };
  }

  /**
   * Adds this round to the progress of the earlier rounds.
   *
   * @param cursor the first open object
   * @param lines the ledger lines of the objects before the cursor
   */
  toProgress(cursor: number, lines: readonly LedgerLine[]): Omit<Progress, 'finished' | 'upload' | 'digest' | 'alert'> {
    const { before } = this;
    const counts = { ...before.counts };
    counts.listed += cursor - before.cursor;
    counts.skipped += cursor - before.cursor - lines.length;
    // A child counts what it moved, in either direction. ReportRun knows which.
    for (const { status } of lines) { counts[isMoved(status) ? 'archived' : status as 'failed'] += 1; }
    const problems = lines
      .filter(({ status }) => !isMoved(status))
      .map(({ key, code, message }) => ({ key: formatProgressKey(key), code: code!, message: message && formatCause(message, MAX_MESSAGE_LENGTH) }));
    return {
      cursor,
      rounds: before.rounds + 1,
      counts,
      bytes: before.bytes + lines.reduce((sum, { status, size }) => (isMoved(status) ? sum + size : sum), 0),
      stragglers: this.countStragglers(cursor),
      filtered: this.countFiltered(cursor),
      problems: [...before.problems, ...problems].slice(0, MAX_PROBLEMS),
    };
  }

  private countFiltered(cursor: number): FilteredCounts | null {
    let filtered = this.before.filtered ?? null;
    for (const outcome of this.outcomes.slice(this.before.cursor, cursor)) {
      if (outcome?.status === 'skipped' && outcome.filter) { filtered = addFiltered(filtered, { [outcome.filter]: 1 }); }
    }
    return filtered;
  }

  private countStragglers(cursor: number): Progress['stragglers'] {
    const stragglers = { ...this.before.stragglers };
    for (let index = this.before.cursor; index < cursor; index++) {
      const outcome = this.outcomes[index];
      if (outcome?.status === 'skipped' && outcome.straggler) { addStraggler(stragglers, outcome.straggler, this.items[index].Key); }
    }
    return stragglers;
  }
}

/** Only size and time say that the object is archived. */
function isUnproven(outcome: Outcome | undefined): boolean {
  return outcome?.status === 'archived' && 'proof' in outcome && outcome.proof !== undefined;
}
