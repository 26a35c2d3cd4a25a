/** Counts the packs that lines of a ledger name, and what is in them. */
import type { LedgerLine } from '../../contract/payloads/ledger-line';

export interface PackSums { packs: number; objects: number; bytes: number }

export class PackCounter {
  private readonly sums: PackSums = { packs: 0, objects: 0, bytes: 0 };
  private readonly names = new Set<string>();

  /** A dry run knows no pack. The first object of each has the requests for it. */
  add({ destination, member, size, requests }: LedgerLine): void {
    if (!member && !isPlanned(requests)) { return; }
    const isNew = member ? !this.names.has(destination) : requests!.PutObject !== undefined;
    if (isNew) { this.sums.packs += 1; }
    this.names.add(destination);
    this.sums.objects += 1;
    this.sums.bytes += size;
  }

  merge({ packs, objects, bytes }: PackSums): void {
    this.sums.packs += packs;
    this.sums.objects += objects;
    this.sums.bytes += bytes;
  }

  toSums(): PackSums {
    return { ...this.sums };
  }
}

/** An object that is moved is copied, and one that is packed is read. */
function isPlanned(requests: LedgerLine['requests']): boolean {
  const operations = Object.keys(requests ?? {});
  return operations.some((each) => each.startsWith('GetObject')) && !operations.some((each) => /^(Copy|UploadPartCopy)/.test(each));
}
