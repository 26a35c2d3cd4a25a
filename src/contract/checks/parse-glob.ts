/**
 * Parses patterns for keys. The construct checks its props with this module, and the functions match with what it returns
 * (src/lambda/selection/glob.ts).
 *
 * The syntax, of which docs/configuration.md has examples:
 * - `*` any characters but `/`, or none; `?` one character but `/`
 * - `**` any characters, or none; `**` and a slash at the start of a folder: any number of folders, or none
 * - `[abc]`, `[a-z]` one of these characters; `[!abc]`, `[^abc]` one other character but `/`
 * - `{a,b}` one of these patterns, which may be empty and have braces of their own
 * - a backslash takes the special meaning from the next character
 *
 * Everything else stands for itself, the dot at the start of a name too. Letters have their case. A character is a code point.
 */

export type CodePointRange = readonly [number, number];

export type GlobNode =
  | { readonly kind: 'character'; readonly codePoint: number }
  | { readonly kind: 'class'; readonly ranges: readonly CodePointRange[]; readonly isNegated: boolean }
  | { readonly kind: 'any' | 'star' | 'globstar' | 'folders' }
  | { readonly kind: 'alternatives'; readonly alternatives: ReadonlyArray<readonly GlobNode[]> };

/** @throws an error that begins with `what` and the pattern, and says how to write what is probably meant */
export function parseGlob(pattern: string, what = 'glob'): GlobNode[] {
  return new Parser(pattern, what).parse();
}

class Parser {
  private readonly characters: readonly string[];
  private at = 0;

  constructor(private readonly pattern: string, private readonly what: string) {
    this.characters = [...pattern];
  }

  parse(): GlobNode[] {
    if (this.pattern === '') { this.refuse('is empty, and would match nothing: write a pattern, such as "**/*.csv", or remove it'); }
    if (this.pattern.startsWith('!')) {
      this.refuse('starts with "!", which negates nothing here: write the pattern without it where objects are excluded, or \\! for the character itself');
    }
    return this.parseSequence(true, false).nodes;
  }

  private parseSequence(atStart: boolean, isInBraces: boolean): { nodes: GlobNode[]; atStart: boolean } {
    const nodes: GlobNode[] = [];
    for (let character = this.peek(); character !== undefined; character = this.peek()) {
      if (isInBraces && (character === ',' || character === '}')) { break; }
      const node = this.parseNode(character, atStart);
      nodes.push(node.node);
      atStart = node.atStart;
    }
    return { nodes, atStart };
  }

  private parseNode(character: string, atStart: boolean): { node: GlobNode; atStart: boolean } {
    this.at += 1;
    switch (character) {
      case '*': return this.parseStars(atStart);
      case '?': return { node: { kind: 'any' }, atStart: false };
      case '[': return { node: this.parseClass(), atStart: false };
      case '{': return this.parseBraces(atStart);
      case ']': return this.refuse('has a "]" without a "[": write \\] for the character itself');
      case '}': return this.refuse('has a "}" without a "{": write \\} for the character itself');
      default: {
        const literal = character === '\\' ? this.takeEscaped() : character;
        return { node: { kind: 'character', codePoint: literal.codePointAt(0)! }, atStart: literal === '/' };
      }
    }
  }

  private parseStars(atStart: boolean): { node: GlobNode; atStart: boolean } {
    const begin = this.at - 1;
    while (this.peek() === '*') { this.at += 1; }
    if (this.at - begin === 1) { return { node: { kind: 'star' }, atStart: false }; }
    if (!atStart || this.peek() !== '/') { return { node: { kind: 'globstar' }, atStart: false }; }
    this.at += 1;
    return { node: { kind: 'folders' }, atStart: true };
  }

  private parseBraces(atStart: boolean): { node: GlobNode; atStart: boolean } {
    const alternatives: GlobNode[][] = [];
    let allAtStart = true;
    for (let end: string | undefined = ','; end !== '}';) {
      const alternative = this.parseSequence(atStart, true);
      alternatives.push(alternative.nodes);
      allAtStart &&= alternative.atStart;
      end = this.peek();
      if (end === undefined) { this.refuse('has a "{" that is not closed: add "}", or write \\{ for the character itself'); }
      this.at += 1;
    }
    if (alternatives.length === 1) {
      this.refuse('has braces with one alternative: separate alternatives with commas, as in {csv,json}, or write \\{ and \\} for the characters themselves');
    }
    return { node: { kind: 'alternatives', alternatives }, atStart: allAtStart };
  }

  private parseClass(): GlobNode {
    const isNegated = this.peek() === '!' || this.peek() === '^';
    if (isNegated) { this.at += 1; }
    const ranges: CodePointRange[] = [];
    while (this.peek() !== ']') {
      const from = this.takeOfClass();
      const isRange = this.peek() === '-' && ![undefined, ']'].includes(this.characters[this.at + 1]);
      if (isRange) { this.at += 1; }
      const to = isRange ? this.takeOfClass() : from;
      if (from > to) {
        this.refuse(`has the range [${String.fromCodePoint(from)}-${String.fromCodePoint(to)}], which is empty: write [${String.fromCodePoint(to)}-${String.fromCodePoint(from)}]`);
      }
      ranges.push([from, to]);
    }
    if (ranges.length === 0) { this.refuse('has an empty class: write characters between "[" and "]", and \\] for the "]" itself'); }
    this.at += 1;
    return { kind: 'class', ranges, isNegated };
  }

  private takeOfClass(): number {
    const character = this.peek();
    if (character === undefined) { this.refuse('has a "[" that is not closed: add "]", or write \\[ for the character itself'); }
    this.at += 1;
    if (character === '/') { this.refuse('has a "/" between "[" and "]", but a class is for one character of a name: use {a/,b} for alternatives with folders'); }
    if (character === '[' && [':', '.', '='].includes(this.peek() ?? '')) {
      this.refuse(`has "[${this.peek()}" in a class, and named classes are not known here: write the characters, such as [0-9], or \\[ for the character itself`);
    }
    return (character === '\\' ? this.takeEscaped() : character!).codePointAt(0)!;
  }

  private takeEscaped(): string {
    const character = this.peek();
    if (character === undefined) { this.refuse('ends with a single backslash: write \\\\ for the character itself'); }
    this.at += 1;
    return character!;
  }

  private peek(): string | undefined {
    return this.characters[this.at];
  }

  private refuse(problem: string): never {
    throw new Error(`${this.what} "${this.pattern}" ${problem}`);
  }
}
