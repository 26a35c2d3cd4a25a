/**
 * Writes a zip file in memory, in the plainest form that every reader knows: members are stored, with their sizes and CRC in front of them,
 * and no field of the format zip64. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
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
/** Info-ZIP's extended timestamp: the time in UTC, and not in the reader's zone as that of the header. */
const TIMESTAMP_ID = 0x5455;
const TIMESTAMP_BYTES = 9;
const LAST_TIMESTAMP = 2 ** 31 - 1;

interface Entry {
  readonly name: Buffer;
  readonly headerOffset: number;
  readonly crc: number;
  readonly size: number;
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

  /** @param modified epoch seconds. Returns the offset of the member's bytes */
  add(name: string, bytes: Uint8Array, modified: number): number {
    const entry = { name: Buffer.from(name), headerOffset: this.length, crc: crc32(bytes), size: bytes.length, modified: Math.floor(modified) };
    this.entries.push(entry);
    const header = this.reserve(LOCAL_HEADER + entry.name.length + TIMESTAMP_BYTES + bytes.length);
    header.writeUInt32LE(LOCAL_SIGNATURE, 0);
    header.writeUInt16LE(VERSION_NEEDED, 4);
    writeFacts(header, 6, entry);
    entry.name.copy(header, LOCAL_HEADER);
    writeTimestamp(header, LOCAL_HEADER + entry.name.length, entry);
    const offset = LOCAL_HEADER + entry.name.length + TIMESTAMP_BYTES;
    header.set(bytes, offset);
    return entry.headerOffset + offset;
  }

  finish(): Buffer {
    const start = this.length;
    for (const entry of this.entries) { this.addCentralHeader(entry); }
    const size = this.length - start;
    const end = this.reserve(END_OF_DIRECTORY).fill(0);
    end.writeUInt32LE(END_SIGNATURE, 0);
    end.writeUInt16LE(this.entries.length, 8);
    end.writeUInt16LE(this.entries.length, 10);
    end.writeUInt32LE(size, 12);
    end.writeUInt32LE(start, 16);
    return this.buffer.subarray(0, this.length);
  }

  private addCentralHeader(entry: Entry): void {
    const header = this.reserve(CENTRAL_HEADER + entry.name.length + TIMESTAMP_BYTES).fill(0, 0, CENTRAL_HEADER);
    header.writeUInt32LE(CENTRAL_SIGNATURE, 0);
    header.writeUInt8(VERSION_NEEDED, 4);
    header.writeUInt8(MADE_BY_UNIX, 5);
    header.writeUInt16LE(VERSION_NEEDED, 6);
    writeFacts(header, 8, entry);
    header.writeUInt32LE(FILE_MODE * 2 ** 16, 38);
    header.writeUInt32LE(entry.headerOffset, 42);
    entry.name.copy(header, CENTRAL_HEADER);
    writeTimestamp(header, CENTRAL_HEADER + entry.name.length, entry);
  }

  private reserve(bytes: number): Buffer {
    const from = this.length;
    this.length += bytes;
    if (this.length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.ceil(this.length * 1.25));
      this.buffer.copy(larger, 0, 0, from);
      this.buffer = larger;
    }
    return this.buffer.subarray(from, this.length);
  }
}

/** The fields from the flags to the length of the extra field, which both headers have in common. */
function writeFacts(header: Buffer, at: number, { name, crc, size, modified }: Entry): void {
  const { time, date } = toDosTime(modified);
  header.writeUInt16LE(UTF8, at);
  header.writeUInt16LE(0, at + 2);
  header.writeUInt16LE(time, at + 4);
  header.writeUInt16LE(date, at + 6);
  header.writeUInt32LE(crc, at + 8);
  header.writeUInt32LE(size, at + 12);
  header.writeUInt32LE(size, at + 16);
  header.writeUInt16LE(name.length, at + 20);
  header.writeUInt16LE(TIMESTAMP_BYTES, at + 22);
}

function writeTimestamp(header: Buffer, at: number, { modified }: Entry): void {
  header.writeUInt16LE(TIMESTAMP_ID, at);
  header.writeUInt16LE(5, at + 2);
  header.writeUInt8(1, at + 4);
  header.writeInt32LE(Math.min(Math.max(modified, 0), LAST_TIMESTAMP), at + 5);
}

/** In UTC. The format knows the years from 1980 to 2107. */
function toDosTime(modified: number): { readonly time: number; readonly date: number } {
  const at = new Date(modified * 1000);
  const year = Math.min(Math.max(at.getUTCFullYear(), 1980), 2107);
  return {
    time: at.getUTCHours() * 2 ** 11 + at.getUTCMinutes() * 2 ** 5 + Math.floor(at.getUTCSeconds() / 2),
    date: (year - 1980) * 2 ** 9 + (at.getUTCMonth() + 1) * 2 ** 5 + at.getUTCDate(),
  };
}

/** What the last entry of the central directory says. */
export interface LastEntry { readonly name: string; readonly headerOffset: number; readonly size: number }

/** The last bytes of a pack, in which its last entry is: the index, whose name is short. */
export const TAIL_BYTES = 256;

/** Reads the last entry of a file that `ZipWriter` wrote, from its last bytes. Undefined: it is no such file. */
export function readLastEntry(tail: Buffer, nameBytes: number): LastEntry | undefined {
  const end = tail.length - END_OF_DIRECTORY;
  const at = end - CENTRAL_HEADER - nameBytes - TIMESTAMP_BYTES;
  if (at < 0 || tail.readUInt32LE(end) !== END_SIGNATURE || tail.readUInt32LE(at) !== CENTRAL_SIGNATURE || tail.readUInt16LE(at + 28) !== nameBytes) {
    return undefined;
  }
  const name = tail.toString('utf8', at + CENTRAL_HEADER, at + CENTRAL_HEADER + nameBytes);
  return { name, headerOffset: tail.readUInt32LE(at + 42), size: tail.readUInt32LE(at + 24) };
}

/** Where a member's bytes begin behind its header. */
export function getDataOffset(headerOffset: number, nameBytes: number): number {
  return headerOffset + LOCAL_HEADER + nameBytes + TIMESTAMP_BYTES;
}
