import { createHash } from 'node:crypto';
import { keep } from './slab';
import { type ChecksumAlgorithm, computeChecksum } from '../checksums/checksums';

/**
 * Slices of at least this size are kept with their digests, since parts are copied again and again
 * where requests fail.
 */
const LARGE = 1024 ** 2;

/** The bytes of an object or of a part. Never changed, so that copies and ranges share them. */
export class Body {
  /** A copy of the content. */
  static of(content: string | Buffer): Body {
    const { block, start, size } = keep(content);
    return new Body(block, start, size);
  }

  /** Bodies one after the other, by reference. */
  static concat(bodies: readonly Body[]): Body {
    return Body.ofChunks(bodies.flatMap((body) => body.chunks()));
  }

  /** The content itself, not copied. */
  static ofChunks(chunks: readonly Buffer[]): Body {
    return new Body(
      chunks,
      0,
      chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    );
  }

  private md5Hex?: string;
  private checksums?: Map<ChecksumAlgorithm, string>;
  private slices?: Map<string, Body>;

  private constructor(
    private readonly data: Buffer | readonly Buffer[],
    private readonly start: number,
    readonly size: number,
  ) {}

  chunks(): readonly Buffer[] {
    return Buffer.isBuffer(this.data)
      ? [this.data.subarray(this.start, this.start + this.size)]
      : this.data;
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks());
  }

  /** The bytes from `start` up to and without `end`, by reference. */
  slice(start: number, end: number): Body {
    if (end - start < LARGE) {
      return this.cut(start, end);
    }
    this.slices ??= new Map();
    const range = `${start}-${end}`;
    const slice = this.slices.get(range) ?? this.cut(start, end);
    this.slices.set(range, slice);
    return slice;
  }

  private cut(start: number, end: number): Body {
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
    return Body.ofChunks(slices);
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
