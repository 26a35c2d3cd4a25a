/** Reads the files in a zip or a tar as the benchmark's contenders write them, to count the objects that are in it byte by byte. */

const LOCAL_HEADER = 30;
const LOCAL_SIGNATURE = 0x04034b50;
const BLOCK = 512;
const REGULAR_FILE = '0';

export interface ArchivedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Members are stored, and their headers say how large they are. */
export function* readZip(zip: Buffer): Generator<ArchivedFile> {
  for (let at = 0; zip.readUInt32LE(at) === LOCAL_SIGNATURE;) {
    const nameEnd = at + LOCAL_HEADER + zip.readUInt16LE(at + 26);
    const start = nameEnd + zip.readUInt16LE(at + 28);
    const end = start + zip.readUInt32LE(at + 18);
    yield { name: zip.toString('utf8', at + LOCAL_HEADER, nameEnd), bytes: zip.subarray(start, end) };
    at = end;
  }
}

/** Entries of other kinds than files are skipped, such as the extended headers of the format PAX. */
export function* readTar(tar: Buffer): Generator<ArchivedFile> {
  for (let at = 0; at < tar.length && tar[at] !== 0;) {
    const text = (from: number, length: number) => tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = parseInt(text(124, 12), 8);
    const start = at + BLOCK;
    if (text(156, 1) === REGULAR_FILE) { yield { name: text(0, 100), bytes: tar.subarray(start, start + size) }; }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}
