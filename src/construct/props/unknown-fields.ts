/** Refuses props and options that do not exist, and says what was probably meant. */

import { findSimilarName, lettersOf } from '../../contract/checks/similar-name';

/** Names that users may write, in lowercase letters, and the ones to use instead. */
export type Meanings = ReadonlyMap<string, string>;

export interface FieldNames {
  /** How an error names a field. */
  readonly nameOf: (field: string) => string;
  readonly meanings: Meanings;
}

/** @throws if a field has a value and does not exist */
export function refuseUnknown(values: object, known: readonly string[], names: FieldNames): void {
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined || known.includes(field)) {
      continue;
    }
    throw new Error(
      `${names.nameOf(field)} does not exist: ${advise(field, values, known, names)}`,
    );
  }
}

export function meaning(
  names: readonly string[],
  advice: string,
): [written: string, advice: string][] {
  return names.map((name) => [lettersOf(name), advice]);
}

function advise(
  field: string,
  values: object,
  known: readonly string[],
  { nameOf, meanings }: FieldNames,
): string {
  const meant = meanings.get(lettersOf(field));
  if (meant !== undefined) {
    return meant;
  }
  const free = known.filter((other) => !(other in values));
  const similar = findSimilarName(field, free);
  return similar === undefined
    ? `remove it, or use one of ${known.join(', ')}`
    : `perhaps you mean ${nameOf(similar)}`;
}
