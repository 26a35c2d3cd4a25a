import { GIVEN_NAMES, type GivenName } from '../../../contract/given';

/** Why packs cannot have what a prop gives to each copy. Undefined: they have it. */
const NOT_IN_PACKS: { readonly [name in GivenName]: string | undefined } = {
  retention: undefined,
};

/** What may not hold for packs. */
export interface PackedArchiver extends Partial<Record<GivenName, unknown>> {
  readonly keepsSources?: boolean;
  readonly conflictPolicy: string;
  readonly layout: { readonly flatten?: boolean; readonly dropDateFolders?: boolean };
}

/** Throws if an archiver that packs has something else that cannot hold for packs. */
export function checkPackedArchiver(archiver: PackedArchiver): void {
  const { keepsSources, conflictPolicy } = archiver;
  const { flatten, dropDateFolders } = archiver.layout;
  refuseWithPacks(
    keepsSources,
    'sourceDisposition KEEP',
    'every run would pack the objects of its days again',
    'omit sourceDisposition',
  );
  refuseWithPacks(
    conflictPolicy === 'RENAME',
    'conflictPolicy RENAME',
    'an object in a pack never conflicts, because a later pack holds the other content',
    'omit conflictPolicy',
  );
  for (const [option, isSet] of Object.entries({ flatten, dropDateFolders })) {
    refuseWithPacks(
      isSet,
      `${option} of layout`,
      'two keys would get one name, and a pack has each name once',
      `use a layout without ${option}`,
    );
  }
  for (const name of GIVEN_NAMES) {
    const why = NOT_IN_PACKS[name];
    if (why !== undefined) {
      refuseWithPacks(archiver[name] !== undefined, name, why, `omit ${name}`);
    }
  }
}

/** @throws if it is given */
export function refuseWithPacks(
  isGiven: boolean | undefined,
  what: string,
  why: string,
  fix: string,
): void {
  if (isGiven) {
    throw new Error(
      `${what} cannot be combined with packing, since ${why}: ${fix}, or omit packing`,
    );
  }
}
