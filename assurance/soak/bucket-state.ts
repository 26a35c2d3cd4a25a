import { type DeniedGroup, deny, drawDeniedGroup, FOREIGN_KEY, groupName } from './denials';
import {
  drawAttributes,
  drawContent,
  drawPlace,
  fingerprint,
  lastModifiedOf,
  type Place,
  prefixOfName,
  twinOf,
} from './objects';
import type { Random } from './random';
import { type Buckets, makeBuckets, type Setup } from './setup';
import type { ObjectStore, PutOptions, StoredObject } from '../../packages/s3-double/src';

/**
 * A snapshot holds everything in a bucket under a prefix. The newest version of each key is first.
 */
export type Snapshot = ReadonlyMap<string, readonly StoredObject[]>;

/** Compares two snapshots, including the versions. */
export function isSame(one: Snapshot, other: Snapshot): boolean {
  const isAt = (key: string, versions: readonly StoredObject[]) => {
    const others = other.get(key);
    return (
      versions.length === others?.length && versions.every((version, i) => others[i] === version)
    );
  };
  return one.size === other.size && [...one].every(([key, versions]) => isAt(key, versions));
}

/** Holds the buckets, and what others than the archiver wrote to them. */
export class BucketState {
  readonly places = new Map<string, Place>();
  /** Holds every content that a source key ever had. */
  readonly history = new Map<string, Set<string>>();
  /**
   * Holds the last content that was written to each source key. It is undefined if a writer removed
   * the object.
   */
  readonly latest = new Map<string, string | undefined>();
  /**
   * These contents were already archived when a writer wrote to their key again. They must stay in
   * the archive.
   */
  readonly archivedForGood = new Map<string, string>();
  /** A writer deleted these keys at some time. */
  readonly removed = new Set<string>();
  /** A writer wrote to these keys after they were seeded. */
  readonly rewritten = new Set<string>();
  /** A writer wrote or deleted these source keys since the last run began. */
  readonly touched = new Set<string>();
  /** These objects in the archive do not come from the archiver. */
  readonly foreign = new Set<StoredObject>();
  /** A writer replaced or deleted these objects in the archive. */
  readonly replaced = new Set<StoredObject>();
  /**
   * Requests took these objects from their source, in this order. The writer's own deletes are not
   * among them.
   */
  readonly taken: StoredObject[] = [];
  /** A writer wrote these objects at a source on another day than that of the runs. */
  readonly ofAnotherDay = new Set<StoredObject>();
  /** These objects in Glacier have readable copies until these times. */
  readonly restored = new Map<StoredObject, number>();
  /** The archiver may not do everything with the objects of this group. */
  denied?: DeniedGroup;
  /** Counts the writes and deletes of others than the archiver. */
  acts = 0;
  private writes = 0;
  private isWriting = false;
  private allow?: () => void;

  constructor(
    readonly store: ObjectStore,
    readonly buckets: Buckets,
    readonly setup: Setup,
    readonly random: Random,
  ) {}

  /** Fills the buckets with objects. */
  seed(count: number): void {
    const { random, setup } = this;
    makeBuckets(this.store, setup, this.buckets);
    this.watchSource();
    let largeOnes = setup.multipartThreshold !== undefined && random.chance(0.3) ? 2 : 0;
    for (let n = 0; n < count; n++) {
      const place = drawPlace(random, setup, n);
      const large = place.destination !== undefined && largeOnes-- > 0;
      const object = this.putSource(
        place,
        drawContent(random, `${place.key} ${n} `, large),
        drawAttributes(random, setup, n),
      );
      if (setup.source.versioning && random.chance(0.1)) {
        this.putSource(place, `${place.key} newer ${n}`, drawAttributes(random, setup, n));
      }
      if (place.destination !== undefined && random.chance(0.2)) {
        this.preset(place, object);
      }
      const twin = twinOf(place, setup);
      if (twin && random.chance(0.15)) {
        this.putTwin(twin, object);
      }
    }
    this.store.put(this.buckets.source, 'incoming/folder/', '');
    this.denied = drawDeniedGroup(random);
    if (this.denied) {
      this.seedDenied(this.denied, count);
    }
  }

  /** Allows what is denied, unless it is denied for good. */
  allowAgain(): void {
    if (this.denied?.lasting) {
      return;
    }
    this.release();
    this.denied = undefined;
  }

  /** Allows what is denied. Others may use the store after this. */
  release(): void {
    this.allow?.();
  }

  /** Whether the archiver will never be allowed to copy the object, or to delete it. */
  isDenied(object: StoredObject, half: 'copy' | 'delete'): boolean {
    if (!this.denied?.lasting) {
      return false;
    }
    const { denial } = this.denied;
    if (denial === 'ForeignKey') {
      return half === 'copy' && object.attributes.encryption.kmsKeyId === FOREIGN_KEY;
    }
    return (
      denial === (half === 'copy' ? 'DeniedCopy' : 'DeniedDelete') &&
      object.key.startsWith(prefixOfName(this.setup, groupName(denial)))
    );
  }

  /**
   * Lets S3 finish the restores, and restores by hand what no run asked for, such as objects whose
   * destination is taken.
   */
  finishRestores(): void {
    const now = this.store.now();
    for (const object of this.listInGlacier()) {
      const restore = { readyAt: now, expiresAt: now + 7 * 24 * 3_600_000 };
      object.attributes = { ...object.attributes, restore };
      this.restored.set(object, restore.expiresAt);
    }
  }

