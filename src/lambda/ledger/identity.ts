/**
 * The only two names of what a ledger says is archived. Two answers to "is this another one?" that
 * differ count objects twice, or let one line explain the loss of ten thousand objects.
 */
import type { ArchivedVersion } from '../../contract/payloads/ledger-line';

/** What a line says of the content of an object. */
export interface Content {
  /** Of the source. */
  readonly etag: string;
  readonly member?: { readonly sha256: string };
}

/**
 * What content of which object, wherever it lies and however often it was archived: counts of
 * objects go by it. An object that was restored and archived again may have another ETag, but its
 * bytes have the same digest.
 */
export function contentOf(key: string, { etag, member }: Content): string {
  return JSON.stringify([key, member?.sha256 ?? etag]);
}

/**
 * Where the archive holds it: which member of which version of which destination. A verification
 * goes by it, because a ledger promises each copy. At one destination, there are as many as a pack
 * has members.
 */
export function placeOf(
  key: string,
  { destination, etag, archivedEtag = etag, proof, member }: ArchivedVersion,
): string {
  return JSON.stringify([key, destination, archivedEtag, proof, ...(member ? [member.name] : [])]);
}
