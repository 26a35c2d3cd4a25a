/** Refuses props and options that do not exist, and says what was probably meant. */

const MIN_SIMILARITY = 0.6;

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
  const similar = findMostSimilar(field, free);
  return similar === undefined
    ? `remove it, or use one of ${known.join(', ')}`
    : `perhaps you mean ${nameOf(similar)}`;
}

/**
 * The Sorensen-Dice coefficient over pairs of letters finds slips in letters (`bucktet`), in parts
 * (`concurrency`) and in style (`alert_topic`).
 */
function findMostSimilar(text: string, others: readonly string[]): string | undefined {
  const pairs = pairsOf(text);
  const rated = others.map((other) => {
    const rest = pairsOf(other);
    const all = pairs.length + rest.length;
    const shared = pairs.filter(
      (pair) => rest.includes(pair) && rest.splice(rest.indexOf(pair), 1),
    ).length;
    return { other, similarity: (2 * shared) / all };
  });
  const best = rated.reduce((one, other) => (other.similarity > one.similarity ? other : one), {
    other: '',
    similarity: 0,
  });
  return best.similarity >= MIN_SIMILARITY ? best.other : undefined;
}

function pairsOf(text: string): string[] {
  const letters = lettersOf(text);
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2));
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, '');
}
