import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import { toRequestName, type Requests } from '../pricing/requests';

/**
 * Returns the fields of a ledger line that describe the listed object and, in a dry run, the requests of its move.
 * The storage class and the requests are left out if they are the usual ones, so that most lines stay short.
 *
 * @param archiveClass storage class of the archive; undefined for STANDARD
 * @param requests of a dry run
 */
export function getListedFields(
  { StorageClass: storageClass, LastModified: modified }: ListedObject, archiveClass: string | undefined, requests?: Requests,
): Pick<LedgerLine, 'modified' | 'storageClass' | 'requests'> {
  if (!requests && (!storageClass || storageClass === 'STANDARD')) { return { modified }; }
  const isSingleCopy = requests && Object.keys(requests).length === 1 && requests[toRequestName('CopyObject', archiveClass)] === 1;
  return { modified, ...storageClass && storageClass !== 'STANDARD' && { storageClass }, ...requests && !isSingleCopy && { requests } };
}
