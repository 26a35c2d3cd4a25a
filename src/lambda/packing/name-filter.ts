/**
 * Remembers the names of a whole run in a Bloom filter ("Space/Time Trade-offs in Hash Coding with
 * Allowable Errors", Bloom, 1970). It may take a new name for a known one, and then an object is
 * moved that could have been packed. It never takes a known name for a new one.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { foldName, listFolders } from './member-name';

/**
 * Of ten million names, it mistakes one in twenty-five. A byte for each slot is simple, and the
 * function has the memory.
 */
const SLOTS = 2 ** 26;
const HASHES = 4;

export class NameFilter {
  private readonly slots: Uint8Array;

  /** @param saved by an earlier round of the plan */
  constructor(saved?: string) {
    this.slots =
      saved === undefined ? new Uint8Array(SLOTS) : gunzipSync(Buffer.from(saved, 'base64'));
  }

  /**
   * Adds a name, unless it would be one file with another name, or one of both would be a folder of
   * the other.
   */
  add(folder: string, name: string): boolean {
    const folded = foldName(name);
    const folders = listFolders(folded);
    const file = this.find('file', folder, folded);
    if (this.has(file) || this.has(this.find('folder', folder, folded))) {
      return false;
    }
    if (folders.some((each) => this.has(this.find('file', folder, each)))) {
      return false;
    }
    this.set(file);
    for (const each of folders) {
      this.set(this.find('folder', folder, each));
    }
    return true;
  }

  save(): string {
    return gzipSync(this.slots, { level: 1 }).toString('base64');
  }

  private find(kind: 'file' | 'folder', folder: string, name: string): number[] {
    const digest = createHash('sha256').update(`${kind}\0${folder}\0${name}`).digest();
    return Array.from({ length: HASHES }, (_, i) => digest.readUInt32LE(i * 4) % SLOTS);
  }

  private has(places: readonly number[]): boolean {
    return places.every((place) => this.slots[place] === 1);
  }

  private set(places: readonly number[]): void {
    for (const place of places) {
      this.slots[place] = 1;
    }
  }
}
