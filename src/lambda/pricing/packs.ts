/** The packs that lines of a ledger name, what is in them, and which requests they take. */
import { getPrices } from './prices';
import {
  addRequests,
  getRequestPrice,
  getRequestsUsd,
  type Requests,
  toRequestName,
} from './requests';
import { MAX_KEYS_PER_DELETE } from '../../contract/batches';
import { MIN_PACK_OBJECTS } from '../../contract/packs';
import type { LedgerLine } from '../../contract/payloads/ledger-line';

export interface PackSums {
  packs: number;
  objects: number;
  bytes: number;
}

/**
 * The requests for packs, besides those that read each object and its tags.
 * @param folders of the sources; default: each pack has the objects of one
 */
export function getPackRequests(
  { packs, objects }: Omit<PackSums, 'bytes'>,
  storageClass?: string,
  folders = packs,
): Requests {
  // Each delete of sources comes after a look at their packs.
  const looks = Math.max(packs, Math.ceil(objects / MAX_KEYS_PER_DELETE));
  // One object of each source folder is asked for its tags, and the index is in STANDARD.
  const requests = {
    GetObjectTagging: folders,
    PutObject: packs,
    [toRequestName('HeadObject', storageClass)]: looks,
  };
  return addRequests(requests, { [toRequestName('PutObject', storageClass)]: packs });
}

/**
 * Tells which packs cost fewer dollars in requests than moving their objects one by one. The bytes
 * of an index do not matter: in STANDARD, they take 25 years to cost what the pack saved, and in
 * the other classes a pack is billed for fewer bytes than its objects would be.
 */
export class PackEconomy {
  private readonly prices = getPrices();
  private readonly copyUsd: number;
  /** The requests for the pack itself, which do not depend on its content. */
  private readonly packUsd: number;
  private readonly savedUsd = new Map<string, number>();

  /** @param storageClass that of the archive */
  constructor(storageClass?: string) {
    this.copyUsd = getRequestPrice(this.prices, toRequestName('CopyObject', storageClass));
    this.packUsd = getRequestsUsd(
      this.prices,
      getPackRequests({ packs: 1, objects: 1 }, storageClass),
    );
  }

  /**
   * The saving of reading an object of this class into a pack instead of copying it. It is zero or
   * negative where reads are expensive.
   */
  getSavedUsd(sourceClass = 'STANDARD'): number {
    const known = this.savedUsd.get(sourceClass);
    if (known !== undefined) {
      return known;
    }
    const readUsd = getRequestPrice(this.prices, toRequestName('GetObject', sourceClass));
    this.savedUsd.set(sourceClass, this.copyUsd - readUsd);
    return this.copyUsd - readUsd;
  }

  /** @param savedUsd by all its objects */
  isWorthIt(objects: number, savedUsd: number): boolean {
    return objects >= MIN_PACK_OBJECTS && savedUsd > this.packUsd;
  }
}

export class PackCounter {
  readonly sums: PackSums = { packs: 0, objects: 0, bytes: 0 };
  private readonly names = new Set<string>();

  /** A dry run knows no pack. The first object of each has the requests for it. */
  add({ v, destination, member, size, requests }: LedgerLine): void {
    if (v !== 3) {
      return;
    }
    const isNew = member ? !this.names.has(destination) : requests!.PutObject !== undefined;
    this.names.add(destination);
    this.merge({ packs: isNew ? 1 : 0, objects: 1, bytes: size });
  }

  merge({ packs, objects, bytes }: PackSums): void {
    this.sums.packs += packs;
    this.sums.objects += objects;
    this.sums.bytes += bytes;
  }
}
