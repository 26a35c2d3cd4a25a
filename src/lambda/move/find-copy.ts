import { decide, type VersionFacts } from './decide';

/** An object where the copy of a source may be. */
export interface Found<Version> {
  readonly key: string;
  readonly facts: VersionFacts;
  /** Epoch milliseconds. */
  readonly lastModified: number;
  /** The versions whose copy it may be. */
  readonly versions: readonly Version[];
}

export interface Copy<Version> {
  readonly found: Found<Version>;
  readonly version: Version;
  /** Only size and time speak for it. */
  readonly proof?: 'size';
}

export interface FindOptions {
  /** Epoch milliseconds. */
  readonly runStart: number;
  /** Several sources may have one destination. */
  readonly sharesDestinations?: boolean;
}

/**
 * Finds the copy of a source that is gone, so that nobody can compare it any more. `decide` says which object is the copy and
 * which is not. Where it does not know, as after a multipart copy or with KMS, an object counts that has the same size, and the
 * same ETag or a time since the run began. The latter does not count where the object may be the copy of another source. No source
 * is deleted because of this. It only decides what the ledger says, and the line says that nothing else shows it.
 *
 * @param found the most likely place first
 */
export function findCopy<Version>(
  found: readonly Found<Version>[], toFacts: (version: Version) => VersionFacts, { runStart, sharesDestinations }: FindOptions,
): Copy<Version> | undefined {
  // S3's times are whole seconds.
  const isNew = ({ lastModified }: Found<Version>) => lastModified >= Math.floor(runStart / 1000) * 1000;
  const candidates = found.flatMap((each) => each.versions.map((version) => {
    return { found: each, version, decision: decide(each.facts, toFacts(version)) };
  }));
  // A proof at any place says more than size and time at another place.
  const proven = candidates.find(({ decision }) => decision === 'same');
  if (proven) { return { found: proven.found, version: proven.version }; }
  const unknown = candidates.filter(({ decision }) => decision === 'unknown');
  const likely = unknown.find(({ found: { facts }, version }) => facts.etag === toFacts(version).etag)
    ?? (sharesDestinations ? undefined : unknown.find((each) => isNew(each.found)));
  return likely && { found: likely.found, version: likely.version, proof: 'size' };
}
