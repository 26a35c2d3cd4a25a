import type { RecordedVersion } from './read-parts';
import type { ArchivedVersion, LedgerLine } from '../../contract/payloads/ledger-line';

/** The version of an object that is restored. `isProven`: S3's own answers show that the archived object is this version. */
export type Restorable = RecordedVersion & { readonly isProven: boolean };

/**
 * Chooses one version of each object: that of its line, which was archived last, or else the last of the earlier ones. Where nothing
 * shows that the archived object is the version, another one is chosen.
 *
 * @param recorded those of one object one after the other, that of its line last
 */
export function chooseVersions(recorded: readonly RecordedVersion[]): Restorable[] {
  const chosen = new Map<LedgerLine, Restorable>();
  for (const each of recorded) {
    const isProven = isProvenVersion(each.version);
    if (isProven || !chosen.get(each.line)?.isProven) { chosen.set(each.line, { ...each, isProven }); }
  }
  return [...chosen.values()];
}

/** Size and time alone prove nothing (`proof`), and without its ETag in the archive no version can be told from another one. */
function isProvenVersion({ proof, archivedEtag }: ArchivedVersion): boolean {
  return proof === undefined && archivedEtag !== undefined;
}
