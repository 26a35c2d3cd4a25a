/**
 * Finds out what an unfinished batch did, by its ledger and by listings of the buckets. It writes
 * the result to a separate part of the ledger.
 */
import type { UnfinishedBatch } from './map-results';
import type { ReportContext } from './report-context';
import { LOOK_AGAIN } from '../../contract/batches';
import type { ArchivedVersion, LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import { withNote } from '../../contract/payloads/note-payloads';
import type { SkippedObjects } from '../../contract/payloads/outcomes';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { toCause } from '../alerts/layers';
import { BatchLedger } from '../ledger/batch-ledger';
import { getListedFields } from '../ledger/listed-fields';
import { getLedgerBatchPrefix, toLedgerPartKeys } from '../ledger/part-keys';
import { fromListing } from '../move/decide';
import { findCopy, mayBeElsewhere } from '../move/find-copy';
import { REWRITTEN_AFTER_COPY } from '../move/move-object';
import { countNotes } from '../notes/note-counts';
import { BucketClient } from '../s3/bucket-client';
import { findListed } from '../s3/object-lookup';
import { orderedMap } from '../s3/ordered-map';
import type { Selection } from '../selection/select-objects';
import { addSkipped, nothingSkipped } from '../selection/skipped-objects';
import { shorten } from '../text/format';

const INSPECTION_CONCURRENCY = 16;
const RETRY_MILLISECONDS = 60_000;

export interface ReconcileContext extends ReportContext {
  readonly select: (object: ListedObject) => Selection;
  readonly onProblem?: (line: LedgerLine) => void;
}

export interface Reconciled {
  readonly listed: number;
  readonly skippedCount: number;
  readonly skipped: SkippedObjects;
}

interface SelectedObject {
  readonly item: ListedObject;
  readonly destination: string;
  readonly day: string;
  readonly recorded?: LedgerLine;
  /** The version that a line says is archived, although another line may count. */
  readonly archived?: ArchivedVersion;
}

const GONE = withNote(undefined, 'gone', 'REMOVED');

type UntimedLine = Omit<LedgerLine, 'at'>;

export function wasStarted({ error, cause }: Pick<UnfinishedBatch, 'error' | 'cause'>): boolean {
  return Boolean(error || cause);
}

/** Writes the missing lines, and those that are not true. A second call does not change them. */
export async function reconcileBatch(
  context: ReconcileContext,
  batch: UnfinishedBatch,
): Promise<Reconciled> {
  const {
    s3,
    clock,
    settings: { reportBucket },
  } = context;
  const { Items: items } = batch.event;
  const chosen: SelectedObject[] = [];
  const skipped = nothingSkipped();
  for (const item of items) {
    const selection = context.select(item);
    if (selection.selected) {
      chosen.push({ item, destination: selection.destinationKey, day: selection.date });
    } else {
      addSkipped(skipped, selection, item.Key);
    }
  }
  if (chosen.length === 0) {
    return { listed: items.length, skippedCount: items.length, skipped };
  }

  const reports = new BucketClient({
    s3,
    bucket: reportBucket,
    budget: { clock, deadline: clock.now() + RETRY_MILLISECONDS },
  });
  const look = () => reconcileOnce(context, batch, reports, chosen);
  let latest = await look();
  // Another attempt of this function still writes, so it looks again: the last line about an object
  // has to be from the last look at it.
  if (latest.isShared) {
    latest = await look();
  }
  if (latest.isDeleteDue) {
    await clock.sleep(LOOK_AGAIN);
    const before = latest.lines;
    latest = await look();
    const changed = new Set(latest.lines.map(({ key }) => key));
    latest.lines.push(...before.filter(({ key }) => latest.known.has(key) && !changed.has(key)));
  }
  const { known, lines } = latest;
  lines.filter(({ code }) => code !== undefined).forEach((line) => context.onProblem?.(line));
  const restoring = items.filter(({ Key }) => known.get(Key)?.status === 'restoring');
  restoring.forEach(({ Key }) => countNotes(skipped.notes, known.get(Key)!.notes, Key));
  const gone = chosen.filter(({ item }) => !known.has(item.Key));
  gone.forEach(({ item }) => countNotes(skipped.notes, GONE, item.Key));
  return {
    listed: items.length,
    skippedCount: restoring.length + items.filter(({ Key }) => !known.has(Key)).length,
    skipped,
  };
}

interface Look {
  /** The current lines of the batch's ledger, by key. */
  readonly known: ReadonlyMap<string, LedgerLine>;
  /** The lines that are new. */
  readonly lines: LedgerLine[];
  /** Another attempt writes the same part. */
  readonly isShared: boolean;
  /**
   * The batch wrote down a copy, and its source is there: it died before the delete, or is about to
   * send it.
   */
  readonly isDeleteDue: boolean;
}

/** Makes the ledger of the batch say what the buckets show. */
async function reconcileOnce(
  context: ReconcileContext,
  batch: UnfinishedBatch,
  reports: BucketClient,
  chosen: readonly SelectedObject[],
): Promise<Look> {
  const {
    BatchInput: { run },
    Items: items,
  } = batch.event;
  const prefix = getLedgerBatchPrefix(run, items);
  const ledger = new BatchLedger(run, prefix);
  const reconciled = `${prefix}reconciled.jsonl`;
  // Another attempt of this function, or the last one at the batch, may have died while it wrote to
  // these.
  const { counting, archived } = await ledger.seal(
    reports,
    wasStarted(batch) ? [...toLedgerPartKeys(run, items, 0), reconciled] : [reconciled],
  );
  const known = new Map(counting);
  const selected = chosen.map((each): SelectedObject => ({
    ...each,
    recorded: counting.get(each.item.Key),
    archived: archived.get(each.item.Key),
  }));
  const { lines, gone } = await inspectObjects(context, batch, reports, selected);
  await ledger.record(reports, [{ partKey: reconciled, lines }]);
  await ledger.remove(reports, gone);
  for (const key of gone) {
    known.delete(key);
  }
  for (const line of lines) {
    known.set(line.key, line);
  }
  const isDeleteDue = lines.some(
    ({ key, status }) => status === 'failed' && counting.get(key)?.status === 'archived',
  );
  return { known, lines, isShared: ledger.isWrittenByOthers, isDeleteDue };
}

interface Corrections {
  /** They replace lines that are missing, or not true any more. */
  readonly lines: LedgerLine[];
  /**
   * The keys that may have no line, because another program removed the objects. They count as
   * skipped.
   */
  readonly gone: string[];
}

/**
 * Compares the ledger with the buckets. The source of a line that says archived may still be there,
 * because a batch writes its lines before it deletes, and died in between.
 */
async function inspectObjects(
  context: ReconcileContext,
  batch: UnfinishedBatch,
  reports: BucketClient,
  selected: readonly SelectedObject[],
): Promise<Corrections> {
  const { sourceBucket, destinationBucket } = context.settings;
  const present = await findListed(
    reports.of(sourceBucket),
    selected.map(({ item }) => item.Key),
  );
  const startTime = Date.parse(batch.event.BatchInput.run.startTime);
  const { error, text } = toCause(batch.error, batch.cause);
  const message = wasStarted(batch)
    ? shorten(`${error}: ${text}`, 500)
    : 'the batch was not started';
  const lines: LedgerLine[] = [];
  const gone: string[] = [];
  const inspections = orderedMap(
    selected,
    INSPECTION_CONCURRENCY,
    async (each): Promise<UntimedLine | 'gone' | undefined> => {
      const { item, recorded, archived } = each;
      const etag = present.get(item.Key)?.etag;
      const copied: UntimedLine | undefined = archived && {
        ...toBaseLine(each),
        ...archived,
        ...(archived.member && { v: 3 }),
        status: 'archived',
      };
      // With KEEP, a recorded copy is final, even if a later attempt failed.
      if (copied && context.settings.keepsSources && recorded?.status === 'failed') {
        return { ...copied, kept: true };
      }
      if (etag !== undefined) {
        return describeRemaining(each, etag, message);
      }
      // A conflict stays recorded, even if it was resolved meanwhile.
      if (recorded?.status === 'archived' || recorded?.status === 'conflicting') {
        return undefined;
      }
      return (
        copied ??
        (await findArchived(context, reports.of(destinationBucket), each, startTime)) ??
        'gone'
      );
    },
  );
  let index = 0;
  for await (const line of inspections) {
    const { item, recorded } = selected[index++];
    if (line === 'gone') {
      gone.push(item.Key);
    } else if (line) {
      // It must be newer than the line that it replaces, even if the clock of that writer was
      // ahead.
      lines.push({
        ...line,
        at: Math.max(context.clock.now() - startTime, (recorded?.at ?? -Infinity) + 1),
      });
    }
  }
  return { lines, gone };
}

/** @returns undefined if the line of the batch is true */
function describeRemaining(
  object: SelectedObject,
  etag: string,
  message: string,
): UntimedLine | undefined {
  const { recorded } = object;
  if (recorded && recorded.status !== 'archived') {
    return undefined;
  }
  // It was copied before its line was written, and its source is kept, even if it is rewritten
  // later.
  if (recorded?.kept) {
    return undefined;
  }
  if (recorded?.status === 'archived' && recorded.etag !== etag) {
    return {
      ...toBaseLine(object),
      status: 'conflicting',
      code: ReasonCode.SOURCE_CHANGED,
      message: REWRITTEN_AFTER_COPY,
    };
  }
  const failed = {
    ...toBaseLine(object),
    status: 'failed',
    code: ReasonCode.BATCH_FAILED,
  } as const;
  return recorded?.status === 'archived'
    ? {
        ...failed,
        message: `copied, but the source was not deleted: ${message}`,
        notes: withNote(undefined, 'notDeleted', 'BATCH_ENDED'),
      }
    : { ...failed, message };
}

function toBaseLine({ item, destination, day }: SelectedObject) {
  return {
    v: 2,
    key: item.Key,
    destination,
    etag: item.Etag,
    size: item.Size,
    day,
    ...getListedFields(item, undefined),
  } as const;
}

/**
 * Finds the copy of a source that is gone: another run may have removed it. This role may only list
 * the archive, which proves no copy, so size and time decide.
 */
async function findArchived(
  { settings }: ReconcileContext,
  archive: BucketClient,
  object: SelectedObject,
  runStart: number,
): Promise<UntimedLine | undefined> {
  const {
    item: { Etag: etag, Size: size },
    destination,
  } = object;
  const copy = await findCopy(
    [{ etag, destination, facts: fromListing({ etag, size }) }],
    async (key) => {
      const there = await archive.find(key);
      return (
        there && {
          facts: fromListing({ etag: there.ETag!, size: there.Size! }),
          lastModified: there.LastModified!.getTime(),
        }
      );
    },
    {
      conflictPolicy: settings.conflictPolicy,
      runStart,
      sharesDestinations: mayBeElsewhere(settings),
    },
  );
  return (
    copy && { ...toBaseLine(object), destination: copy.key, status: 'archived', proof: 'size' }
  );
}
