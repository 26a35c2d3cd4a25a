import type { LedgerLine } from '../../contract/payloads/ledger-line';
import { hash } from '../text/hash';

/** A table of this size needs some 250 MiB. */
export const MAX_DESTINATIONS = 2 ** 21;

type Claim = Pick<LedgerLine, 'destination' | 'etag' | 'at'>;

/**
 * Finds for each destination of a dry run the object that the real run would archive there: the one
 * that the dry run reached first. A dry run writes nothing that other batches could see.
 */
export class DestinationWinners {
  notCompared = 0;
  private readonly winners = new Map<number, { readonly content: number; readonly at: number }>();

  constructor(private readonly limit = MAX_DESTINATIONS) {}

  add({ destination, etag, at }: Claim): void {
    const name = hash(destination);
    const winner = this.winners.get(name);
    if (!winner && this.winners.size >= this.limit) {
      this.notCompared += 1;
    } else if (!winner || at < winner.at) {
      this.winners.set(name, { content: hash(etag), at });
    }
  }

  isWinner({ destination, etag }: Claim): boolean {
    const winner = this.winners.get(hash(destination));
    return !winner || winner.content === hash(etag);
  }
}
