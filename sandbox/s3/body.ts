import { createHash } from 'node:crypto';
import { type ChecksumAlgorithm, computeChecksum } from './checksums';

/**
 * The bytes of an object or of a part. Never changed, so that copies and ranges share them.
 * A text stays text until somebody reads it: seeding a million objects from one text costs nothing.
 */
export class Body {
  readonly size: number;
  private md5Hex?: string;
  private checksums?: Map<ChecksumAlgorithm, string>;

  constructor(private readonly data: string | Buffer | readonly Buffer[]) {
    this.size = Array.isArray(data)
      ? data.reduce((sum: number, chunk: Buffer) => sum + chunk.length, 0)
      : Buffer.byteLength(data as string | Buffer);
  }

  /** Bodies one after the other, by reference. */
  static concat(bodies: readonly Body[]): Body {
    return new Body(bodies.flatMap((body) => body.chunks()));
  }

  chunks(): readonly Buffer[] {
    if (typeof this.data === 'string') {
      return [Buffer.from(this.data)];
    }
    return Buffer.isBuffer(this.data) ? [this.data] : this.data as readonly Buffer[];
  }

  bytes(): Buffer {
    const chunks = this.chunks();
    return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  }

  /** The bytes from `start` up to and without `end`, by reference. */
  slice(start: number, end: number): Body {
    const slices: Buffer[] = [];
    let offset = 0;
    for (const chunk of this.chunks()) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, chunk.length);
      if (from < to) {
        slices.push(chunk.subarray(from, to));
      }
      offset += chunk.length;
    }
    return new Body(slices);
  }

  md5(): string {
    if (this.md5Hex === undefined) {
      const hash = createHash('md5');
      for (const chunk of this.chunks()) {
        hash.update(chunk);
      }
      this.md5Hex = hash.digest('hex');
    }
    return this.md5Hex;
  }

  checksum(algorithm: ChecksumAlgorithm): string {
    this.checksums ??= new Map();
    let value = this.checksums.get(algorithm);
    if (value === undefined) {
      value = computeChecksum(algorithm, this.chunks());
      this.checksums.set(algorithm, value);
    }
    return value;
  }
}
