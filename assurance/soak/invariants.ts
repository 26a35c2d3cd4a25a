/**
 * These invariants about the buckets must hold at the end of every run, with and without faults and
 * other writers.
 */
import type { Snapshot, BucketState } from './bucket-state';
import { fingerprint } from './objects';
import { isPackIndex, membersOf } from './packs';
import type { StoredObject } from '../../packages/s3-double/src';

/** This is the state of the buckets before a run. */
export interface Before {
  readonly source: Snapshot;
  readonly destination: Snapshot;
}

export function beginRun(state: BucketState): Before {
  state.touched.clear();
  return { source: state.snapshot('source'), destination: state.snapshot('destination') };
}

/** Checks that no object was lost, changed or overwritten. */
export function findBrokenInvariants(state: BucketState, before: Before): string[] {
  const destination = state.snapshot('destination');
  const archive = printsOf(destination);
  return [
    ...lostObjects(state, archive),
    ...lostVersions(state, before.source),
    ...changedArchive(state, before.destination, destination),
    ...wrongPlacement(state, destination),
  ];
}

export function printsOf(snapshot: Snapshot): Set<string> {
  const versions = [...snapshot.values()].flat().filter((version) => !version.deleteMarker);
  return new Set(
    versions.flatMap((version) => [fingerprint(version), ...membersOf(version).values()]),
  );
}

/**
 * The content that was written last must be at its source or in the archive. A content that was
 * already archived when its key was written again must be in the archive.
 */
function lostObjects(state: BucketState, archive: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (const [key, print] of state.latest) {
    const here = fingerprint(state.source(key));
    if (here !== undefined && here !== print) {
      found.push(`the source ${key} holds what nobody wrote last: ${here}, not ${print}`);
    }
    if (here === undefined && print !== undefined && !archive.has(print)) {
      found.push(`${key} is neither at its source nor archived: ${print}`);
    }
  }
  for (const [print, key] of state.archivedForGood) {
    if (!archive.has(print)) {
      found.push(
        `${key} was taken from its source before somebody wrote it anew, and is not archived: ` +
          `${print}`,
      );
    }
  }
  return found;
}

/** No program may delete earlier versions of a source. */
function lostVersions(state: BucketState, before: Snapshot): string[] {
  const bucket = state.store.bucket(state.buckets.source);
  if (bucket.versioning !== 'Enabled') {
    return [];
  }
  return [...before]
    .flatMap(([key, versions]) =>
      versions.filter((version) => bucket.version(key, version.versionId) !== version),
    )
    .map((version) => `the version ${version.versionId} of the source ${version.key} is gone`);
}

/**
 * Every object in the archive must stay there, unless a writer replaced it. If it was the current
 * version, it must stay the current version.
 */
function changedArchive(state: BucketState, before: Snapshot, now: Snapshot): string[] {
  const found: string[] = [];
  const versioned = state.store.bucket(state.buckets.destination).versioning === 'Enabled';
  for (const [key, versions] of before) {
    const present = new Set(now.get(key));
    const replaced = versions.some((version) => state.replaced.has(version));
    const top = versions[0];
    if (!top.deleteMarker && !state.replaced.has(top) && now.get(key)?.[0] !== top) {
      found.push(`the archive's ${key} was overwritten or deleted`);
    }
    if (!replaced || versioned) {
      for (const version of versions) {
        // In a bucket with suspended versioning, a new object replaces a delete marker that is the
        // null version.
        if (!present.has(version) && !version.deleteMarker) {
          found.push(`the version ${version.versionId} of the archive's ${key} is gone`);
        }
      }
    }
  }
  return found;
}

/** The storage class and the encryption must be as the props say. */
function wrongPlacement(state: BucketState, now: Snapshot): string[] {
  const { setup, store, buckets } = state;
  const byDefault = store.bucket(buckets.destination).encryption;
  const isPlaced = (version: StoredObject) => {
    const {
      storageClass,
      encryption: { algorithm, kmsKeyId },
    } = version.attributes;
    const isOfDefaultKey = kmsKeyId === byDefault?.kmsKeyId;
    return (
      (isPackIndex(version, setup.destinationPrefix)
        ? storageClass === 'STANDARD'
        : storageClass === (setup.storageClass ?? 'STANDARD')) &&
      algorithm === (setup.destinationKey || byDefault ? 'aws:kms' : 'AES256') &&
      (setup.destinationKey ? kmsKeyId !== undefined && !isOfDefaultKey : isOfDefaultKey)
    );
  };
  return [...now.values()]
    .flat()
    .filter((version) => !version.deleteMarker && !state.foreign.has(version) && !isPlaced(version))
    .map(
      ({ key, attributes }) =>
        `${key} was archived as ${attributes.storageClass} under ` +
        `${JSON.stringify(attributes.encryption)}`,
    );
}
