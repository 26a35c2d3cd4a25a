import { GIVEN, GIVEN_NAMES, type GivenName } from '../../contract/given';
import type { Settings } from '../../contract/payloads/settings';
import { giveRetention } from '../../features/retention/lambda/retention';
import type { Values } from '../attributes/attribute';
import type { Given, GivenAttributes } from '../attributes/given';

type Create<T> = (settings: Settings) => Given<T> | undefined;

interface Row<T> {
  /** Undefined: the setting is not there. */
  readonly give: Create<T>;
  /** What a restore takes off again. Undefined: nothing. */
  readonly takeOff: Create<T> | undefined;
}

const ROWS: { readonly [name in GivenName]: Row<Values[(typeof GIVEN)[name]]> } = {
  retention: { give: giveRetention, takeOff: undefined },
};

/** @param direction whether objects are archived, or restored */
export function createGiven(settings: Settings, direction: keyof Row<never>): GivenAttributes {
  return Object.fromEntries(
    GIVEN_NAMES.flatMap((name) => {
      const given = ROWS[name][direction]?.(settings);
      return given ? [[GIVEN[name], given]] : [];
    }),
  );
}
