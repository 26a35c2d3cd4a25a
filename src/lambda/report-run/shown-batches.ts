/**
 * Chooses the batches with the objects that a report shows, the slowest and the first of each
 * problem, so that only their parts are read.
 */
import type { BatchDigest } from '../../contract/payloads/ledger-line';
import { type BatchId, toBatchId } from '../ledger/part-sums';
import { EXAMPLES } from '../ledger/tally';
import { SHOWN_ITEMS } from '../ledger/top-n';

interface Counted {
  readonly id: BatchId;
  readonly parts: readonly string[];
  readonly value: number;
}

export class ShownBatches {
  private slowest: Counted[] = [];
  /** By reason: batches that have objects with it, in the order of their ids. */
  private readonly byReason = new Map<string, Counted[]>();

  add({ parts, slowest, reasons }: BatchDigest): void {
    if (parts.length === 0) {
      return;
    }
    const batch = { id: toBatchId(parts[0].name), parts: parts.map(({ name }) => name) };
    const least = this.slowest.length < SHOWN_ITEMS ? -1 : this.slowest[SHOWN_ITEMS - 1].value;
    if (slowest.some((value) => value >= least)) {
      this.slowest = [...this.slowest, ...slowest.map((value) => ({ ...batch, value }))]
        .sort((a, b) => b.value - a.value || a.id - b.id)
        .slice(0, SHOWN_ITEMS);
    }
    for (const { status, code, count } of reasons) {
      const name = `${status} ${code}`;
      this.byReason.set(
        name,
        keepFirst([...(this.byReason.get(name) ?? []), { ...batch, value: count }]),
      );
    }
  }

  list(): (readonly string[])[] {
    const batches = new Map(
      [...this.slowest, ...[...this.byReason.values()].flat()].map(({ id, parts }) => [id, parts]),
    );
    return [...batches].sort(([a], [b]) => a - b).map(([, parts]) => parts);
  }
}

function keepFirst(batches: Counted[]): Counted[] {
  let examples = 0;
  return batches
    .sort((a, b) => a.id - b.id)
    .filter(({ value }) => {
      const isNeeded = examples < EXAMPLES;
      examples += value;
      return isNeeded;
    });
}
