import { isInGlacier } from '../../../lambda/pricing/storage-classes';
import type { ObjectHead } from '../../../lambda/s3/bucket-client';
import type { RetrievalTierName } from '../contract/check-glacier-sources';

/**
 * - `readable`: the object is in a class that can be copied.
 * - `restored`: it is in Glacier, and S3 has restored it.
 * - `ongoing`: it is in Glacier, and S3 restores it now.
 * - `unrestored`: it is in Glacier, and S3 has to be asked.
 * - `refused`: it is in Glacier, and S3 does not restore it with this tier.
 */
type RestoreState = 'readable' | 'restored' | 'ongoing' | 'unrestored' | 'refused';

export function getRestoreState(
  { StorageClass: storageClass, Restore: restore = '' }: ObjectHead,
  tier: RetrievalTierName,
): RestoreState {
  if (!isInGlacier(storageClass)) {
    return 'readable';
  }
  if (restore.includes('ongoing-request="false"')) {
    return 'restored';
  }
  if (restore !== '') {
    return 'ongoing';
  }
  return tier === 'Expedited' && storageClass === 'DEEP_ARCHIVE' ? 'refused' : 'unrestored';
}
