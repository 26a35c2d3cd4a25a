/**
 * Names of packs (docs/packing.md). They are part of what people read and query, so they must not
 * change.
 */
import { getBaseName } from '../dates/key-dates';

/**
 * The folder below the destination prefix that has the indexes of all packs, in a folder for each
 * day.
 */
export const PACKS_FOLDER = 'pack-index/';

/**
 * The smallest group that is packed. The requests of a smaller one cost as much as its copies, or
 * save so little that one file for each object is worth more. `PackEconomy` has the arithmetic.
 */
export const MIN_PACK_OBJECTS = 4;
/**
 * The largest number of objects in a pack, and in a part of the plan with packs. It is far below
 * the 65,535 entries from which a zip file needs the format zip64.
 */
export const MAX_PACK_OBJECTS = 10_000;

/**
 * @param folder the folder of a day, or of an hour; `digest` is the SHA-256 of the bytes of the
 * pack in hexadecimal digits
 */
export function toPackKey(folder: string, digest: string): string {
  return `${folder}pack-${digest.slice(0, 16)}.zip`;
}

export function toPackIndexKey(destinationPrefix: string, day: string, packKey: string): string {
  return `${destinationPrefix}${PACKS_FOLDER}day=${day}/${toPackIndexName(packKey)}`;
}

/** The file name of the index, which is that of the pack with another ending. */
export function toPackIndexName(packKey: string): string {
  return getBaseName(packKey).replace(/\.zip$/, '.jsonl.gz');
}

/**
 * The name of the last member, which describes the others. `digest` is the SHA-256 of its text in
 * hexadecimal digits.
 */
export function toIndexName(digest: string): string {
  return `_index-${digest.slice(0, 16)}.jsonl`;
}

/**
 * The names of packs and of their last members. Windows takes them for one with capital letters or
 * with dots and spaces at the end.
 */
const RESERVED_NAME = /^(pack-[0-9a-f]{16}\.zip|_index-[0-9a-f]{16}\.jsonl)[. ]*$/iu;

/**
 * Whether the file name of a key could be taken for that of a pack or of an index. With packing, no
 * other object gets such a name in the archive. Otherwise a reader could open a zip file that
 * another program wrote.
 */
export function hasReservedName(key: string): boolean {
  return RESERVED_NAME.test(getBaseName(key));
}
