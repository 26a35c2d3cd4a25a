import type { BatchDigest } from '../../contract/payloads/ledger-line';

/**
 * Archived objects that are smaller than `below`, but not smaller than the limit before it. `null`
 * means no upper limit.
 */
export interface SizeClass {
  readonly below: number | null;
  count: number;
  bytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/**
 * They include the sizes that matter to S3: 128 KiB, the minimum that infrequent access bills, and
 * 5 GiB, the maximum of one copy.
 */
const LIMITS = [KIB, 16 * KIB, 128 * KIB, MIB, 16 * MIB, 128 * MIB, GIB, 5 * GIB, null];

export class SizeHistogram {
  readonly classes: readonly SizeClass[] = LIMITS.map((below) => ({ below, count: 0, bytes: 0 }));

  add(size: number): void {
    const found = this.classes.find(({ below }) => below === null || size < below)!;
    found.count += 1;
    found.bytes += size;
  }

  toDigest(): BatchDigest['sizes'] {
    return this.classes.flatMap(({ count, bytes }, index) =>
      count > 0 ? [[index, count, bytes]] : [],
    );
  }

  mergeDigest(sizes: BatchDigest['sizes']): void {
    for (const [index, count, bytes] of sizes) {
      this.classes[index].count += count;
      this.classes[index].bytes += bytes;
    }
  }

  /** @param limit one of the limits of the classes */
  sumBelow(limit: number): { readonly objects: number; readonly bytes: number } {
    const small = this.classes.filter(({ below }) => below !== null && below <= limit);
    return {
      objects: small.reduce((sum, { count }) => sum + count, 0),
      bytes: small.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }
}
