import { toArchivedFacts } from './archived-facts';
import { fromHead, fromListing, type VersionFacts } from './decide';
import { findCopy, type Found } from './find-copy';
import type { MoveContext, MoveRequest, MoveResult } from './move-object';
import type { ObjectHead } from '../s3/bucket-client';
import { isTooLong, renamed } from '../selection/destination-key';

/**
 * Decides what happened to a source that is gone. Either an earlier attempt archived it, as the version that we pinned or
 * as the listed one, or somebody else deleted it.
 *
 * @param seen what HeadObject said of versions of the source, by their ETags
 */
export async function findArchived(
  context: MoveContext, pinned: MoveRequest, listed: MoveRequest, seen: ReadonlyMap<string, VersionFacts>,
): Promise<MoveResult> {
  const versions = pinned.etag === listed.etag ? [pinned] : [pinned, listed];
  const otherNames = context.conflictPolicy === 'RENAME'
    ? versions.map((version) => ({ key: renamed(version.destination, version.etag), versions: [version] }))
    : [];
  const ownNames = [...new Set(versions.map(({ destination }) => destination))]
    .map((key) => ({ key, versions: versions.filter(({ destination }) => destination === key) }));
  const found: (Found<MoveRequest> & { readonly head: ObjectHead })[] = [];
  // Other names first: such a name is used only if the destination held other content, and for one version only.
  for (const place of [...otherNames, ...ownNames]) {
    if (isTooLong(place.key)) { continue; }
    const head = await context.destination.head(place.key);
    if (head) { found.push({ ...place, head, facts: fromHead(head), lastModified: head.LastModified?.getTime() ?? 0 }); }
  }
  const copy = findCopy(found, (version) => seen.get(version.etag) ?? fromListing(version), context);
  if (!copy) { return { status: 'source-gone' }; }
  const { version: { etag, size, rewritten }, proof } = copy;
  const { key: destination, head } = copy.found as typeof found[number];
  if (proof) { return { status: 'archived', destination, etag, size, rewritten, proof }; }
  return { status: 'archived', destination, etag, size, archived: toArchivedFacts(head, { archived: head.VersionId }), rewritten };
}
