/**
 * Reads a zip file of stored members from its beginning to its end, independent of the code that
 * writes it.
 */

const LOCAL_HEADER = 30;
const LOCAL_SIGNATURE = 0x04034b50;

export interface ZipMember {
  readonly name: string;
  /** Where its bytes begin. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Yields nothing if the file is no zip file. */
export function* readZip(zip: Buffer): Generator<ZipMember> {
  for (let at = 0; at + LOCAL_HEADER < zip.length && zip.readUInt32LE(at) === LOCAL_SIGNATURE;) {
    const nameEnd = at + LOCAL_HEADER + zip.readUInt16LE(at + 26);
    const offset = nameEnd + zip.readUInt16LE(at + 28);
    const end = offset + zip.readUInt32LE(at + 18);
    yield {
      name: zip.toString('utf8', at + LOCAL_HEADER, nameEnd),
      offset,
      bytes: zip.subarray(offset, end),
    };
    at = end;
  }
}
