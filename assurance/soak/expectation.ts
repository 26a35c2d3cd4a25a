/**
 * Computes the result of a run without faults from the state of the buckets. The computation
 * follows the promise, not the code.
 */
import type { BucketState } from './bucket-state';
import { fingerprint, lockOf, MAX_KEY_BYTES, type Place } from './objects';
import type { StoredObject } from '../../packages/s3-double/src';
import type { Counts } from '../../src/contract/payloads/outcomes';

interface Candidate {
  readonly key: string;
  readonly print: string;
  readonly beside: string;
}

export interface Expectation {
  /** No run can archive these objects. They count as failed. */
  readonly stuck: readonly Stuck[];
  /** The objects of a group have the same destination. The group also holds what exists there. */
  readonly groups: readonly Group[];
}

interface Stuck {
  readonly key: string;
  readonly print: string;
  readonly destination: string;
  /** The object may count as conflicting if other content is at its destination. */
  readonly mayConflict: boolean;
}

interface Group {
  readonly candidates: readonly Candidate[];
  readonly there?: string;
  /** Tells what exists under the renamed destinations. */
  readonly beside: ReadonlyMap<string, string | undefined>;
}

export function expectationOf(state: BucketState): Expectation {
  const stuck: Stuck[] = [];
  const groups = new Map<string, Candidate[]>();
  for (const place of state.places.values()) {
    const object = state.source(place.key);
    if (!object || place.destination === undefined || state.ofAnotherDay.has(object)) {
      continue;
    }
    const candidate = {
      key: place.key,
      print: fingerprint(object),
      beside: besideOf(place.destination, object.etag),
    };
    if (
      isStuck(state, place) ||
      isUnprovable(state, place, candidate) ||
      hasNoRoomBeside(state, place, candidate)
    ) {
      stuck.push({
        key: place.key,
        print: candidate.print,
        destination: place.destination,
        mayConflict: mayConflict(state, place, candidate),
      });
      continue;
    }
    groups.set(place.destination, [...(groups.get(place.destination) ?? []), candidate]);
  }
  return {
    stuck,
    groups: [...groups].map(([destination, candidates]) => ({
      candidates,
      there: fingerprint(state.archived(destination)),
      beside: new Map(
        candidates.map(({ beside }) => [beside, fingerprint(state.archived(beside))]),
      ),
    })),
  };
}

/**
 * If no other writer wrote, faults do not change the final state. `isUnprovable` describes the
 * exception.
 */
export function isComparable({ acts, setup }: BucketState): boolean {
  return acts === 0 && setup.storageClass !== 'GLACIER';
}

/** With RENAME, other content at the destination is a reason to take another one. */
function mayConflict(state: BucketState, place: Place, candidate: Candidate): boolean {
  return (
    state.setup.conflictPolicy === 'REPORT' &&
    Buffer.byteLength(place.destination!) <= MAX_KEY_BYTES &&
    !isUnprovable(state, place, candidate)
  );
}

function isStuck(state: BucketState, { key, destination }: Place): boolean {
  const object = state.source(key)!;
  if (Buffer.byteLength(destination!) > MAX_KEY_BYTES || state.isDenied(object, 'copy')) {
    return true;
  }
  if (
    object.isArchived(state.store.now()) &&
    (!state.setup.restores || isPlaceFree(state, object, destination!))
  ) {
    return true;
  }
  if (state.isDenied(object, 'delete') && hasRoom(state, object, destination!)) {
    return true;
  }
  return lockOf(object) !== undefined && !state.store.bucket(state.buckets.destination).objectLock;
}

/** An archiver that has S3 restore objects looks first at what is wherever the object may go. */
function isPlaceFree(state: BucketState, object: StoredObject, destination: string): boolean {
  const there = fingerprint(state.archived(destination));
  const isRenamed = state.setup.conflictPolicy === 'RENAME' && there !== fingerprint(object);
  return (
    there === undefined ||
    (isRenamed && state.archived(besideOf(destination, object.etag)) === undefined)
  );
}

/**
 * If other content is wherever the object may go, no copy is made, and nothing is to be deleted.
 */
function hasRoom(state: BucketState, object: StoredObject, destination: string): boolean {
  const places =
    state.setup.conflictPolicy === 'RENAME'
      ? [destination, besideOf(destination, object.etag)]
      : [destination];
  return places
    .map((key) => fingerprint(state.archived(key)))
    .some((print) => print === undefined || print === fingerprint(object));
}

/**
 * If an archived object is in a class that cannot be read, only its ETag or its checksum can prove
 * that it is the same. If neither can be compared, the source stays (docs/safety.md). An example is
 * a multipart copy of an object with a SHA-1.
 */
function isUnprovable(
  state: BucketState,
  { key, destination }: Place,
  { print, beside }: Candidate,
): boolean {
  const source = state.source(key)!;
  const there = state.archived(destination!);
  if (there && cannotTell(source, there, state.store.now())) {
    return true;
  }
  const occupant = state.archived(beside);
  return (
    state.setup.conflictPolicy === 'RENAME' &&
    there !== undefined &&
    fingerprint(there) !== print &&
    occupant !== undefined &&
    cannotTell(source, occupant, state.store.now())
  );
}

/**
 * With RENAME, the renamed destination may be too long. This matters if the destination is taken.
 */
function hasNoRoomBeside(
  state: BucketState,
  { destination }: Place,
  { print, beside }: Candidate,
): boolean {
  const there = fingerprint(state.archived(destination!));
  return (
    state.setup.conflictPolicy === 'RENAME' &&
    Buffer.byteLength(beside) > MAX_KEY_BYTES &&
    there !== undefined &&
    there !== print
  );
}

