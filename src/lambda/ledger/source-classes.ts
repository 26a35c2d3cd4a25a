import type { BatchDigest, LedgerLine } from '../../contract/payloads/ledger-line';
import { getEarlyByteDays, getTerms } from '../pricing/storage-classes';

/** The objects of a storage class. */
interface SourceClass {
  objects: number;
  bytes: number;
  /** Those that are deleted before the minimum duration of their storage class is over. */
  earlyObjects: number;
  earlyBytes: number;
  /** Their bytes, times the days that are left. */
  earlyByteDays: number;
}

const NONE: Readonly<SourceClass> = {
  objects: 0,
  bytes: 0,
  earlyObjects: 0,
  earlyBytes: 0,
  earlyByteDays: 0,
};

export class SourceClasses {
  private readonly byClass = new Map<string, SourceClass>();

  /** @param now epoch seconds; an object's age is counted up to this instant */
  add(
    {
      storageClass = 'STANDARD',
      size,
      modified,
    }: Pick<LedgerLine, 'storageClass' | 'size' | 'modified'>,
    now: number,
  ): void {
    const earlyByteDays =
      modified === undefined ? 0 : getEarlyByteDays(storageClass, size, now - modified);
    const isEarly = earlyByteDays > 0;
    this.sum(storageClass, {
      objects: 1,
      bytes: size,
      earlyObjects: isEarly ? 1 : 0,
      earlyBytes: isEarly ? size : 0,
      earlyByteDays,
    });
  }

  merge(other: SourceClasses): void {
    for (const [storageClass, more] of other.byClass) {
      this.sum(storageClass, more);
    }
  }

  toDigest(): BatchDigest['classes'] {
    return Object.fromEntries(
      this.entries().map(([storageClass, { objects, bytes }]) => [storageClass, [objects, bytes]]),
    );
  }

  mergeDigest(classes: BatchDigest['classes']): void {
    for (const [storageClass, [objects, bytes]] of Object.entries(classes)) {
      this.sum(storageClass, { ...NONE, objects, bytes });
    }
  }

  entries(): [storageClass: string, SourceClass][] {
    return [...this.byClass].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  retrieved(): Record<string, number> {
    return this.getAmounts(({ bytes }, storageClass) =>
      getTerms(storageClass).minimumDays > 0 || storageClass.includes('/') ? bytes : 0,
    );
  }

  earlyByteDays(): Record<string, number> {
    return this.getAmounts((each) => each.earlyByteDays);
  }

  private getAmounts(
    getAmount: (each: SourceClass, storageClass: string) => number,
  ): Record<string, number> {
    const amounts = this.entries().map(
      ([storageClass, each]) => [storageClass, getAmount(each, storageClass)] as const,
    );
    return Object.fromEntries(amounts.filter(([, amount]) => amount > 0));
  }

  private sum(storageClass: string, more: Readonly<SourceClass>): void {
    const known = this.byClass.get(storageClass) ?? { ...NONE };
    for (const name of Object.keys(known) as (keyof SourceClass)[]) {
      known[name] += more[name];
    }
    this.byClass.set(storageClass, known);
  }
}
