import { getTarget } from '../../contract/actions';
import type { ArchivedVersion } from '../../contract/payloads/ledger-line';
import type { Run } from '../../contract/payloads/run';
import { createKeyFilter } from '../../features/filter/lambda/glob';

/**
 * Which archived objects a restore copies. To the report bucket, it copies those in packs only:
 * what lies in the archive under a key of its own can be read there.
 */
export function createRestoreFilter(
  run: Run,
): (key: string, version: Pick<ArchivedVersion, 'member'>) => boolean {
  const isNamed = createKeyFilter(run.keys);
  const isForPacks = getTarget(run) === 'reports';
  return (key, { member }) => isNamed(key) && (!isForPacks || member !== undefined);
}