  /** Returns the sources that cannot be copied before S3 has restored them. */
  listInGlacier(): StoredObject[] {
    const sources = [...this.places.keys()].flatMap((key) => this.source(key) ?? []);
    return sources.filter(
      (object) =>
        object.isArchived(this.store.now()) && object.attributes.archiveTier === undefined,
    );
  }

  /** Returns a new number, which makes contents differ. */
  nextNumber(): number {
    return ++this.writes;
  }

  source(key: string): StoredObject | undefined {
    return this.store.get(this.buckets.source, key);
  }

  archived(key: string): StoredObject | undefined {
    return this.store.get(this.buckets.destination, key);
  }

  putSource(
    place: Place,
    content: Parameters<ObjectStore['put']>[2],
    attributes: PutOptions,
  ): StoredObject {
    const object = this.store.put(this.buckets.source, place.key, content, {
      ...attributes,
      lastModified: lastModifiedOf(place, this.setup),
    });
    this.places.set(place.key, place);
    this.remember(place.key, fingerprint(object));
    return object;
  }

  /** Puts a copy of an object under another key. */
  putSame(bucket: string, key: string, object: StoredObject, more: PutOptions = {}): StoredObject {
    const { metadata, headers, tags, lock } = object.attributes;
    const canLock = this.store.bucket(bucket).objectLock;
    const attributes = {
      metadata,
      headers,
      tags: tags && Object.fromEntries(tags),
      lock: canLock ? lock : undefined,
    };
    return this.store.put(bucket, key, object.body, { ...attributes, ...more });
  }

  putForeign(destination: string, content: string): StoredObject {
    return this.own(this.store.put(this.buckets.destination, destination, content));
  }

  putForeignSame(destination: string, object: StoredObject): StoredObject {
    return this.own(this.putSame(this.buckets.destination, destination, object));
  }

  /**
   * Writes an object on the day after the runs' day, when that is what determines an object's day.
   */
  putOnAnotherDay(place: Place, content: string): void {
    const object = this.store.put(this.buckets.source, place.key, content, {
      lastModified: new Date('2026-11-25T00:30:00Z'),
    });
    this.remember(place.key, fingerprint(object));
    this.ofAnotherDay.add(object);
  }

  deleteSource(key: string): void {
    this.isWriting = true;
    this.store.delete(this.buckets.source, key);
    this.isWriting = false;
    this.latest.set(key, undefined);
    this.removed.add(key);
  }

  /** Returns everything under the source's prefix, or everything in the archive. */
  snapshot(where: 'source' | 'destination'): Snapshot {
    const bucket = this.store.bucket(this.buckets[where]);
    const { destinationPrefix } = this.setup;
    const found = new Map<string, StoredObject[]>();
    for (const key of bucket.keys.from('')) {
      if (this.isSameBucket && key.startsWith(destinationPrefix) !== (where === 'destination')) {
        continue;
      }
      const versions: StoredObject[] = [];
      for (let version = bucket.head(key); version; version = version.older) {
        versions.push(version);
      }
      found.set(key, versions);
    }
    return found;
  }

  get isSameBucket(): boolean {
    return this.setup.destination === undefined;
  }

  /**
   * Notes what requests take from the source. The bucket itself sees each deletion, whichever
   * request it came with.
   */
  private watchSource(): void {
    const bucket = this.store.bucket(this.buckets.source);
    const remove = bucket.delete.bind(bucket);
    bucket.delete = (key, now) => {
      const object = bucket.current(key);
      if (object && !this.isWriting && this.places.has(key)) {
        this.taken.push(object);
      }
      return remove(key, now);
    };
  }

  private seedDenied(group: DeniedGroup, from: number): void {
    const { denial, count } = group;
    const name = groupName(denial);
    for (let n = from; n < from + count; n++) {
      const key =
        denial === 'ForeignKey'
          ? ({ serverSideEncryption: 'aws:kms', kmsKeyId: FOREIGN_KEY } as const)
          : {};
      const content = `denied ${n} ${'x'.repeat(this.random.pick([0, 0, 400]))}`;
      this.putSource(drawPlace(this.random, this.setup, n, name), content, key);
    }
    this.allow = deny(this.store, this.buckets, group, prefixOfName(this.setup, name));
  }

  private preset({ destination }: Place, object: StoredObject): void {
    if (this.random.chance(0.5)) {
      this.putForeignSame(destination!, object);
    } else {
      this.putForeign(destination!, `theirs ${this.nextNumber()}`);
    }
  }

  private putTwin(twin: Place, object: StoredObject): void {
    if (this.random.chance(0.5)) {
      this.putSource(twin, `${twin.key} of its own`, {});
      return;
    }
    const same = this.putSame(this.buckets.source, twin.key, object, {
      lastModified: lastModifiedOf(twin, this.setup),
    });
    this.places.set(twin.key, twin);
    this.remember(twin.key, fingerprint(same));
  }

  private remember(key: string, print: string): void {
    this.latest.set(key, print);
    this.history.set(key, (this.history.get(key) ?? new Set()).add(print));
  }

  private own(object: StoredObject): StoredObject {
    this.foreign.add(object);
    return object;
  }
}
