import type { Preview } from './dry-run';
import type { LedgerLine, ListedObject, Progress } from '../../contract/payloads';
import { ReasonCode } from '../../contract/reason-codes';
import { getListedFields } from '../ledger/listed-fields';
import type { Copied, MoveResult } from '../move/move-object';
import type { Selection } from '../selection/select-objects';
import { addStraggler } from '../selection/stragglers';

type Skipped = { readonly status: 'skipped'; readonly straggler?: string };
type Outcome = Skipped | Copied | MoveResult | Preview;
type Unarchived = Extract<MoveResult, { status: 'failed' | 'conflicting' }>;
/** Epoch milliseconds. */
interface Span { readonly began: number; readonly ended: number }

/** A confirmed copy whose source was not deleted yet. */
export interface CopiedItem extends Copied {
  readonly index: number;
  readonly key: string;
}

/** If this many objects all fail for one reason that lies in the setup, and nothing else happens, the others may, too. */
const COMMON_SAMPLE = 10;
/** Limits for the output of a child workflow. The ledger has all problems in full. */
const MAX_PROBLEMS = 3;
const MAX_KEY_LENGTH = 300;

/** What became of the objects of a batch in one round. An object without an outcome is open: it is not finished yet. */
export class BatchOutcomes {
  private readonly outcomes: (Outcome | undefined)[];
  private readonly spans: (Span | undefined)[];

  /** @param before the progress that the earlier rounds made; this round begins at its cursor */
  constructor(private readonly items: readonly ListedObject[], private readonly before: Progress) {
    this.outcomes = new Array<Outcome | undefined>(items.length);
    this.spans = new Array<Span | undefined>(items.length);
  }

  set(index: number, outcome: Outcome): void {
    this.outcomes[index] = outcome;
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
      this.outcomes[index] = selection.selected
        ? { status: 'failed', destination: selection.destinationKey, code: ReasonCode.OUT_OF_TIME, message }
        : { status: 'skipped', straggler: selection.straggler };
    }
  }

  /**
   * Returns the first failure if everything that was tried failed for the same reason, and it lies in the setup. That
   * says nothing about objects of other folders: a policy may deny a prefix.
   */
  findCommonFailure(): Unarchived | undefined {
    const tried = this.outcomes.filter((outcome): outcome is Copied | MoveResult => outcome !== undefined && outcome.status !== 'skipped');
    const [first] = tried;
    if (tried.length < COMMON_SAMPLE || first.status !== 'failed' || !first.isInSetup) { return undefined; }
    return tried.every((outcome) => outcome.status === 'failed' && outcome.isInSetup && outcome.code === first.code) ? first : undefined;
  }

  /**
   * Returns the common failure if no object of any batch can be archived because of it: a bucket does not exist, or the
   * archiver's own key cannot be used. The map may end because of it. A denial may concern the objects of this batch only.
   */
  findSystemicFailure(): Unarchived | undefined {
    const failure = this.findCommonFailure();
    return failure?.code === ReasonCode.ACCESS_DENIED ? undefined : failure;
  }

  has(index: number): boolean {
    return this.outcomes[index] !== undefined;
  }

  /** Gives objects the failure of others, without trying them. */
  giveUp(indexes: readonly number[], select: (object: ListedObject) => Selection, { code, message: reason }: Unarchived): void {
    const message = `not tried, because all that were tried failed, also in other places of the batch: ${reason}`;
    for (const index of indexes) {
      const selection = select(this.items[index]);
      this.outcomes[index] = selection.selected
        ? { status: 'failed', destination: selection.destinationKey, code, message, isInSetup: true }
        : { status: 'skipped', straggler: selection.straggler };
    }
  }

  /** Whether somebody else deleted or rewrote the source of an object before `to`, so that it has no line. */
  hasGoneSource(to: number): boolean {
    return this.outcomes.slice(this.before.cursor, to).some((outcome) => outcome?.status === 'source-gone' || outcome?.status === 'deselected');
  }

  /**
   * Returns a line for each object before `to`, except for skipped ones and those that somebody else deleted or rewrote.
   *
   * @param runStart epoch milliseconds
   * @param archiveClass storage class of the archive
   */
  toLedgerLines(to: number, runStart: number, archiveClass: string | undefined): LedgerLine[] {
    const lines: LedgerLine[] = [];
    for (let index = this.before.cursor; index < to; index++) {
      const outcome = this.outcomes[index]!;
      if (outcome.status !== 'archived' && outcome.status !== 'conflicting' && outcome.status !== 'failed') { continue; }
      const { Key: key, Etag, Size } = this.items[index];
      const { status, destination } = outcome;
      const span = this.spans[index];
      const more = {
        ...span && { at: span.ended - runStart, ms: span.ended - span.began },
        ...getListedFields(this.items[index], archiveClass, 'requests' in outcome ? outcome.requests : undefined),
      };
      lines.push(status === 'archived'
        ? { key, destination, status, etag: outcome.etag, size: outcome.size, ...more }
        : { key, destination, status, code: outcome.code, message: outcome.message, etag: Etag, size: Size, ...more });
    }
    return lines;
  }

  /**
   * Adds this round to the progress of the earlier rounds.
   *
   * @param cursor the first open object
   * @param lines the ledger lines of the objects before the cursor
   */
  toProgress(cursor: number, lines: readonly LedgerLine[]): Omit<Progress, 'finished' | 'upload'> {
    const { before } = this;
    const counts = { ...before.counts };
    counts.listed += cursor - before.cursor;
    counts.skipped += cursor - before.cursor - lines.length;
    for (const { status } of lines) { counts[status] += 1; }
    const problems = lines
      .filter(({ status }) => status !== 'archived')
      .map(({ key, code, message }) => ({ key: key.slice(0, MAX_KEY_LENGTH), code: code!, message }));
    return {
      cursor,
      rounds: before.rounds + 1,
      counts,
      bytes: before.bytes + lines.reduce((sum, { status, size }) => (status === 'archived' ? sum + size : sum), 0),
      stragglers: this.countStragglers(cursor),
      problems: [...before.problems, ...problems].slice(0, MAX_PROBLEMS),
    };
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
