import {
  decide,
  type Decision,
  fromHead,
  fromListing,
  toArchivedFacts,
  type VersionFacts,
} from './decide';
import type { MoveContext, MoveRequest, MoveResult } from './move-request';
import type { Settings } from '../../contract/payloads/settings';
import { isTooLong, renamed } from '../selection/destination-key';

/**
 * Whether the copy of a source that is gone may be at another key than its destination. Then a new
 * object at the destination proves nothing.
 */
export function mayBeElsewhere({ layout, packing }: Pick<Settings, 'layout' | 'packing'>): boolean {
  return layout.sharesDestinations || packing !== undefined;
}

interface CopiedVersion {
  readonly etag: string;
  readonly destination: string;
  readonly facts: VersionFacts;
}

interface Found {
  readonly facts: VersionFacts;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

interface FoundCopy<V extends CopiedVersion, F extends Found> {
  readonly key: string;
  readonly version: V;
  readonly found: F;
  /** Only size and time speak for it. */
  readonly proof?: 'size';
}

/**
 * Finds the copy of a source that is gone. `decide` tells whether an object is the copy. If it
 * cannot tell, as after a multipart copy or with KMS, an object counts if it has the same size, and
 * either the same ETag or a time after the run began. The time does not count if the object may be
 * the copy of another source. No source is deleted because of this: it only decides the line of the
 * ledger, which records the weak proof.
 * @param versions the versions of the source that may have been copied; `look` returns the object
 * at a key of the destination
 */
export async function findCopy<V extends CopiedVersion, F extends Found>(
  versions: readonly V[],
  look: (key: string) => Promise<F | undefined>,
  {
    conflictPolicy,
    runStart,
    sharesDestinations,
  }: Pick<MoveContext, 'conflictPolicy' | 'runStart' | 'sharesDestinations'>,
): Promise<FoundCopy<V, F> | undefined> {
  const otherNames =
    conflictPolicy === 'RENAME'
      ? versions.map((version) => ({
          key: renamed(version.destination, version.etag),
          versions: [version],
        }))
      : [];
  const ownNames = [...new Set(versions.map(({ destination }) => destination))].map((key) => ({
    key,
    versions: versions.filter(({ destination }) => destination === key),
  }));
  const candidates: (FoundCopy<V, F> & { readonly decision: Decision })[] = [];
  // Look under other names first: a version gets one only if the destination held other content,
  // and no other version shares it.
  for (const place of [...otherNames, ...ownNames]) {
    const found = isTooLong(place.key) ? undefined : await look(place.key);
    if (!found) {
      continue;
    }
    for (const version of place.versions) {
      candidates.push({
        key: place.key,
        version,
        found,
        decision: decide(found.facts, version.facts),
      });
    }
  }
  // A proof at any place says more than size and time at another place.
  const proven = candidates.find(({ decision }) => decision === 'same');
  if (proven) {
    return proven;
  }
  const unknown = candidates.filter(({ decision }) => decision === 'unknown');
  // S3's times are whole seconds.
  const isNew = ({ found: { lastModified } }: (typeof candidates)[number]) =>
    lastModified >= Math.floor(runStart / 1000) * 1000;
  const likely =
    unknown.find(({ found, version }) => found.facts.etag === version.facts.etag) ??
    (sharesDestinations ? undefined : unknown.find(isNew));
  return likely && { ...likely, proof: 'size' };
}

/**
 * Finds out what happened to a source that is gone. `seen` has the HeadObject facts of the source's
 * versions by their ETags.
 */
export async function findArchived(
  context: MoveContext,
  pinned: MoveRequest,
  listed: MoveRequest,
  seen: ReadonlyMap<string, VersionFacts>,
): Promise<MoveResult> {
  const versions = (pinned.etag === listed.etag ? [pinned] : [pinned, listed]).map((version) => ({
    ...version,
    facts: seen.get(version.etag) ?? fromListing(version),
  }));
  const copy = await findCopy(
    versions,
    async (key) => {
      const head = await context.destination.head(key);
      return (
        head && { head, facts: fromHead(head), lastModified: head.LastModified?.getTime() ?? 0 }
      );
    },
    context,
  );
  if (!copy) {
    return { status: 'source-gone' };
  }
  const {
    key: destination,
    version: { etag, size, rewritten },
    found: { head },
    proof,
  } = copy;
  return proof
    ? { status: 'archived', destination, etag, size, rewritten, proof }
    : {
        status: 'archived',
        destination,
        etag,
        size,
        archived: toArchivedFacts(head, { archived: head.VersionId }),
        rewritten,
      };
}
