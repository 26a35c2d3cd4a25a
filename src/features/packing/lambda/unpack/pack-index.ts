/** The index of a pack, in the pack and in the tree of all indexes. */
import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { toIndexName } from '../../../../contract/packs';
import { PackedObject, type PackIndexLine } from '../../../../contract/payloads/pack-index';
import { toIndexed } from '../../../../lambda/attributes/answer';
import { toAsciiJson } from '../../../../lambda/text/escape';
import { sha256 } from '../../../../lambda/text/hash';
import { parseJsonLines, toJsonLines } from '../../../../lambda/text/json';
import type { ObjectContent } from '../pack/read-object';

/** Says of a packed object what S3 said of it, so that a restore gives all of it back. */
export function toIndexLine(
  bucket: string,
  { item, sha256: digest, lastModified, values }: ObjectContent,
  name: string,
  offset: number,
): PackIndexLine {
  return {
    bucket,
    key: item.Key,
    etag: item.Etag,
    size: item.Size,
    name,
    offset,
    sha256: digest,
    ...(lastModified && { lastModified: lastModified.toISOString().replace('.000Z', 'Z') }),
    ...toIndexed(values),
  };
}

/** The lines of an index, in the one buffer in which they are put. */
export class IndexText {
  private buffer: Buffer;
  private length = 0;

  /** @param expected bytes; if there are more, the text is copied once */
  constructor(
    expected: number,
    private readonly limit: number,
  ) {
    this.buffer = Buffer.allocUnsafe(expected);
  }

  /** Returns false if there is no room for the line. */
  add(line: PackIndexLine): boolean {
    // ASCII: a character is a byte.
    const text = toJsonLines([line]);
    const end = this.length + text.length;
    if (end > this.limit) {
      return false;
    }
    if (end > this.buffer.length) {
      const larger = Buffer.allocUnsafe(this.limit);
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    this.length += this.buffer.write(text, this.length, 'latin1');
    return true;
  }

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }
}

/** The text that `IndexText` makes of these lines. */
export function toIndexText(lines: readonly PackIndexLine[]): Buffer {
  return Buffer.from(toJsonLines(lines));
}

/** The name of the last member, which has this text. */
export function nameIndex(text: Uint8Array): string {
  return toIndexName(sha256(text));
}

/** The index as it lies in the tree of all indexes: each line has the key and size of the pack. */
export function toIndexFile(text: Buffer, pack: string, packSize: number): Buffer {
  const rest = Buffer.from(`,${toAsciiJson({ pack, packSize }).slice(1)}\n`);
  const pieces: Buffer[] = [];
  for (let at = 0; at < text.length;) {
    // JSON escapes a line break, so each one ends a line.
    const end = text.indexOf('\n', at);
    pieces.push(text.subarray(at, end - 1), rest);
    at = end + 1;
  }
  return gzipSync(Buffer.concat(pieces));
}

export interface IndexFile {
  /** The name of the pack's last member. */
  readonly name: string;
  readonly lines: readonly PackedObject[];
}

/** Opens an index of the tree. Only the pack can prove that the index belongs to it. */
export function openIndexFile(file: Uint8Array): IndexFile {
  // As it was written, because the schema would change the order of its fields.
  const lines = parseJsonLines(gunzipSync(file).toString()) as PackedObject[];
  const own = lines.map(({ pack: _, packSize: __, ...line }) => line);
  return { name: nameIndex(toIndexText(own)), lines: v.parse(v.array(PackedObject), lines) };
}
