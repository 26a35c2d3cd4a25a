import type { LedgerLine } from '../../contract/payloads';
import { getEarlyByteDays, getTerms } from '../pricing/storage-classes';

/** Objects that come, or would come, from one storage class. */
export interface SourceClass {
  objects: number;
  bytes: number;
  /** Those that go before their class's least time is over. */
  earlyObjects: number;
  earlyBytes: number;
  earlyByteDays: number;
}

/** Archived objects by the storage class that they come from. */
export class SourceClasses {
  private readonly byClass = new Map<string, SourceClass>();

  /** @param now epoch seconds: until then an object has been in its class */
  add({ storageClass = 'STANDARD', size, modified }: Pick<LedgerLine, 'storageClass' | 'size' | 'modified'>, now: number): void {
    const byteDays = modified === undefined ? 0 : getEarlyByteDays(storageClass, size, now - modified);
    const isEarly = byteDays > 0;
    this.sum(storageClass, { objects: 1, bytes: size, earlyObjects: isEarly ? 1 : 0, earlyBytes: isEarly ? size : 0, earlyByteDays: byteDays });
  }

  merge(other: SourceClasses): void {
    for (const [storageClass, more] of other.byClass) { this.sum(storageClass, more); }
  }

  entries(): [storageClass: string, SourceClass][] {
    return [...this.byClass].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Bytes that are paid for to be read, by class. */
  retrieved(): Record<string, number> {
    return this.amounts(({ bytes }, storageClass) => (getTerms(storageClass).minimumDays > 0 ? bytes : 0));
  }

  earlyByteDays(): Record<string, number> {
    return this.amounts((each) => each.earlyByteDays);
  }

  private amounts(of: (each: SourceClass, storageClass: string) => number): Record<string, number> {
    const amounts = this.entries().map(([storageClass, each]) => [storageClass, of(each, storageClass)] as const);
    return Object.fromEntries(amounts.filter(([, amount]) => amount > 0));
  }

  private sum(storageClass: string, more: SourceClass): void {
    const known = this.byClass.get(storageClass) ?? { objects: 0, bytes: 0, earlyObjects: 0, earlyBytes: 0, earlyByteDays: 0 };
    for (const name of Object.keys(known) as (keyof SourceClass)[]) { known[name] += more[name]; }
    this.byClass.set(storageClass, known);
  }
}
