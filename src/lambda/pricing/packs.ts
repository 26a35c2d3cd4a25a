/** The packs that lines of a ledger name, what is in them, and which requests they take. */
import { addRequests, type Requests, toRequestName } from './requests';
import { OBJECTS_PER_LOOK } from '../../contract/packs';
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
  const looks = Math.max(packs, Math.ceil(objects / OBJECTS_PER_LOOK));
  // One object of each source folder is asked for its tags, and the index is in STANDARD.
  const requests = {
    GetObjectTagging: folders,
    PutObject: packs,
    [toRequestName('HeadObject', storageClass)]: looks,
  };
  return addRequests(requests, { [toRequestName('PutObject', storageClass)]: packs });
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
