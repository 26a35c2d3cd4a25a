import { getTarget } from '../../contract/actions';
import type { ArchivedVersion } from '../../contract/payloads/ledger-line';
import type { Run } from '../../contract/payloads/run';
import { createKeyFilter } from '../../features/filter/lambda/glob';

/**
 * Selects the archived objects that a restore copies. To the report bucket, it copies only objects
 * in packs: the others can be read in the archive under their own keys.
 */
export function createRestoreFilter(
  run: Run,
): (key: string, version: Pick<ArchivedVersion, 'member'>) => boolean {
  const isNamed = createKeyFilter(run.keys);
  const isForPacks = getTarget(run) === 'reports';
  return (key, { member }) => isNamed(key) && (!isForPacks || member !== undefined);
}
