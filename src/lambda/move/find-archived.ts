import { toArchivedFacts } from './archived-facts';
import type { MoveContext, MoveRequest, MoveResult } from './move-object';
import type { ObjectHead } from '../s3/bucket-client';
import { isTooLong, renamed } from '../selection/destination-key';

/**
 * Decides what happened to a source that is gone. Either an earlier attempt archived it, as the version that we pinned or
 * as the listed one, or somebody else deleted it.
 */
export async function findArchived(context: MoveContext, pinned: MoveRequest, listed: MoveRequest): Promise<MoveResult> {
  const versions = pinned.etag === listed.etag ? [pinned] : [pinned, listed];
  const otherNames = context.conflictPolicy === 'RENAME'
    ? versions.map((version) => ({ key: renamed(version.destination, version.etag), candidates: [version] }))
    : [];
  const ownNames = [...new Set(versions.map(({ destination }) => destination))]
    .map((key) => ({ key, candidates: versions.filter(({ destination }) => destination === key) }));
  const found: { key: string; candidates: MoveRequest[]; head: ObjectHead }[] = [];
  // Other names first: such a name is used only if the destination held other content, and for one version only.
  for (const place of [...otherNames, ...ownNames]) {
    if (isTooLong(place.key)) { continue; }
    const head = await context.destination.head(place.key);
    if (head) { found.push({ ...place, head }); }
  }
  // An ETag at any place proves more than size and time at another place.
  for (const matches of context.sharesDestinations ? [hasSameEtag] : [hasSameEtag, hasSameSizeAndIsNew]) {
    for (const { key, candidates, head } of found) {
      const version = candidates.find((each) => matches(head, each, context.runStart));
      if (version) {
        const { etag, size, rewritten } = version;
        return { status: 'archived', destination: key, etag, size, archived: toArchivedFacts(head, { archived: head.VersionId }), rewritten };
      }
    }
  }
  return { status: 'source-gone' };
}

function hasSameEtag(archived: ObjectHead, version: MoveRequest): boolean {
  return archived.ETag === version.etag;
}

/**
 * Whether the archived object may be a copy although its ETag differs, as it does after a multipart copy or with KMS: it
 * has the same size, and was written during this run. No source is deleted because of this. It only decides what the ledger
 * says. But a restore believes the ledger, so this does not count where the copy may be that of another source.
 */
function hasSameSizeAndIsNew(archived: ObjectHead, version: MoveRequest, runStart: number): boolean {
  // S3's times are whole seconds.
  const isNew = (archived.LastModified?.getTime() ?? 0) >= Math.floor(runStart / 1000) * 1000;
  return archived.ContentLength === version.size && isNew;
}
