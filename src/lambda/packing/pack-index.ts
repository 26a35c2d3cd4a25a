/** The index of a pack, in the pack and in the tree of all indexes. */
import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { toIndexName } from '../../contract/packs';
import { PackedObject, type PackIndexLine } from '../../contract/payloads/pack-index';
import { sha256 } from '../text/hash';
import { parseJsonLines, toJsonLines } from '../text/json';

/** @returns the name is that of the last member, which has the text */
export function createIndex(lines: readonly PackIndexLine[]): {
  readonly name: string;
  readonly text: string;
} {
  const text = toJsonLines(lines);
  return { name: toIndexName(sha256(text)), text };
}

/** The index as it lies in the tree of all indexes. */
export function toIndexFile(
  lines: readonly PackIndexLine[],
  pack: string,
  packSize: number,
): Buffer {
  return gzipSync(toJsonLines(lines.map((line) => ({ ...line, pack, packSize }))));
}

export interface IndexFile {
  /** Of the last member of the pack whose index this is. */
  readonly name: string;
  readonly lines: readonly PackedObject[];
}

/** Opens an index of the tree. Whether it is that of its pack, only the pack can say. */
export function openIndexFile(file: Uint8Array): IndexFile {
  // As it was written, because the schema would change the order of its fields.
  const lines = parseJsonLines(gunzipSync(file).toString()) as PackedObject[];
  const { name } = createIndex(lines.map(({ pack: _, packSize: __, ...line }) => line));
  return { name, lines: v.parse(v.array(PackedObject), lines) };
}
