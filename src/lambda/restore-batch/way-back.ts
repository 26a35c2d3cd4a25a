/** What a batch needs to know to go back from the archive to the old keys. */
import type { BatchEvent } from '../../contract/payloads/batch-payloads';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { BatchWorker, WayBack } from '../batch/batch-worker';
import { isMoved } from '../ledger/merge-lines';
import { type MoveContext, type MoveResult, NOT_DELETED } from '../move/move-object';
import type { ObjectHead } from '../s3/bucket-client';
import { toS3Error } from '../s3/s3-error';
import { matchesGlob, parseGlob } from '../selection/glob';
import { formatKey } from '../text/format';

export interface RestorePlan {
  /** The archived objects. */
  readonly items: BatchEvent['Items'];
  readonly select: BatchWorker['select'];
  readonly back: WayBack;
}

/**
 * Turns the lines of a ledger into a batch.
 *
 * @param lines say that objects are archived
 * @param origin the prefix of the ledger parts that have the lines
 * @param globs of keys to restore; undefined: all
 * @param archiveClass storage class of the archive
 */
export function planWayBack(
  lines: readonly LedgerLine[], origin: string, globs: readonly string[] | undefined, archiveClass: string | undefined,
): RestorePlan {
  const lineOf = new Map<Pick<ListedObject, 'Key'>, LedgerLine>();
  const items = lines.map((line) => {
    const item: ListedObject = {
      Key: line.destination,
      Etag: line.archivedEtag ?? line.etag,
      Size: line.size,
      LastModified: line.modified ?? 0,
      ...archiveClass !== undefined && { StorageClass: archiveClass },
    };
    lineOf.set(item, line);
    return item;
  });
  const patterns = globs?.map(parseGlob);
  const isWanted = ({ key }: LedgerLine) => patterns?.some((glob) => matchesGlob(glob, key)) ?? true;
  return {
    items,
    select: (item) => {
      const line = lineOf.get(item)!;
      return isWanted(line) ? { selected: true, date: line.day, destinationKey: line.key } : { selected: false, reason: 'not-wanted' };
    },
    back: {
      origin,
      lineOf: (item) => lineOf.get(item)!,
      settle: (context, item, status) => settle(context, lineOf.get(item)!, status),
      toLine: (line, item) => toRestoreLine(lineOf.get(item)!, line),
    },
  };
}

/** An earlier attempt or an earlier restore may have taken the object back, or somebody else has removed the archived copy. */
async function settle({ destination }: MoveContext, line: LedgerLine, status: 'source-gone' | 'deselected'): Promise<MoveResult> {
  const place = { destination: line.key } as const;
  const archived = formatKey(line.destination);
  if (status === 'deselected') {
    return { ...place, status: 'conflicting', code: ReasonCode.ARCHIVED_COPY_CHANGED, message: `the archive holds something else under ${archived} than what was archived` };
  }
  try {
    const head = await destination.head(line.key);
    if (head && isSameAsArchived(line, head)) { return { ...place, status: 'archived', etag: line.etag, size: line.size }; }
    const instead = head ? 'holds other content' : 'is free';
    return { ...place, status: 'failed', code: ReasonCode.ARCHIVED_COPY_MISSING, message: `the archive holds nothing under ${archived}, and the old key ${instead}` };
  } catch (error) {
    const { code, message } = toS3Error(error);
    return { ...place, status: 'failed', code, message };
  }
}

/** Nothing is deleted because of this. It decides what the ledger says of an object that has left the archive. */
function isSameAsArchived(line: LedgerLine, head: ObjectHead): boolean {
  if (head.ContentLength !== line.size) { return false; }
  if (head.ETag === line.etag || head.ETag === line.archivedEtag) { return true; }
  const checksum = ({ ...head } as { readonly [field: string]: unknown })[`Checksum${line.checksumAlgorithm ?? ''}`];
  return checksum !== undefined && checksum === line.checksum && head.ChecksumType === line.checksumType;
}

/** The same problems have other names on the way back. */
const CODES: { readonly [code: string]: ReasonCode } = {
  [ReasonCode.DESTINATION_EXISTS]: ReasonCode.OLD_KEY_TAKEN,
  [ReasonCode.SOURCE_CHANGED]: ReasonCode.ARCHIVED_COPY_CHANGED,
  [ReasonCode.ARCHIVED_CLASS]: ReasonCode.ARCHIVED_COPY_IN_GLACIER,
};

/**
 * @param recorded the line that says that the object is archived
 * @param moved the line about the copy from the archive to the old key
 */
function toRestoreLine(recorded: LedgerLine, moved: LedgerLine): LedgerLine {
  const { earlier: _earlier, ms: _ms, requests: _requests, code: _code, message: _message, kept: _kept, ...known } = recorded;
  const { status, kept, code, message, at, ms, requests } = moved;
  return {
    ...known,
    status: isMoved(status) ? 'restored' : status,
    ...kept && { kept },
    ...code !== undefined && { code: CODES[code] ?? code },
    ...message !== undefined && { message: toRestoreMessage(message, code) },
    at,
    ...ms !== undefined && { ms },
    ...requests !== undefined && { requests },
  };
}

function toRestoreMessage(message: string, code: string | undefined): string {
  if (code === ReasonCode.DESTINATION_EXISTS) { return 'the old key holds other content'; }
  if (code === ReasonCode.SOURCE_CHANGED) { return 'the object is restored, but its archived copy was rewritten after it was copied, and is still in the archive'; }
  return message.replace(NOT_DELETED, 'restored, but the archived copy could not be deleted: ');
}
