/**
 * What a run asks S3 to restore. It costs money, so no source is asked for twice, and none in vain.
 */
import type { BucketState } from './bucket-state';
import { MAX_KEY_BYTES } from './objects';

/**
 * After a run without faults: S3 restores each source in Glacier that the run selected, and whose
 * destination is free.
 */
export function findUnasked(state: BucketState): string[] {
  const { places, store, ofAnotherDay } = state;
  return state.listInGlacier().flatMap((object) => {
    const { destination } = places.get(object.key)!;
    const isSelected = destination !== undefined && !ofAnotherDay.has(object);
    const isAsked = object.getRestore(store.now()) === 'ongoing';
    if (!isSelected && isAsked) {
      return [`S3 restores ${object.key}, which no run selects`];
    }
    if (!isSelected || state.archived(destination)) {
      return [];
    }
    const isWanted = Buffer.byteLength(destination) <= MAX_KEY_BYTES;
    if (isWanted === isAsked) {
      return [];
    }
    return [
      isAsked
        ? `S3 restores ${object.key}, which cannot be archived`
        : `${object.key} is in Glacier, and the run has not asked S3 to restore it`,
    ];
  });
}

/**
 * After all runs: none of them asked for what S3 had restored already. Another request would
 * prolong the restore.
 */
export function findAskedAgain({ restored }: BucketState): string[] {
  return [...restored]
    .filter(([{ attributes }, expiresAt]) => attributes.restore?.expiresAt !== expiresAt)
    .map(([{ key }]) => `S3 had restored ${key}, and was asked again`);
}
