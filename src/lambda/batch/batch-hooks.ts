import type { BatchOutcomes, Outcome } from './batch-outcomes';
import type { BatchWorker } from './batch-worker';
import type { Preview } from './forecast';
import { createGiven } from './given';
import { hasReservedName } from '../../contract/packs';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { Settings } from '../../contract/payloads/settings';
import type { GivenAttributes } from '../attributes/given';
import type { BatchLines } from '../ledger/batch-ledger';
import { mayBeElsewhere } from '../move/find-copy';
import type {
  Copied,
  MoveContext,
  MoveRequest,
  MoveResult,
  RewrittenVersion,
} from '../move/move-request';

/** The steps of a round that differ between archiving and restoring. */
export interface BatchHooks {
  /** The part of the moves' context that differs. */
  readonly move: Pick<MoveContext, 'sharesDestinations' | 'looksFirst' | 'isRecorded' | 'given'>;
  /** How S3 restores sources in Glacier. Undefined: they fail. */
  readonly glacierSources?: Settings['glacierSources'];
  /** Sources are not deleted. */
  readonly isKept: boolean;
  /** The name of the batch in the ledger. Default: the key of its first object. */
  readonly origin?: string;
  /** Returns the key that the ledger has for an object: that at the source. */
  toLineKey(item: ListedObject): string;
  /** Returns why an object is not even tried. */
  refuse?(item: ListedObject): MoveResult | undefined;
  /** Returns the storage class of the copy, if it is not that of the settings. */
  getStorageClass?(item: ListedObject): string | undefined;
  /**
   * Returns where a version belongs that was written after the listing, or undefined if it is not
   * copied.
   */
  reselect(
    item: ListedObject,
    version: RewrittenVersion,
  ): { readonly destination: string; readonly day: string } | undefined;
  /**
   * Copies an object in another way, or says what that would do if the run is a dry one. Undefined:
   * it is copied as any other.
   */
  copy?(
    context: MoveContext,
    item: ListedObject,
    request: MoveRequest,
  ): Promise<Copied | MoveResult | Preview> | undefined;
  /** Decides what became of the objects that were not at their source as they should. */
  resolveMissing(
    context: MoveContext,
    outcomes: BatchOutcomes,
    archived: BatchLines['archived'],
  ): Promise<void>;
  /**
   * Returns the outcome of an object that this attempt could not move, if it is moved after all.
   * Another attempt wrote that it is archived, which it does when it is copied: it may have deleted
   * the source, and died after that. A denial, for example, says nothing about it.
   *
   * @throws an error if S3 does not say it, so that another attempt, or ReportRun, finds out
   */
  findMoved(context: MoveContext, item: ListedObject): Promise<Outcome | undefined>;
  /** Turns a line about the copy of an object into the line of the ledger. */
  toLine?(line: LedgerLine, item: ListedObject): LedgerLine;
}

export function createArchiveHooks({
  settings,
  select,
  clock,
}: Pick<BatchWorker, 'settings' | 'select' | 'clock'>): BatchHooks {
  const isKept = settings.keepsSources === true;
  const given = createGiven(settings, 'give');
  return {
    move: {
      sharesDestinations: mayBeElsewhere(settings),
      looksFirst: isKept,
      isRecorded: false,
      given,
    },
    glacierSources: settings.glacierSources,
    isKept,
    toLineKey: ({ Key }) => Key,
    ...(settings.packing && { refuse: (item: ListedObject) => refuseReservedName(item, select) }),
    reselect: (item, { lastModified, size }) => {
      const selection = select({
        ...item,
        LastModified: lastModified.getTime() / 1000,
        Size: size,
      });
      return selection.selected
        ? { destination: selection.destinationKey, day: selection.date }
        : undefined;
    },
    resolveMissing: async (_, outcomes, archived) => outcomes.recall(archived),
    findMoved: async ({ source }, { Key }) => {
      // If sources are kept, the copy completes the object.
      const isDone = isKept || !(await source.find(Key));
      return isDone ? { status: 'source-gone', isKept } : undefined;
    },
    toLine: (line) => (line.status === 'archived' ? addNotes(line, given, clock.now()) : line),
  };
}

function addNotes(line: LedgerLine, given: GivenAttributes, now: number): LedgerLine {
  const notes = Object.values(given).reduce(
    (sum, each) => each.addNote?.(sum, { day: line.day, now }) ?? sum,
    line.notes,
  );
  return notes === line.notes ? line : { ...line, notes };
}

/** Layouts that change file names are refused with packing, so the key has the destination's. */
function refuseReservedName(
  item: ListedObject,
  select: BatchWorker['select'],
): MoveResult | undefined {
  const selection = hasReservedName(item.Key) ? select(item) : undefined;
  return selection?.selected
    ? {
        status: 'failed',
        destination: selection.destinationKey,
        code: ReasonCode.RESERVED_NAME,
        message: 'the destination key would be that of a pack, or of the index in one',
      }
    : undefined;
}
