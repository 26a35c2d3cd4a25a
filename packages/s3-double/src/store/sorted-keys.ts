/**
 * Keys a chunk holds before it is split: small enough to splice cheaply, large enough to keep the
 * list of chunks short.
 */
const CHUNK_SIZE = 512;

/**
 * A set of keys in S3's order, fast to change and to read from any point even with millions in it:
 * a sorted list cut into chunks.
 */
export class SortedKeys {
  private readonly chunks: string[][] = [];

  /** Adds a key that is not yet in the set. */
  add(key: string): void {
    const ordered = toOrder(key);
    const last = this.chunks[this.chunks.length - 1];
    if (!last) {
      this.chunks.push([ordered]);
      return;
    }
    if (ordered > last[last.length - 1]) {
      this.append(last, ordered);
      return;
    }
    const { chunk, index } = this.seek((other) => other < ordered);
    const keys = this.chunks[chunk];
    keys.splice(index, 0, ordered);
    if (keys.length > CHUNK_SIZE) {
      this.chunks.splice(chunk + 1, 0, keys.splice(CHUNK_SIZE / 2));
    }
  }

  delete(key: string): void {
    const ordered = toOrder(key);
    const { chunk, index } = this.seek((other) => other < ordered);
    const keys = this.chunks[chunk];
    if (keys?.[index] !== ordered) {
      return;
    }
    keys.splice(index, 1);
    if (keys.length === 0) {
      this.chunks.splice(chunk, 1);
    }
  }

  /** The keys from `first` on, in order. The set must not change while they are read. */
  *from(first: string): Generator<string> {
    const ordered = toOrder(first);
    yield* this.read(this.seek((other) => other < ordered));
  }

  /** The keys after `key`. */
  *after(key: string): Generator<string> {
    const ordered = toOrder(key);
    yield* this.read(this.seek((other) => other <= ordered));
  }

  /** The keys after all those that begin with `prefix`. */
  *past(prefix: string): Generator<string> {
    const ordered = toOrder(prefix);
    yield* this.read(this.seek((other) => other <= ordered || other.startsWith(ordered)));
  }

  private append(last: string[], ordered: string): void {
    if (last.length < CHUNK_SIZE) {
      last.push(ordered);
    } else {
      this.chunks.push([ordered]);
    }
  }

  private *read(position: { chunk: number; index: number }): Generator<string> {
    let index = position.index;
    for (let chunk = position.chunk; chunk < this.chunks.length; chunk++) {
      const keys = this.chunks[chunk];
      for (; index < keys.length; index++) {
        yield fromOrder(keys[index]);
      }
      index = 0;
    }
  }

  /** The first place whose key is not before the one sought. */
  private seek(isBefore: (key: string) => boolean): { chunk: number; index: number } {
    const chunk = firstNot(this.chunks, (keys) => isBefore(keys[keys.length - 1]));
    const keys = this.chunks[chunk];
    return { chunk, index: keys ? firstNot(keys, isBefore) : 0 };
  }
}

/** S3's order of keys. */
export function compareKeys(a: string, b: string): number {
  const [orderedA, orderedB] = [toOrder(a), toOrder(b)];
  return orderedA === orderedB ? 0 : orderedA < orderedB ? -1 : 1;
}

function firstNot<T>(sorted: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isBefore(sorted[middle])) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

const OUT_OF_ORDER = /[\ud800-\uffff]/;

/**
 * S3 lists in UTF-8 byte order; JavaScript compares UTF-16 units, which differs where surrogates
 * meet U+E000 to U+FFFF. Moving the surrogates behind those makes the fast comparison right.
 */
function toOrder(key: string): string {
  return OUT_OF_ORDER.test(key)
    ? mapUnits(key, (unit) => (unit < 0xe000 ? unit + 0x2000 : unit - 0x800))
    : key;
}

function fromOrder(ordered: string): string {
  return OUT_OF_ORDER.test(ordered)
    ? mapUnits(ordered, (unit) => (unit < 0xf800 ? unit + 0x800 : unit - 0x2000))
    : ordered;
}

function mapUnits(text: string, map: (unit: number) => number): string {
  let mapped = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    mapped += String.fromCharCode(unit < 0xd800 ? unit : map(unit));
  }
  return mapped;
}