function cannotTell(source: StoredObject, there: StoredObject, now: number): boolean {
  // An object with other metadata or headers is other content, even if the bytes are equal.
  const described = ({ attributes: { metadata = {}, headers } }: StoredObject) =>
    JSON.stringify([metadata, headers].map((each) => Object.entries(each).sort()));
  if (described(source) !== described(there)) {
    return false;
  }
  const isMd5 = (object: StoredObject) =>
    /^[0-9a-f]{32}$/.test(object.etag) && object.attributes.encryption.algorithm !== 'aws:kms';
  const [one, other] = [source.checksum, there.checksum];
  const isShared =
    one.type === 'FULL_OBJECT' && other.type === 'FULL_OBJECT' && one.algorithm === other.algorithm;
  // A checksum of 32 bits may be that of other content, too. So it can only prove that contents
  // differ.
  const areComparable =
    isShared && (!one.algorithm.startsWith('CRC32') || one.value !== other.value);
  return (
    (there.isArchived(now) || source.isArchived(now)) &&
    source.size === there.size &&
    !(isMd5(source) && isMd5(there)) &&
    !areComparable
  );
}

/** Returns the renamed destination: `stem~<first 8 of the ETag>.ext`. */
function besideOf(destination: string, etag: string): string {
  const slash = destination.lastIndexOf('/') + 1;
  const [, stem, extension] = /^(.+?)((?:\.[^.]*)?)$/s.exec(destination.slice(slash)) ?? [];
  return `${destination.slice(0, slash)}${stem}~${etag.slice(0, 8)}${extension}`;
}

/**
 * Compares the expectation with the buckets after the run, and with the counts if they are given.
 */
export function unmet(
  state: BucketState,
  { stuck, groups }: Expectation,
  counts?: Counts | null,
): string[] {
  const unstuck = stuck.filter(({ key }) => !state.source(key));
  // An object that cannot be copied may still find that its twin was archived before its turn.
  const found = unstuck
    .filter(({ destination, print }) => fingerprint(state.archived(destination)) !== print)
    .map(({ key }) => `${key} cannot be archived, and is gone`);
  let archived = unstuck.length;
  let left = 0;
  let failed = stuck.length - unstuck.length;
  for (const group of groups) {
    const gone = group.candidates.filter(({ key }) => !state.source(key));
    const [crowdedOut, kept] = partition(
      group.candidates.filter(({ key }) => state.source(key)),
      (each) => isCrowdedOut(state, group, each, gone),
    );
    archived += gone.length;
    failed += crowdedOut.length;
    left += kept.length;
    found.push(
      ...(state.setup.conflictPolicy === 'RENAME'
        ? wronglyKeptBeside(group, kept)
        : wronglySettled(group, gone, kept)),
    );
  }
  // An overtaken object fails if S3 refuses its copy for another reason. It conflicts if the run
  // looks at its destination before that, as it does in a batch that finds many copies.
  const overtaken = stuck.filter((each) => isOvertaken(state, each)).length;
  if (
    counts &&
    (counts.archived !== archived ||
      counts.conflicting + counts.failed !== left + failed ||
      counts.conflicting < left ||
      counts.conflicting > left + overtaken)
  ) {
    found.push(
      `archived ${archived}, conflicting ${left}, failed ${failed} by the buckets, and the ` +
        `counts are ${JSON.stringify(counts)}`,
    );
  }
  return found;
}

/** Other content is at the destination of an object that is stuck, or took it during the run. */
function isOvertaken(state: BucketState, { key, print, destination, ...stuck }: Stuck): boolean {
  const there = fingerprint(state.archived(destination));
  return (
    stuck.mayConflict && state.source(key) !== undefined && there !== undefined && there !== print
  );
}

/**
 * With RENAME, a twin may take the empty destination first. Then an object whose renamed
 * destination is too long cannot be archived.
 */
function isCrowdedOut(
  { setup }: BucketState,
  { there }: Group,
  { print, beside }: Candidate,
  gone: readonly Candidate[],
): boolean {
  return (
    setup.conflictPolicy === 'RENAME' &&
    Buffer.byteLength(beside) > MAX_KEY_BYTES &&
    there === undefined &&
    gone.some((twin) => twin.print !== print)
  );
}

function partition<T>(all: readonly T[], isFirst: (each: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))];
}

/**
 * With RENAME, an object stays only if other content has taken both its destination and its renamed
 * destination.
 */
function wronglyKeptBeside({ beside, there }: Group, kept: readonly Candidate[]): string[] {
  return kept
    .filter((candidate) => {
      const occupant = beside.get(candidate.beside);
      return (
        there === undefined ||
        there === candidate.print ||
        occupant === undefined ||
        occupant === candidate.print
      );
    })
    .map(({ key }) => `${key} could have been archived, and is at its source`);
}

/**
 * With REPORT, an object that equals the occupant of the destination goes. If the destination is
 * empty, one content takes it.
 */
function wronglySettled(
  { there }: Group,
  gone: readonly Candidate[],
  kept: readonly Candidate[],
): string[] {
  const winner = there ?? gone[0]?.print;
  return [
    ...gone
      .filter(({ print }) => print !== winner)
      .map(
        ({ key }) => `${key} is gone from its source although other content is at its destination`,
      ),
    ...kept
      .filter(({ print }) => winner === undefined || print === winner)
      .map(({ key }) => `${key} could have been archived, and is at its source`),
  ];
}
