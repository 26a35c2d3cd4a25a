/**
 * Decides which objects are packed together: those of one day, as the index and the retention are,
 * also under yyyy/MM/. Children never decide it.
 */
import { canBeMember } from './member-name';
import type { NameFilter } from './name-filter';
import { getOverhead } from './zip-writer';
import { MAX_PACK_OBJECTS, MIN_PACK_OBJECTS } from '../../contract/packs';
import type { ListedObject } from '../../contract/payloads/listing';
import type { Settings } from '../../contract/payloads/settings';
import { isInGlacier } from '../pricing/storage-classes';
import type { Selection } from '../selection/select-objects';

/**
 * Objects that wait for their packs to become full. More take too much memory, so the largest group
 * of them is packed as it is.
 */
const MAX_WAITING = 100_000;
/** What the line of an object in the index takes, about. */
export const INDEX_BYTES = 600;

interface Group {
  objects: ListedObject[];
  bytes: number;
}
type Selected = Extract<Selection, { selected: true }>;

/**
 * A part of the plan with packs, and objects that are moved after all, because their group is too
 * small.
 */
export interface Planned {
  readonly part?: ListedObject[];
  readonly moved: ListedObject[];
}

export class PackPlanner {
  private readonly groups = new Map<string, Group>();
  private waiting = 0;
  /** The packs of the next part. */
  private part: Group & { packs: number } = { objects: [], bytes: 0, packs: 0 };

  constructor(
    private readonly limits: NonNullable<Settings['packing']>,
    private readonly names: NameFilter,
  ) {}

  /**
   * Whether a pack takes the object. If not, it is moved. Each object is asked for once, because
   * its name is then taken.
   */
  takes({ Size, StorageClass }: ListedObject, { folder = '', destinationKey }: Selected): boolean {
    const name = destinationKey.slice(folder.length);
    const isNew = canBeMember(name) && this.names.add(folder, name);
    return isNew && Size <= this.limits.maxObjectSize && !isInGlacier(StorageClass);
  }

  /** Adds an object that a pack takes, and returns a part if one is complete. */
  add(object: ListedObject, { date, folder = '', destinationKey }: Selected): Planned {
    const id = `${date} ${folder}`;
    const bytes =
      object.Size +
      getOverhead(Buffer.byteLength(destinationKey) - Buffer.byteLength(folder)) +
      INDEX_BYTES;
    const group = this.groups.get(id) ?? { objects: [], bytes: 0 };
    const isFull =
      group.objects.length >= MAX_PACK_OBJECTS || group.bytes + bytes > this.limits.maxPackSize;
    const planned = isFull ? this.close(id, group) : { moved: [] };
    const open = isFull ? { objects: [], bytes: 0 } : group;
    open.objects.push(object);
    open.bytes += bytes;
    this.groups.set(id, open);
    this.waiting += 1;
    return planned.part || this.waiting <= MAX_WAITING ? planned : this.closeLargest();
  }

  /** Yields what is left, at the end of a round. */
  *end(): Generator<Planned> {
    for (const [id, group] of [...this.groups]) {
      yield this.close(id, group);
    }
    if (this.part.packs > 0) {
      yield { part: this.takePart(), moved: [] };
    }
  }

  private closeLargest(): Planned {
    const [id, group] = [...this.groups].reduce((a, b) =>
      b[1].objects.length > a[1].objects.length ? b : a,
    );
    return this.close(id, group);
  }

  /** Makes a pack of the group. It may fill the part, which then has the packs before it. */
  private close(id: string, group: Group): Planned {
    this.groups.delete(id);
    this.waiting -= group.objects.length;
    if (group.objects.length < MIN_PACK_OBJECTS) {
      return { moved: group.objects };
    }
    const { part } = this;
    const isTooMuch =
      part.objects.length + group.objects.length > MAX_PACK_OBJECTS ||
      part.bytes + group.bytes > this.limits.maxPackSize;
    const complete = part.packs > 0 && isTooMuch ? this.takePart() : undefined;
    const { packs: Pack } = this.part;
    for (const object of group.objects) {
      this.part.objects.push({ ...object, Pack });
    }
    this.part.bytes += group.bytes;
    this.part.packs += 1;
    return { part: complete, moved: [] };
  }

  private takePart(): ListedObject[] {
    const { objects } = this.part;
    this.part = { objects: [], bytes: 0, packs: 0 };
    return objects;
  }
}
