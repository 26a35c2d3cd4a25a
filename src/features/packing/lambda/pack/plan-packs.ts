/**
 * Decides which objects are packed together: those of one day, as the index and the retention are,
 * also under yyyy/MM/. Children never decide it.
 */
import { canBeMember } from './member-name';
import { NameFilter } from './name-filter';
import { getOverhead } from './zip-writer';
import { MAX_PACK_OBJECTS } from '../../../../contract/packs';
import type { ListedObject } from '../../../../contract/payloads/listing';
import type { Settings } from '../../../../contract/payloads/settings';
import { PackEconomy } from '../../../../lambda/pricing/packs';
import { isInGlacier } from '../../../../lambda/pricing/storage-classes';
import type { Grouping, Planned, Selected } from '../../../../lambda/selection/grouping';

/**
 * Objects that wait for their packs to become full. More take too much memory, so the largest
 * groups are packed as they are.
 */
const MAX_WAITING = 100_000;
/** The approximate size of an object's line in the index. */
export const INDEX_BYTES = 600;

interface Group {
  objects: ListedObject[];
  bytes: number;
  /** By reads in place of copies. */
  savedUsd: number;
}

/** The packs of the next part. */
interface OpenPart {
  readonly objects: ListedObject[];
  bytes: number;
  packs: number;
}

/**
 * Returns what opens the packs of a round with the names that those of the rounds before have.
 * Undefined: the run packs nothing.
 */
export function createPackPlanner({
  packing,
  storageClass,
}: Pick<Settings, 'packing' | 'storageClass'>): ((names?: string) => Grouping) | undefined {
  return packing && ((names) => new PackPlanner(packing, new NameFilter(names), storageClass));
}

export class PackPlanner implements Grouping {
  private readonly groups = new Map<string, Group>();
  private readonly economy: PackEconomy;
  private waiting = 0;
  private part: OpenPart = { objects: [], bytes: 0, packs: 0 };

  /** @param storageClass that of the archive */
  constructor(
    private readonly limits: NonNullable<Settings['packing']>,
    private readonly names: NameFilter,
    storageClass?: string,
  ) {
    this.economy = new PackEconomy(storageClass);
  }

  /**
   * Whether a pack takes the object. If not, it is moved. Call it once per object, because it
   * reserves the name.
   */
  takes({ Size, StorageClass }: ListedObject, { folder = '', destinationKey }: Selected): boolean {
    const name = destinationKey.slice(folder.length);
    const isNew = canBeMember(name) && this.names.add(folder, name);
    return (
      isNew &&
      Size <= this.limits.maxObjectSize &&
      !isInGlacier(StorageClass) &&
      this.economy.getSavedUsd(StorageClass) > 0
    );
  }

  /** Adds an object that a pack takes, and returns what is planned with it. */
  add(object: ListedObject, { date, folder = '', destinationKey }: Selected): Planned {
    const id = `${date} ${folder}`;
    const bytes =
      object.Size +
      getOverhead(Buffer.byteLength(destinationKey) - Buffer.byteLength(folder)) +
      INDEX_BYTES;
    const planned: Planned = { parts: [], moved: [] };
    const group = this.groups.get(id);
    const isFull =
      group !== undefined &&
      (group.objects.length >= MAX_PACK_OBJECTS || group.bytes + bytes > this.limits.maxPackSize);
    if (isFull) {
      this.close(id, group, planned);
    }
    const open = this.open(id);
    open.objects.push(object);
    open.bytes += bytes;
    open.savedUsd += this.economy.getSavedUsd(object.StorageClass);
    this.waiting += 1;
    if (this.waiting > MAX_WAITING) {
      this.closeLargest(planned);
    }
    return planned;
  }

  save(): string {
    return this.names.save();
  }

  /** Yields what is left, at the end of a round. */
  *end(): Generator<Planned> {
    for (const [id, group] of [...this.groups]) {
      const planned: Planned = { parts: [], moved: [] };
      this.close(id, group, planned);
      yield planned;
    }
    if (this.part.packs > 0) {
      yield { parts: [this.takePart()], moved: [] };
    }
  }

  private open(id: string): Group {
    const group = this.groups.get(id) ?? { objects: [], bytes: 0, savedUsd: 0 };
    this.groups.set(id, group);
    return group;
  }

  /** Closes the largest groups until half of the memory is free, so that sorting is rare. */
  private closeLargest(planned: Planned): void {
    const largestFirst = [...this.groups].sort(
      ([, a], [, b]) => b.objects.length - a.objects.length,
    );
    for (const [id, group] of largestFirst) {
      if (this.waiting <= MAX_WAITING / 2) {
        return;
      }
      this.close(id, group, planned);
    }
  }

  /** Makes a pack of the group. It may fill the part, which then has the packs before it. */
  private close(id: string, group: Group, { parts, moved }: Planned): void {
    this.groups.delete(id);
    this.waiting -= group.objects.length;
    if (!this.economy.isWorthIt(group.objects.length, group.savedUsd)) {
      moved.push(...group.objects);
      return;
    }
    const { part } = this;
    const isTooMuch =
      part.objects.length + group.objects.length > MAX_PACK_OBJECTS ||
      part.bytes + group.bytes > this.limits.maxPackSize;
    if (part.packs > 0 && isTooMuch) {
      parts.push(this.takePart());
    }
    const { packs: Pack } = this.part;
    for (const object of group.objects) {
      this.part.objects.push({ ...object, Pack });
    }
    this.part.bytes += group.bytes;
    this.part.packs += 1;
  }

  private takePart(): ListedObject[] {
    const { objects } = this.part;
    this.part = { objects: [], bytes: 0, packs: 0 };
    return objects;
  }
}
