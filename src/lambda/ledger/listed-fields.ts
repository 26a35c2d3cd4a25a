import type { LedgerLine, ListedObject } from '../../contract/payloads';
import { toRequestName, type Requests } from '../pricing/requests';
import { getTerms } from '../pricing/storage-classes';

/**
 * Returns the fields of a ledger line that describe the listed object and, in a dry run, the requests of its move.
 * A field is left out if it has its usual value, so that most lines stay short.
 *
 * @param archiveClass storage class of the archive; undefined for STANDARD
 * @param requests of a dry run
 */
export function getListedFields(
  { StorageClass: storageClass, LastModified }: ListedObject, archiveClass: string | undefined, requests?: Requests,
): Partial<LedgerLine> {
  const isSingleCopy = requests && Object.keys(requests).length === 1 && requests[toRequestName('CopyObject', archiveClass)] === 1;
  return {
    ...storageClass && storageClass !== 'STANDARD' && { storageClass },
    ...requests && storageClass && getTerms(storageClass).minimumDays > 0 && { modified: LastModified },
    ...requests && !isSingleCopy && { requests },
  };
}
