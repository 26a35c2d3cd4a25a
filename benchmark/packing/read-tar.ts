const BLOCK = 512;
const REGULAR_FILE = '0';

export interface ArchivedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Entries of other kinds than files are skipped, such as the extended headers of the format PAX.
 */
export function* readTar(tar: Buffer): Generator<ArchivedFile> {
  for (let at = 0; at < tar.length && tar[at] !== 0;) {
    const text = (from: number, length: number) =>
      tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = parseInt(text(124, 12), 8);
    const start = at + BLOCK;
    if (text(156, 1) === REGULAR_FILE) {
      yield { name: text(0, 100), bytes: tar.subarray(start, start + size) };
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}
