/** Compares an archived object with the line of the ledger that says it is archived. */
import type { FoundObject } from './archive-lookup';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { ObjectHead } from '../s3/bucket-client';

/** What is wrong with an object. */
export interface Finding {
  readonly status: 'changed' | 'missing';
  readonly code: ReasonCode;
  readonly message: string;
}

/**
 * Undefined if the archive holds what the ledger says: the same ETag and size, and the same checksum if there is one to
 * compare with.
 *
 * The same bytes, written again the same way, have the same ETag, and are the same object here. Everything else that
 * happened to the object gave it another ETag.
 */
export function compareArchived(line: LedgerLine, found: FoundObject | undefined): Finding | undefined {
  if (!found) {
    return { status: 'missing', code: ReasonCode.ARCHIVED_COPY_MISSING, message: `the archive holds nothing under ${line.destination}` };
  }
  const differences = [
    ...found.size === line.size ? [] : [`its size is ${found.size} instead of ${line.size}`],
    ...line.archivedEtag === undefined || unquote(line.archivedEtag) === unquote(found.etag) ? [] : [`its ETag is ${unquote(found.etag)} instead of ${unquote(line.archivedEtag)}`],
    ...found.head ? compareChecksum(line, found.head) : [],
  ];
  if (differences.length === 0) { return undefined; }
  return { status: 'changed', code: ReasonCode.ARCHIVED_COPY_CHANGED, message: `the archive holds something else under ${line.destination}: ${differences.join(', ')}` };
}

/** The object may have been written again with the same bytes and another kind of checksum, which says nothing. */
function compareChecksum({ checksumAlgorithm, checksumType, checksum }: LedgerLine, head: ObjectHead): string[] {
  if (checksumAlgorithm === undefined || checksum === undefined) { return []; }
  const now = ({ ...head } as { readonly [field: string]: unknown })[`Checksum${checksumAlgorithm}`];
  const isComparable = typeof now === 'string' && (checksumType === undefined || head.ChecksumType === undefined || head.ChecksumType === checksumType);
  return isComparable && now !== checksum ? [`its ${checksumAlgorithm} is ${now} instead of ${checksum}`] : [];
}

function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
