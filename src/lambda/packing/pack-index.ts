/** The index of a pack, in the pack and in the tree of all indexes. */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { toIndexName } from '../../contract/packs';
import { PackedObject, type PackIndexLine } from '../../contract/payloads/pack-index';
import { parseJsonLines, toJsonLines } from '../text/json';

export interface PackIndex {
  /** Of the last member. */
  readonly name: string;
  readonly text: string;
}

export function createIndex(lines: readonly PackIndexLine[]): PackIndex {
  const text = toJsonLines(lines);
  return { name: toIndexName(sha256(text)), text };
}

/** The index as it lies in the tree of all indexes. */
export function toIndexFile(lines: readonly PackIndexLine[], pack: string, packSize: number): Buffer {
  return gzipSync(toJsonLines(lines.map((line) => ({ ...line, pack, packSize }))));
}

export function parseIndexFile(file: Uint8Array): PackedObject[] {
  return v.parse(v.array(PackedObject), parseJsonLines(gunzipSync(file).toString()));
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
