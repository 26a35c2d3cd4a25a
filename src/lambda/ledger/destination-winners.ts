import { createHash } from 'node:crypto';
import type { LedgerLine } from '../../contract/payloads/ledger-line';

/** With so many destinations, the tables below need 64 MiB. */
export const MAX_DESTINATIONS = 2 ** 21;

type Claim = Pick<LedgerLine, 'destination' | 'etag' | 'at'>;

/**
 * Finds for each destination of a dry run the object that the real run would archive there: the one that the dry run reached first. A dry run
 * writes nothing that other batches could see. It keeps 52 bits of a hash of each destination, so of two million destinations two are
 * mistaken for one another once in some two thousand dry runs.
 */
export class DestinationWinners {
  notCompared = 0;
  /** Hashes of the destinations; 0 is a free slot. */
  private readonly hashes: Float64Array;
  private readonly contents: Uint32Array;
  private readonly times: Uint32Array;
  private size = 0;

  constructor(expected: number, private readonly limit = MAX_DESTINATIONS) {
    const slots = 2 ** Math.ceil(Math.log2(2 * Math.max(1, Math.min(expected, limit))));
    this.hashes = new Float64Array(slots);
    this.contents = new Uint32Array(slots);
    this.times = new Uint32Array(slots);
  }

  add(claim: Claim): void {
    const { slot, hash } = this.find(claim.destination);
    const time = Math.min(2 ** 32 - 1, Math.max(0, claim.at));
    if (this.hashes[slot] === 0) {
      if (this.size >= this.limit) {
        this.notCompared += 1;
        return;
      }
      this.size += 1;
      this.hashes[slot] = hash;
    } else if (time >= this.times[slot]) {
      return;
    }
    this.contents[slot] = hashContent(claim.etag);
    this.times[slot] = time;
  }

  isWinner({ destination, etag }: Claim): boolean {
    const { slot } = this.find(destination);
    return this.hashes[slot] === 0 || this.contents[slot] === hashContent(etag);
  }

  private find(destination: string): { readonly slot: number; readonly hash: number } {
    const digest = createHash('sha256').update(destination).digest();
    const hash = digest.readUInt32BE(0) * 2 ** 20 + digest.readUInt32BE(4) % 2 ** 20 + 1;
    let slot = digest.readUInt32BE(8) % this.hashes.length;
    while (this.hashes[slot] !== 0 && this.hashes[slot] !== hash) { slot = (slot + 1) % this.hashes.length; }
    return { slot, hash };
  }
}

function hashContent(etag: string): number {
  return createHash('sha256').update(etag).digest().readUInt32BE(0);
}
