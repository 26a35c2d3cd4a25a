/**
 * Parses patterns for keys. The construct checks its props with this module, and the functions
 * match with what it returns (src/features/filter/lambda/glob.ts).
 *
 * The syntax, of which docs/configuration.md has examples:
 * - `*` any characters but `/`, or none; `?` one character but `/`
 * - `**` any characters, or none; `**` and a slash at the start of a folder: any number of folders,
 *   or none
 * - `[abc]`, `[a-z]` one of these characters; `[!abc]`, `[^abc]` one other character but `/`
 * - `{a,b}` one of these patterns, which may be empty and have braces of their own
 * - a backslash takes the special meaning from the next character
 *
 * Everything else stands for itself, the dot at the start of a name too. Letters have their case. A
 * character is a code point.
 */

export type GlobNode =
  | { readonly kind: 'character'; readonly codePoint: number }
  | {
      readonly kind: 'class';
      readonly ranges: ReadonlyArray<readonly [from: number, to: number]>;
      readonly isNegated: boolean;
    }
  | { readonly kind: 'any' | 'star' | 'globstar' | 'folders' }
  | { readonly kind: 'alternatives'; readonly alternatives: ReadonlyArray<readonly GlobNode[]> };

/**
 * @throws an error that begins with `what` and the pattern, and says how to write what is probably
 * meant
 */
export function parseGlob(pattern: string, what = 'glob'): GlobNode[] {
  return new Parser(pattern, what).parse();
}

class Parser {
  private readonly characters: readonly string[];
  private at = 0;
  /** Whether the next character begins a folder or a name. */
  private atStart = true;

  constructor(
    private readonly pattern: string,
    private readonly what: string,
  ) {
    this.characters = [...pattern];
  }

  parse(): GlobNode[] {
    if (this.pattern === '') {
      this.refuse(
        'is empty, and would match nothing: write a pattern, such as "**/*.csv", or remove it',
      );
    }
    if (this.pattern.startsWith('!')) {
      this.refuse(
        'starts with "!", which negates nothing here: write the pattern without it where ' +
          'objects are excluded, or \\! for the character itself',
      );
    }
    return this.parseSequence(false);
  }

  private parseSequence(isInBraces: boolean): GlobNode[] {
    const nodes: GlobNode[] = [];
    for (let character = this.peek(); character !== undefined; character = this.peek()) {
      if (isInBraces && (character === ',' || character === '}')) {
        break;
      }
      nodes.push(this.parseNode(character));
    }
    return nodes;
  }

  private parseNode(character: string): GlobNode {
    const { atStart } = this;
    this.at += 1;
    this.atStart = false;
    switch (character) {
      case '*':
        return this.parseStars(atStart);
      case '?':
        return { kind: 'any' };
      case '[':
        return this.parseClass();
      case '{':
        return this.parseBraces(atStart);
      case ']':
        return this.refuse('has a "]" without a "[": write \\] for the character itself');
      case '}':
        return this.refuse('has a "}" without a "{": write \\} for the character itself');
      default: {
        const literal = character === '\\' ? this.takeEscaped() : character;
        this.atStart = literal === '/';
        return { kind: 'character', codePoint: literal.codePointAt(0)! };
      }
    }
  }

  private parseStars(atStart: boolean): GlobNode {
    const begin = this.at - 1;
    while (this.peek() === '*') {
      this.at += 1;
    }
    if (this.at - begin === 1) {
      return { kind: 'star' };
    }
    if (!atStart || this.peek() !== '/') {
      return { kind: 'globstar' };
    }
    this.at += 1;
    this.atStart = true;
    return { kind: 'folders' };
  }

  private parseBraces(atStart: boolean): GlobNode {
    const alternatives: GlobNode[][] = [];
    let allAtStart = true;
    for (let end: string | undefined = ','; end !== '}';) {
      this.atStart = atStart;
      alternatives.push(this.parseSequence(true));
      allAtStart &&= this.atStart;
      end = this.take(
        'has a "{" that is not closed: add "}", or write \\{ for the character itself',
      );
    }
    if (alternatives.length === 1) {
      this.refuse(
        'has braces with one alternative: separate alternatives with commas, as in {csv,json}, ' +
          'or write \\{ and \\} for the characters themselves',
      );
    }
    this.atStart = allAtStart;
    return { kind: 'alternatives', alternatives };
  }

  private parseClass(): GlobNode {
    const isNegated = this.peek() === '!' || this.peek() === '^';
    if (isNegated) {
      this.at += 1;
    }
    const ranges: [number, number][] = [];
    while (this.peek() !== ']') {
      const from = this.takeOfClass();
      const isRange =
        this.peek() === '-' && ![undefined, ']'].includes(this.characters[this.at + 1]);
      if (isRange) {
        this.at += 1;
      }
      const to = isRange ? this.takeOfClass() : from;
      if (from > to) {
        this.refuse(
          `has the range [${String.fromCodePoint(from)}-${String.fromCodePoint(to)}], which is ` +
            `empty: write [${String.fromCodePoint(to)}-${String.fromCodePoint(from)}]`,
        );
      }
      ranges.push([from, to]);
    }
    if (ranges.length === 0) {
      this.refuse(
        'has an empty class: write characters between "[" and "]", and \\] for the "]" itself',
      );
    }
    this.at += 1;
    return { kind: 'class', ranges, isNegated };
  }

  private takeOfClass(): number {
    const character = this.take(
      'has a "[" that is not closed: add "]", or write \\[ for the character itself',
    );
    if (character === '/') {
      this.refuse(
        'has a "/" between "[" and "]", but a class is for one character of a name: use {a/,b} ' +
          'for alternatives with folders',
      );
    }
    if (character === '[' && [':', '.', '='].includes(this.peek() ?? '')) {
      this.refuse(
        `has "[${this.peek()}" in a class, and named classes are not known here: write the ` +
          'characters, such as [0-9], or \\[ for the character itself',
      );
    }
    return (character === '\\' ? this.takeEscaped() : character).codePointAt(0)!;
  }

  private takeEscaped(): string {
    return this.take('ends with a single backslash: write \\\\ for the character itself');
  }

  private take(problemAtEnd: string): string {
    const character = this.peek() ?? this.refuse(problemAtEnd);
    this.at += 1;
    return character;
  }

  private peek(): string | undefined {
    return this.characters[this.at];
  }

  private refuse(problem: string): never {
    throw new Error(`${this.what} "${this.pattern}" ${problem}`);
  }
}
