import type { RecordedVersion } from './read-parts';
import type { ArchivedVersion } from '../../contract/payloads/ledger-line';

/** The version of an object that is restored. `isProven`: S3's own answers show that the archived object is this version. */
export type Restorable = RecordedVersion & { readonly isProven: boolean };

/**
 * Chooses one version of each object: that of its line, or else the last of the earlier ones. If nothing shows that the archived object
 * is this version, no other one takes its place: what comes back would be older than what was there.
 *
 * @param recorded those of one object one after the other, that of its line last
 */
export function chooseVersions(recorded: readonly RecordedVersion[]): Restorable[] {
  const last = new Map(recorded.map((each) => [each.line, each]));
  return Array.from(last.values(), (each) => ({ ...each, isProven: isProvenVersion(each.version) }));
}

/** Size and time alone prove nothing (`proof`), and without its ETag in the archive no version can be told from another one. */
function isProvenVersion({ proof, archivedEtag }: ArchivedVersion): boolean {
  return proof === undefined && archivedEtag !== undefined;
}
