/**
 * Which names an extractor may see: each must become one file, in the folder of the pack, on every
 * file system that takes its characters.
 */
import { INDEX_NAME } from '../../contract/packs';

/** Of a segment, as ext4, APFS and NTFS take it. */
const MAX_SEGMENT_BYTES = 255;
// eslint-disable-next-line no-control-regex
const NEVER_IN_NAMES =
  /[\u0000-\u001f\u007f-\u009f\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const PACK_NAME = /^pack-[0-9a-f]{16}\.zip$/;

/** @param name the rest of the destination key, below the folder of the day */
export function canBeMember(name: string): boolean {
  if (NEVER_IN_NAMES.test(name)) {
    return false;
  }
  const segments = name.split('/');
  if (
    segments.some(
      (each) =>
        each === '' || each === '.' || each === '..' || Buffer.byteLength(each) > MAX_SEGMENT_BYTES,
    )
  ) {
    return false;
  }
  // Names that packs use themselves.
  return !(segments.length === 1 && (INDEX_NAME.test(name) || PACK_NAME.test(name)));
}

/**
 * Two names with one of these are one file where letters have no case, or where names are
 * normalized (macOS, Windows).
 */
export function foldName(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** The folders that a name lies in, from the outermost. */
export function listFolders(name: string): string[] {
  return Array.from(name.matchAll(/\//g), ({ index }) => name.slice(0, index));
}
