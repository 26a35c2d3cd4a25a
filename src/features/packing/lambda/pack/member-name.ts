/**
 * Which names an extractor may see: each must become one file, in the folder of the pack, on every
 * file system that takes its characters.
 */
import { hasReservedName } from '../../../../contract/packs';

/** The longest segment that ext4, APFS and NTFS all accept. */
const MAX_SEGMENT_BYTES = 255;
// eslint-disable-next-line no-control-regex
const NEVER_IN_NAMES =
  /[\u0000-\u001f\u007f-\u009f\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/**
 * Windows drops dots and spaces at the end of a segment, so that `.. ` is the folder above.
 * https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
 */
const DROPPED_BY_WINDOWS = /[. ]+(?=\/|$)/g;
/** Windows takes any character before a colon for the letter of a drive. */
const DRIVE = /^.:/u;
/**
 * Windows opens a device of this name in every folder, also if an extension follows.
 * https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
 */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *([.:]|$)/iu;

/** @param name the rest of the destination key, below the folder of the day */
export function canBeMember(name: string): boolean {
  return (
    !NEVER_IN_NAMES.test(name) && !hasReservedName(name) && name.split('/').every(isOrdinarySegment)
  );
}

function isOrdinarySegment(segment: string): boolean {
  const isEmpty = segment.replace(DROPPED_BY_WINDOWS, '') === '';
  const leavesFolder = DRIVE.test(segment) || DEVICE.test(segment);
  return !isEmpty && !leavesFolder && Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES;
}

/**
 * Two names with one of these are one file where letters have no case, where names are normalized
 * (macOS), or where the ends of names are dropped (Windows).
 */
export function foldName(name: string): string {
  return name
    .normalize('NFC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC')
    .replace(DROPPED_BY_WINDOWS, '');
}
