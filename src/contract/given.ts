/**
 * The props that give each copy something of an attribute, besides what its source has. The
 * compiler asks for the rest of a new row: its settings, how they are checked, what packs do with
 * it, and how a copy gets it.
 */
import type { AttributeName } from './object-attributes';

export const GIVEN = {
  retention: 'lock',
} as const satisfies { readonly [prop: string]: AttributeName };

export type GivenName = keyof typeof GIVEN;
export type GivenAttribute = (typeof GIVEN)[GivenName];
export const GIVEN_NAMES = Object.keys(GIVEN) as GivenName[];
