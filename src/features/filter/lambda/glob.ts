/**
 * Matches keys with patterns. parse-glob.ts has the syntax. People type these patterns, and a role
 * that deletes evaluates them. Libraries turn a pattern into a regular expression, and JavaScript's
 * can take exponential time (docs/decisions.md). This matcher follows all positions in the pattern
 * at once (Thompson, "Regular Expression Search Algorithm", 1968), and remembers where each set of
 * positions leads (as RE2 does: https://swtch.com/~rsc/regexp/regexp1.html). A key takes at most
 * the product of the two lengths, and mostly one step a character.
 */
import { type GlobNode, parseGlob as parseNodes } from '../../../contract/checks/parse-glob';

/**
 * A state either consumes one character, or leads to others without one. The last one is where a
 * match ends.
 */
export type State =
  | { readonly accepts: (codePoint: number) => boolean; readonly next: number }
  | { readonly leadsTo: number[] };

interface Position {
  readonly states: readonly number[];
  readonly isMatch: boolean;
  readonly next: Map<number, Position>;
}

export interface Glob {
  readonly states: readonly State[];
  readonly start: number;
  readonly positions: Map<string, Position>;
  first?: Position;
  remembered: number;
}

const SLASH = '/'.codePointAt(0)!;
const END = 0;
/** The largest number of sets of states that a pattern caches. There may be exponentially many. */
const MAX_REMEMBERED = 4_096;

export function parseGlob(pattern: string): Glob {
  const states: State[] = [{ leadsTo: [] }];
  const start = addSequence(states, parseNodes(pattern), END);
  return { states, start, positions: new Map(), remembered: 0 };
}

export function matchesGlob(glob: Glob, key: string): boolean {
  if (glob.remembered > MAX_REMEMBERED) {
    glob.positions.clear();
    glob.first = undefined;
    glob.remembered = 0;
  }
  let position = (glob.first ??= toPosition(glob, [glob.start]));
  for (const character of key) {
    const codePoint = character.codePointAt(0)!;
    let next = position.next.get(codePoint);
    if (!next) {
      next = toPosition(
        glob,
        position.states.flatMap((index) => {
          const state = glob.states[index];
          return 'accepts' in state && state.accepts(codePoint) ? [state.next] : [];
        }),
      );
      position.next.set(codePoint, next);
      glob.remembered += 1;
    }
    if (next.states.length === 0) {
      return false;
    }
    position = next;
  }
  return position.isMatch;
}

function toPosition(glob: Glob, from: readonly number[]): Position {
  const reached = new Set(from);
  // A set also visits what is added meanwhile.
  for (const index of reached) {
    const state = glob.states[index];
    if ('leadsTo' in state) {
      state.leadsTo.forEach((each) => reached.add(each));
    }
  }
  const states = [...reached]
    .filter((index) => index === END || 'accepts' in glob.states[index])
    .sort((a, b) => a - b);
  const name = states.join();
  let position = glob.positions.get(name);
  if (!position) {
    position = { states, isMatch: reached.has(END), next: new Map() };
    glob.positions.set(name, position);
  }
  return position;
}

/** Adds states that lead to the state `next`, and returns the first of them. */
function addSequence(states: State[], nodes: readonly GlobNode[], next: number): number {
  return nodes.reduceRight((after, node) => addNode(states, node, after), next);
}

function addNode(states: State[], node: GlobNode, next: number): number {
  switch (node.kind) {
    case 'character':
      return addState(states, { accepts: (codePoint) => codePoint === node.codePoint, next });
    case 'any':
      return addState(states, { accepts: isNoSlash, next });
    case 'class': {
      const isIn = (codePoint: number) =>
        node.ranges.some(([from, to]) => codePoint >= from && codePoint <= to);
      return addState(states, {
        accepts: (codePoint) => isNoSlash(codePoint) && isIn(codePoint) !== node.isNegated,
        next,
      });
    }
    case 'star':
      return addLoop(states, isNoSlash, next);
    case 'globstar':
      return addLoop(states, () => true, next);
    case 'folders': {
      const slash = addState(states, { accepts: (codePoint) => codePoint === SLASH, next });
      return addState(states, { leadsTo: [next, addLoop(states, () => true, slash)] });
    }
    case 'alternatives':
      return addState(states, {
        leadsTo: node.alternatives.map((each) => addSequence(states, each, next)),
      });
  }
}

function addLoop(states: State[], accepts: (codePoint: number) => boolean, next: number): number {
  const leadsTo = [next];
  const loop = addState(states, { leadsTo });
  leadsTo.push(addState(states, { accepts, next: loop }));
  return loop;
}

function addState(states: State[], state: State): number {
  return states.push(state) - 1;
}

function isNoSlash(codePoint: number): boolean {
  return codePoint !== SLASH;
}

export function createKeyFilter(globs: readonly string[] | undefined): (key: string) => boolean {
  const parsed = globs?.map(parseGlob);
  return (key) => parsed?.some((glob) => matchesGlob(glob, key)) ?? true;
}
