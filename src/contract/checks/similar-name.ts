/** Finds the name that a user probably meant. */

const MIN_SIMILARITY = 0.6;

/**
 * The Sorensen-Dice coefficient over pairs of letters finds slips in letters (`bucktet`), in parts
 * (`concurrency`) and in style (`alert_topic`).
 */
export function findSimilarName(name: string, others: readonly string[]): string | undefined {
  const pairs = pairsOf(name);
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

/** Letters in lowercase, which are all that counts in a name. */
export function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, '');
}

function pairsOf(name: string): string[] {
  const letters = lettersOf(name);
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2));
}
