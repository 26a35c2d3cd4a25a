import { toArchivedFacts } from './archived-facts';
import { fromHead, fromListing, type VersionFacts } from './decide';
import { findCopy } from './find-copy';
import type { MoveContext, MoveRequest, MoveResult } from './move-object';

/**
 * Decides what happened to a source that is gone. Either an earlier attempt archived it, as the version that we pinned or
 * as the listed one, or somebody else deleted it.
 *
 * @param seen what HeadObject said of versions of the source, by their ETags
 */
export async function findArchived(
  context: MoveContext, pinned: MoveRequest, listed: MoveRequest, seen: ReadonlyMap<string, VersionFacts>,
): Promise<MoveResult> {
  const versions = (pinned.etag === listed.etag ? [pinned] : [pinned, listed])
    .map((version) => ({ ...version, facts: seen.get(version.etag) ?? fromListing(version) }));
  const copy = await findCopy(versions, async (key) => {
    const head = await context.destination.head(key);
    return head && { head, facts: fromHead(head), lastModified: head.LastModified?.getTime() ?? 0 };
  }, context);
  if (!copy) { return { status: 'source-gone' }; }
  const { key: destination, version: { etag, size, rewritten }, found: { head }, proof } = copy;
  return proof
    ? { status: 'archived', destination, etag, size, rewritten, proof }
    : { status: 'archived', destination, etag, size, archived: toArchivedFacts(head, { archived: head.VersionId }), rewritten };
}
