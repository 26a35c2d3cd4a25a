import { Token } from 'aws-cdk-lib';
import type { Settings } from '../../../construct/props/settings';
import { getMaxPackSize, getPackMemory } from '../../../contract/memory';
import type { S3DatedArchiverProps } from '../../../s3-dated-archiver-props';
import { checkPackedArchiver, refuseWithPacks } from '../contract/check-packed-archiver';

const MIB = 1_024 ** 2;

/** Throws if something else is set that cannot hold for packs. */
export function validatePacking(props: S3DatedArchiverProps, settings: Settings): void {
  const { packing, source, layout, listingConcurrency } = settings;
  if (!packing) {
    return;
  }
  checkPackedArchiver({
    ...settings,
    keepsSources: source.keepsObjects,
    layout: layout._settings(),
  });
  refuseWithPacks(
    listingConcurrency === undefined,
    'Listing.distributedMap()',
    'the map would form batches of listed objects, and packs need the selected objects of a day',
    'omit listing, or set Listing.selective()',
  );
  const { memorySize } = props;
  const { maxPackSize } = packing;
  const needed = getPackMemory(maxPackSize);
  if (
    memorySize === undefined ||
    [memorySize, maxPackSize].some((value) => Token.isUnresolved(value)) ||
    memorySize >= needed
  ) {
    return;
  }
  const fitting = getMaxPackSize(memorySize) / MIB;
  throw new Error(
    `memorySize ${memorySize} must be at least ${needed} for packs of ` +
      `${Math.ceil((maxPackSize / MIB) * 10) / 10} MiB, since the function holds a pack in ` +
      'memory: ' +
      'raise or omit ' +
      `memorySize${fitting >= 1 ? `, or set maxPackSize: Size.mebibytes(${fitting})` : ''}`,
  );
}
