/**
 * Compares the parts of a ledger with what the batches say that they wrote, in some 100 bytes a
 * batch.
 */
import { createHash } from 'node:crypto';
import type { LedgerPartRef } from '../../contract/payloads/ledger-line';

/** The first 52 bits of a batch's id, which are a number without loss. */
const ID_DIGITS = 13;

export type BatchId = number;

/** @param name of a part of the batch: `<id>-<range>.jsonl` */
export function toBatchId(name: string): BatchId {
  return parseInt(name.slice(0, ID_DIGITS), 16);
}

/**
 * Keeps the sum of the fingerprints of each batch's parts. Equal sums of a few parts are the same
 * parts with the same ETags.
 */
export class PartSums {
  private readonly sums = new Map<BatchId, number>();

  add(part: Pick<LedgerPartRef, 'name' | 'etag'>): void {
    const id = toBatchId(part.name);
    this.sums.set(id, (this.sums.get(id) ?? 0) + toFingerprint(part));
  }

  remove(id: BatchId, parts: readonly Pick<LedgerPartRef, 'name' | 'etag'>[]): boolean {
    const expected = parts.reduce((sum, part) => sum + toFingerprint(part), 0);
    if (this.sums.get(id) !== expected) {
      return false;
    }
    this.sums.delete(id);
    return true;
  }

  ids(): Set<BatchId> {
    return new Set(this.sums.keys());
  }
}

/** 46 bits: the sum of up to a hundred of them is exact. */
function toFingerprint({ name, etag }: Pick<LedgerPartRef, 'name' | 'etag'>): number {
  const digest = createHash('sha256').update(`${name} ${etag}`).digest();
  return Math.floor(digest.readUIntBE(0, 6) / 4);
}
