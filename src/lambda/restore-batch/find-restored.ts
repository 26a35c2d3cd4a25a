/** What became of an object that the archive does not hold as the ledger says. */
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { Restorable } from '../ledger/read-parts';
import { decide, fromHead, fromLedger, toArchivedFacts } from '../move/decide';
import type { MoveContext, MoveResult } from '../move/move-object';
import type { ObjectHead } from '../s3/bucket-client';
import { toS3Error } from '../s3/s3-error';
import { formatKey } from '../text/format';

/** Returns the result if the old key holds the version, which an earlier attempt or an earlier restore may have copied there. */
export async function findRestored({ destination }: MoveContext, recorded: Restorable): Promise<MoveResult | undefined> {
  const head = await destination.head(recorded.line.key);
  return head && isVersion(head, recorded) ? toRestored(head, recorded) : undefined;
}

/**
 * Decides what became of an object that could not be copied back.
 *
 * @param status `source-gone`: the archive holds nothing under the key, `deselected`: it holds something else
 */
export async function resolveMissing(
  { destination }: MoveContext, recorded: Restorable, status: 'source-gone' | 'deselected',
): Promise<MoveResult> {
  const { line, version } = recorded;
  const place = { destination: line.key } as const;
  const archived = formatKey(version.destination);
  try {
    const head = await destination.head(line.key);
    if (head && isVersion(head, recorded)) { return toRestored(head, recorded); }
    if (status === 'deselected') {
      const message = `the archive holds something else under ${archived} than what was archived`;
      return { ...place, status: 'conflicting', code: ReasonCode.ARCHIVED_COPY_CHANGED, message };
    }
    const oldKey = head ? 'holds something else, as far as S3 shows' : 'is free';
    const message = `the archive holds nothing under ${archived}, and the old key ${oldKey}`;
    return { ...place, status: 'failed', code: ReasonCode.ARCHIVED_COPY_MISSING, message };
  } catch (error) {
    const { code, message } = toS3Error(error);
    return { ...place, status: 'failed', code, message };
  }
}

function isVersion(head: ObjectHead, { version }: Restorable): boolean {
  return decide(fromHead(head), fromLedger(version)) === 'same';
}

function toRestored(head: ObjectHead, { line, version }: Restorable): MoveResult {
  const archived = toArchivedFacts(head, { archived: head.VersionId });
  return { status: 'archived', isKept: true, destination: line.key, etag: version.etag, size: version.size, archived };
}
