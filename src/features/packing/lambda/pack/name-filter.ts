/**
 * Remembers the names of a whole run in a Bloom filter ("Space/Time Trade-offs in Hash Coding with
 * Allowable Errors", Bloom, 1970). It may take a new name for a known one, and then an object is
 * moved that could have been packed. It never takes a known name for a new one.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { foldName } from './member-name';

/**
 * With ten million names, one name in twenty-five is a false positive. One byte per slot is simple,
 * and the function has the memory.
 */
const SLOTS = 2 ** 26;
const HASHES = 4;
/** Each takes time and slots, so a name in more of them is not packed. */
export const MAX_FOLDERS = 16;

/** The slots of a path, if it is a file and if it is a folder. */
interface Slots {
  readonly file: readonly number[];
  readonly folder: readonly number[];
}

export class NameFilter {
  private readonly slots: Uint8Array;

  /** @param saved by an earlier round of the plan */
  constructor(saved?: string) {
    this.slots =
      saved === undefined ? new Uint8Array(SLOTS) : gunzipSync(Buffer.from(saved, 'base64'));
  }

  /**
   * Adds a name, unless it would be one file with another name, or one of both would be a folder of
   * the other, or it lies in too many folders.
   */
  add(folder: string, name: string): boolean {
    const segments = foldName(name).split('/');
    if (segments.length > MAX_FOLDERS + 1) {
      return false;
    }
    const paths = segments.map((_, i) => find(folder, segments.slice(0, i + 1).join('/')));
    const own = paths.pop()!;
    if (this.has(own.file) || this.has(own.folder) || paths.some(({ file }) => this.has(file))) {
      return false;
    }
    this.set(own.file);
    for (const each of paths) {
      this.set(each.folder);
    }
    return true;
  }

  save(): string {
    return gzipSync(this.slots, { level: 1 }).toString('base64');
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

/** One digest has enough bits for both. */
function find(folder: string, path: string): Slots {
  const digest = createHash('sha256').update(`${folder}\0${path}`).digest();
  const slots = Array.from({ length: 2 * HASHES }, (_, i) => digest.readUInt32LE(i * 4) % SLOTS);
  return { file: slots.slice(0, HASHES), folder: slots.slice(HASHES) };
}
