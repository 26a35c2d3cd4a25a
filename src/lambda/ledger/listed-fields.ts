import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import { toRequestName, type Requests } from '../pricing/requests';

/**
 * The usual storage class and requests, which are those of one copy, are left out. `archiveClass`
 * is undefined for STANDARD.
 */
export function getListedFields(
  { StorageClass: storageClass, LastModified: modified }: ListedObject,
  archiveClass: string | undefined,
  requests?: Requests,
): Pick<LedgerLine, 'modified' | 'storageClass' | 'requests'> {
  if (!requests && (!storageClass || storageClass === 'STANDARD')) {
    return { modified };
  }
  const isSingleCopy =
    requests &&
    Object.keys(requests).length === 1 &&
    requests[toRequestName('CopyObject', archiveClass)] === 1;
  return {
    modified,
    ...(storageClass && storageClass !== 'STANDARD' && { storageClass }),
    ...(requests && !isSingleCopy && { requests }),
  };
}
