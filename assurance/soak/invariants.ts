/** What is promised of the buckets, at the end of a run, whatever happened in it. */
import { fingerprint } from './objects';
import type { Snapshot, World } from './world';
import type { StoredObject } from '../../packages/s3-double/src';

/** How things stood before a run. */
export interface Before {
  readonly source: Snapshot;
  readonly destination: Snapshot;
}

export function beginRun(world: World): Before {
  world.touched.clear();
  return { source: world.snapshot('source'), destination: world.snapshot('destination') };
}

/** Neither lost, nor changed, nor overwritten. */
export function brokenPromises(world: World, before: Before): string[] {
  const destination = world.snapshot('destination');
  const archive = printsOf(destination);
  return [
    ...lostObjects(world, archive),
    ...lostVersions(world, before.source),
    ...changedArchive(world, before.destination, destination),
    ...wrongPlacement(world, destination),
  ];
}

export function printsOf(snapshot: Snapshot): Set<string> {
  return new Set([...snapshot.values()].flat().filter((version) => !version.deleteMarker).map((version) => fingerprint(version)));
}

/** What was written last is at its source or in the archive, and so is what was archived when its key was written anew. */
function lostObjects(world: World, archive: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (const [key, print] of world.latest) {
    const here = fingerprint(world.source(key));
    if (here !== undefined && here !== print) {
      found.push(`the source ${key} holds what nobody wrote last: ${here}, not ${print}`);
    }
    if (here === undefined && print !== undefined && !archive.has(print)) {
      found.push(`${key} is neither at its source nor archived: ${print}`);
    }
  }
  for (const [print, key] of world.archivedForGood) {
    if (!archive.has(print)) {
      found.push(`${key} was taken from its source before somebody wrote it anew, and is not archived: ${print}`);
    }
  }
  return found;
}

/** Earlier versions of a source are nobody's to delete. */
function lostVersions(world: World, before: Snapshot): string[] {
  const bucket = world.store.bucket(world.buckets.source);
  if (bucket.versioning !== 'Enabled') { return []; }
  return [...before].flatMap(([key, versions]) => versions.filter((version) => bucket.version(key, version.versionId) !== version))
    .map((version) => `the version ${version.versionId} of the source ${version.key} is gone`);
}

/** What stood in the archive stands there still, on top where it was on top, unless a writer replaced it. */
function changedArchive(world: World, before: Snapshot, now: Snapshot): string[] {
  const found: string[] = [];
  const versioned = world.store.bucket(world.buckets.destination).versioning === 'Enabled';
  for (const [key, versions] of before) {
    const present = new Set(now.get(key));
    const replaced = versions.some((version) => world.replaced.has(version));
    const top = versions[0];
    if (!top.deleteMarker && !world.replaced.has(top) && now.get(key)?.[0] !== top) {
      found.push(`the archive's ${key} was overwritten or deleted`);
    }
    if (!replaced || versioned) {
      for (const version of versions) {
        // The null version of a delete marker in a suspended bucket gives way to a new object.
        if (!present.has(version) && !version.deleteMarker) {
          found.push(`the version ${version.versionId} of the archive's ${key} is gone`);
        }
      }
    }
  }
  return found;
}

/** Storage class and encryption are as the props say. */
function wrongPlacement(world: World, now: Snapshot): string[] {
  const { setup, store, buckets } = world;
  const byDefault = store.bucket(buckets.destination).encryption;
  const isPlaced = ({ attributes: { storageClass, encryption: { algorithm, kmsKeyId } } }: StoredObject) => {
    const isOfDefaultKey = kmsKeyId === byDefault?.kmsKeyId;
    return storageClass === (setup.storageClass ?? 'STANDARD')
      && algorithm === (setup.destinationKey || byDefault ? 'aws:kms' : 'AES256')
      && (setup.destinationKey ? kmsKeyId !== undefined && !isOfDefaultKey : isOfDefaultKey);
  };
  return [...now.values()].flat().filter((version) => !version.deleteMarker && !world.foreign.has(version) && !isPlaced(version))
    .map(({ key, attributes }) => `${key} was archived as ${attributes.storageClass} under ${JSON.stringify(attributes.encryption)}`);
}
