/**
 * Writes a zip file in memory, in the plainest form that every reader knows: members are stored,
 * with their sizes and CRC in front of them, and no field of the format zip64.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
import { crc32 } from 'node:zlib';

const LOCAL_HEADER = 30;
const CENTRAL_HEADER = 46;
const END_OF_DIRECTORY = 22;
const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
/** 2.0, the oldest version that knows folders. Nothing later is needed. */
const VERSION_NEEDED = 20;
const MADE_BY_UNIX = 3;
/** Names are UTF-8. */
const UTF8 = 0x0800;
const FILE_MODE = 0o100644;
/**
 * Info-ZIP's extended timestamp: the time in UTC, and not in the reader's zone as that of the
 * header.
 */
const TIMESTAMP_ID = 0x5455;
const TIMESTAMP_BYTES = 9;
const LAST_TIMESTAMP = 2 ** 31 - 1;

interface Entry {
  readonly name: string;
  readonly nameBytes: number;
  readonly headerOffset: number;
  readonly crc: number;
  readonly size: number;
  /** Epoch seconds. */
  readonly modified: number;
}

/** The bytes that a member takes besides its own. */
export function getOverhead(nameBytes: number): number {
  return LOCAL_HEADER + CENTRAL_HEADER + 2 * (nameBytes + TIMESTAMP_BYTES);
}

export class ZipWriter {
  private buffer: Buffer;
  private length = 0;
  private readonly entries: Entry[] = [];

  /** @param capacity the expected bytes. A larger file is copied once more */
  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafe(capacity);
  }

  /** Returns the offset at which the bytes of the next member will begin. */
  getOffset(name: string): number {
    return getDataOffset(this.length, Buffer.byteLength(name));
  }

  /** @param modified epoch seconds */
  add(name: string, bytes: Uint8Array, modified: number): void {
    const entry = {
      name,
      nameBytes: Buffer.byteLength(name),
      headerOffset: this.length,
      crc: crc32(bytes),
      size: bytes.length,
      modified: Math.floor(modified),
    };
    this.entries.push(entry);
    this.reserve(LOCAL_HEADER + entry.nameBytes + TIMESTAMP_BYTES + bytes.length);
    this.write(4, LOCAL_SIGNATURE);
    this.write(2, VERSION_NEEDED);
    this.writeFacts(entry);
    this.writeName(entry);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  finish(): Buffer {
    const start = this.length;
    this.entries.forEach((entry) => this.writeCentralHeader(entry));
    const size = this.length - start;
    const { length: members } = this.entries;
    this.reserve(END_OF_DIRECTORY);
    this.write(4, END_SIGNATURE);
    // The number of this disk, and of the disk with the directory: both are 0.
    this.write(4, 0);
    this.write(2, members);
    this.write(2, members);
    this.write(4, size);
    this.write(4, start);
    // No comment.
    this.write(2, 0);
    return this.buffer.subarray(0, this.length);
  }

  private writeCentralHeader(entry: Entry): void {
    this.reserve(CENTRAL_HEADER + entry.nameBytes + TIMESTAMP_BYTES);
    this.write(4, CENTRAL_SIGNATURE);
    this.write(1, VERSION_NEEDED);
    this.write(1, MADE_BY_UNIX);
    this.write(2, VERSION_NEEDED);
    this.writeFacts(entry);
    // No comment, on the first disk, and no internal attributes.
    this.write(2, 0);
    this.write(4, 0);
    this.write(4, FILE_MODE * 2 ** 16);
    this.write(4, entry.headerOffset);
    this.writeName(entry);
  }

  /**
   * The fields from the flags to the length of the extra field, which both headers have in common.
   */
  private writeFacts({ nameBytes, crc, size, modified }: Entry): void {
    const { time, date } = toDosTime(modified);
    this.write(2, UTF8);
    // Stored.
    this.write(2, 0);
    this.write(2, time);
    this.write(2, date);
    this.write(4, crc);
    this.write(4, size);
    this.write(4, size);
    this.write(2, nameBytes);
    this.write(2, TIMESTAMP_BYTES);
  }

  /** The name, and the extra field. */
  private writeName({ name, modified }: Entry): void {
    this.length += this.buffer.write(name, this.length);
    this.write(2, TIMESTAMP_ID);
    this.write(2, 5);
    this.write(1, 1);
    this.write(4, Math.min(Math.max(modified, 0), LAST_TIMESTAMP));
  }

  /** Writes a number in little-endian order. */
  private write(bytes: 1 | 2 | 4, value: number): void {
    this.length = this.buffer.writeUIntLE(value, this.length, bytes);
  }

  private reserve(bytes: number): void {
    const end = this.length + bytes;
    if (end > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.ceil(end * 1.25));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
  }
}

/** In UTC. The format knows the years from 1980 to 2107. */
function toDosTime(modified: number): { readonly time: number; readonly date: number } {
  const at = new Date(modified * 1000);
  const year = Math.min(Math.max(at.getUTCFullYear(), 1980), 2107);
  return {
    time:
      at.getUTCHours() * 2 ** 11 + at.getUTCMinutes() * 2 ** 5 + Math.floor(at.getUTCSeconds() / 2),
    date: (year - 1980) * 2 ** 9 + (at.getUTCMonth() + 1) * 2 ** 5 + at.getUTCDate(),
  };
}

/** The last entry of the central directory. */
export interface LastEntry {
  readonly name: string;
  readonly headerOffset: number;
  readonly size: number;
}

/** The last bytes of a pack, in which its last entry is: the index, whose name is short. */
export const TAIL_BYTES = 256;

/**
 * Reads the last entry of a file that `ZipWriter` wrote, from its last bytes. Undefined: it is no
 * such file.
 */
export function readLastEntry(tail: Buffer, nameBytes: number): LastEntry | undefined {
  const end = tail.length - END_OF_DIRECTORY;
  const at = end - CENTRAL_HEADER - nameBytes - TIMESTAMP_BYTES;
  if (
    at < 0 ||
    tail.readUInt32LE(end) !== END_SIGNATURE ||
    tail.readUInt32LE(at) !== CENTRAL_SIGNATURE ||
    tail.readUInt16LE(at + 28) !== nameBytes
  ) {
    return undefined;
  }
  const name = tail.toString('utf8', at + CENTRAL_HEADER, at + CENTRAL_HEADER + nameBytes);
  return { name, headerOffset: tail.readUInt32LE(at + 42), size: tail.readUInt32LE(at + 24) };
}

/** Returns the offset of a member's bytes, which follow its header. */
export function getDataOffset(headerOffset: number, nameBytes: number): number {
  return headerOffset + LOCAL_HEADER + nameBytes + TIMESTAMP_BYTES;
}
