/**
 * Patterns for keys. `*` stands for any characters but `/`, `**` for any characters, a whole folder `**` for any number of
 * folders or none, and `?` for one character but `/`. Everything else stands for itself: there are no classes, alternatives
 * or escapes, and a dot is like any other character.
 *
 * People type these patterns into the input of a run, and a role that deletes evaluates them. Libraries turn a pattern into a
 * regular expression, and JavaScript's can take exponential time: picomatch needs seconds for `*a*a*a*a*a*a*b` and 60 times
 * `a`. This matcher follows all positions in the pattern at once (Thompson, "Regular Expression Search Algorithm", 1968). It
 * takes at most the product of the two lengths.
 */
export type Glob = readonly Step[];

type Step =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'any' }
  /** May be repeated, or left out. */
  | { readonly kind: 'star' }
  | { readonly kind: 'globstar' }
  /** Nothing, or the next step. */
  | { readonly kind: 'optional' }
  /** Any characters, up to a slash. */
  | { readonly kind: 'folders' };

export function parseGlob(pattern: string): Glob {
  const steps: Step[] = [];
  for (const token of pattern.match(/(?<=^|\/)\*{2,}\/|\*+|[^*]/gsu) ?? []) {
    if (token.endsWith('*/')) {
      steps.push({ kind: 'optional' }, { kind: 'folders' });
    } else if (token === '?') {
      steps.push({ kind: 'any' });
    } else if (token.startsWith('*')) {
      steps.push({ kind: token === '*' ? 'star' : 'globstar' });
    } else {
      steps.push({ kind: 'character', character: token });
    }
  }
  return steps;
}

export function matchesGlob(glob: Glob, key: string): boolean {
  let positions = withSkipped(glob, new Set([0]));
  for (const character of key) {
    const next = new Set<number>();
    for (const position of positions) {
      const step = glob[position];
      if (staysAt(step, character)) { next.add(position); }
      if (passes(step, character)) { next.add(position + 1); }
    }
    if (next.size === 0) { return false; }
    positions = withSkipped(glob, next);
  }
  return positions.has(glob.length);
}

function staysAt(step: Step | undefined, character: string): boolean {
  return step?.kind === 'globstar' || step?.kind === 'folders' || (step?.kind === 'star' && character !== '/');
}

function passes(step: Step | undefined, character: string): boolean {
  switch (step?.kind) {
    case 'any': return character !== '/';
    case 'folders': return character === '/';
    case 'character': return step.character === character;
    default: return false;
  }
}

/** Adds the positions that are reached without a character. */
function withSkipped(glob: Glob, positions: Set<number>): Set<number> {
  // A set also visits what is added meanwhile.
  for (const position of positions) {
    const kind = glob[position]?.kind;
    if (kind === 'star' || kind === 'globstar' || kind === 'optional') { positions.add(position + 1); }
    if (kind === 'optional') { positions.add(position + 2); }
  }
  return positions;
}
