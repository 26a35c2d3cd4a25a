/**
 * The only two names of what a ledger says is archived. Two answers to "is this another one?" that
 * differ count objects twice, or let one line explain the loss of ten thousand objects.
 */
import type { ArchivedVersion } from '../../contract/payloads/ledger-line';

/** The fields of a line that identify the content of an object. */
export interface Content {
  /** The ETag of the source. */
  readonly etag: string;
  readonly member?: { readonly sha256: string };
}

/**
 * Identifies the content of an object, independent of where and how often it was archived. Counts
 * of objects use it. An object that was restored and archived again may have another ETag, but its
 * bytes have the same digest.
 */
export function contentOf(key: string, { etag, member }: Content): string {
  return JSON.stringify([key, member?.sha256 ?? etag]);
}

/**
 * Identifies the place in the archive: a member of a version of a destination. A verification uses
 * it, because it checks every recorded copy. One destination has as many places as a pack has
 * members.
 */
export function placeOf(
  key: string,
  { destination, etag, archivedEtag = etag, proof, member }: ArchivedVersion,
): string {
  return JSON.stringify([key, destination, archivedEtag, proof, ...(member ? [member.name] : [])]);
}
