import { decide, type VersionFacts } from './decide';
import { isTooLong, renamed } from '../selection/destination-key';

/** A version of a source, and the key to which it was to be copied. */
export interface CopiedVersion {
  readonly etag: string;
  readonly destination: string;
  readonly facts: VersionFacts;
}

/** An object that may be the copy. */
export interface Found {
  readonly facts: VersionFacts;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

export interface FoundCopy<V extends CopiedVersion, F extends Found> {
  readonly key: string;
  readonly version: V;
  readonly found: F;
  /** Only size and time speak for it. */
  readonly proof?: 'size';
}

export interface FindOptions {
  readonly conflictPolicy: 'REPORT' | 'RENAME';
  /** Epoch milliseconds. */
  readonly runStart: number;
  /** Several sources may have one destination. */
  readonly sharesDestinations?: boolean;
}

/**
 * Finds the copy of a source that is gone, so that nobody can compare it any more: an earlier attempt archived it, or else somebody
 * deleted it. `decide` says which object is the copy and which is not. Where it does not know, as after a multipart copy or with KMS, an
 * object counts that has the same size, and the same ETag or a time since the run began. The latter does not count where the object may
 * be the copy of another source. No source is deleted because of this. It only decides what the ledger says, and the line says that
 * nothing else shows it.
 *
 * @param versions of the source that may have been copied
 * @param look returns what the destination holds under a key
 */
export async function findCopy<V extends CopiedVersion, F extends Found>(
  versions: readonly V[], look: (key: string) => Promise<F | undefined>, { conflictPolicy, runStart, sharesDestinations }: FindOptions,
): Promise<FoundCopy<V, F> | undefined> {
  const otherNames = conflictPolicy === 'RENAME'
    ? versions.map((version) => ({ key: renamed(version.destination, version.etag), versions: [version] }))
    : [];
  const ownNames = [...new Set(versions.map(({ destination }) => destination))]
    .map((key) => ({ key, versions: versions.filter(({ destination }) => destination === key) }));
  const candidates: (FoundCopy<V, F> & { readonly decision: ReturnType<typeof decide> })[] = [];
  // Other names first: such a name is used only if the destination held other content, and for one version only.
  for (const place of [...otherNames, ...ownNames]) {
    const found = isTooLong(place.key) ? undefined : await look(place.key);
    if (!found) { continue; }
    for (const version of place.versions) { candidates.push({ key: place.key, version, found, decision: decide(found.facts, version.facts) }); }
  }
  // A proof at any place says more than size and time at another place.
  const proven = candidates.find(({ decision }) => decision === 'same');
  if (proven) { return proven; }
  const unknown = candidates.filter(({ decision }) => decision === 'unknown');
  // S3's times are whole seconds.
  const isNew = ({ found: { lastModified } }: typeof candidates[number]) => lastModified >= Math.floor(runStart / 1000) * 1000;
  const likely = unknown.find(({ found, version }) => found.facts.etag === version.facts.etag)
    ?? (sharesDestinations ? undefined : unknown.find(isNew));
  return likely && { ...likely, proof: 'size' };
}
