import { Token } from 'aws-cdk-lib';
import { ConflictPolicy } from '../../../conflict-policy';
import type { Settings } from '../../../construct/props/settings';
import { GIVEN_NAMES, type GivenName } from '../../../contract/given';
import { getMaxPackSize, getPackMemory } from '../../../contract/memory';
import type { S3DatedArchiverProps } from '../../../s3-dated-archiver-props';

const MIB = 1_024 ** 2;

/** Why packs cannot have what a prop gives to each copy. Undefined: they have it. */
const NOT_IN_PACKS: { readonly [name in GivenName]: string | undefined } = {
  retention: undefined,
};

/** Throws if something else is set that cannot hold for packs. */
export function validatePacking(props: S3DatedArchiverProps, settings: Settings): void {
  const { packing, source, conflictPolicy, layout, listingConcurrency } = settings;
  if (!packing) {
    return;
  }
  const { flatten, dropDateFolders } = layout._settings();
  const refuse = (isGiven: boolean | undefined, what: string, why: string, fix: string) => {
    if (isGiven) {
      throw new Error(
        `${what} cannot be combined with packing, since ${why}: ${fix}, or omit packing`,
      );
    }
  };
  refuse(
    source.keepsObjects,
    'sourceDisposition KEEP',
    'every run would pack the objects of its days again',
    'omit sourceDisposition',
  );
  refuse(
    conflictPolicy === ConflictPolicy.RENAME,
    'conflictPolicy RENAME',
    'an object in a pack never conflicts, because a later pack holds the other content',
    'omit conflictPolicy',
  );
  for (const [option, isSet] of Object.entries({ flatten, dropDateFolders })) {
    refuse(
      isSet,
      `${option} of layout`,
      'two keys would get one name, and a pack has each name once',
      `use a layout without ${option}`,
    );
  }
  refuse(
    listingConcurrency === undefined,
    'Listing.distributedMap()',
    'the map would form batches of listed objects, and packs need the selected objects of a day',
    'omit listing, or set Listing.selective()',
  );
  for (const name of GIVEN_NAMES) {
    const why = NOT_IN_PACKS[name];
    if (why !== undefined) {
      refuse(settings[name] !== undefined, name, why, `omit ${name}`);
    }
  }
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
