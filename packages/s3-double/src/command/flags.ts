import { parseArgs } from 'node:util';

/**
 * A flag of a command. Help, parsing and completion are made of it, so that none of them forgets
 * one.
 */
export interface Flag {
  readonly name: string;
  /** What stands for its value in the help. Without it, the flag has no value. */
  readonly value?: string;
  readonly help: string;
  readonly isRepeatable?: true;
  /** What a shell completes its value with: paths, or words. */
  readonly completes?: 'file' | 'directory' | readonly string[];
}

/** The flags that every command has. */
export const COMMON_FLAGS: readonly Flag[] = [
  {
    name: 'completion',
    value: 'SHELL',
    completes: ['bash', 'zsh', 'fish'],
    help: 'print the completion of this command for bash, zsh or fish',
  },
  { name: 'help', help: 'print this text' },
  { name: 'version', help: 'print the version' },
];

export type FlagValues = Record<string, string | boolean | string[] | undefined>;

export interface ParsedArguments {
  readonly values: FlagValues;
  /** What is no flag, and no value of one. */
  readonly positionals: readonly string[];
}

/** Throws an error of one sentence if the arguments are not those of the flags. */
export function parseFlags(flags: readonly Flag[], args: readonly string[]): FlagValues {
  return parse(flags, args, false).values;
}

/** The same for a command that takes other arguments than flags. */
export function parseArguments(flags: readonly Flag[], args: readonly string[]): ParsedArguments {
  return parse(flags, args, true);
}

function parse(
  flags: readonly Flag[],
  args: readonly string[],
  allowPositionals: boolean,
): ParsedArguments {
  const options = Object.fromEntries(
    flags.map(({ name, value, isRepeatable }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple: isRepeatable ?? false,
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals });
    return { values: values as FlagValues, positionals };
  } catch (error) {
    // What follows are hints about arguments that these commands do not have.
    const problem = (error as Error).message.split(/\. |\n/)[0]!.replace(/\.$/, '');
    throw new Error(`${problem}${suggest(problem, flags)}`);
  }
}

/** What may have been meant. */
function suggest(problem: string, flags: readonly Flag[]): string {
  const [, what, name = ''] = /^(Unknown o|O)ption '--([\w-]+)/.exec(problem) ?? [];
  if (what === 'O') {
    const flag = flags.find((each) => each.name === name);
    return flag?.value === undefined ? '' : `: it needs a value, as --${name} ${flag.value}`;
  }
  const similar =
    what &&
    (flags.find(
      (each) =>
        each.name.startsWith(name) ||
        name.startsWith(each.name) ||
        sorted(each.name) === sorted(name) ||
        joined(each.name) === joined(name),
    ) ??
      flags.find((each) => isAlmost(each.name, name)));
  return similar ? `: --${similar.name} is one` : '';
}

/** The same but for one letter that is missing, too many, or another one. */
function isAlmost(one: string, other: string): boolean {
  let start = 0;
  while (start < one.length && one[start] === other[start]) {
    start += 1;
  }
  const rest = (word: string, skipped: number) => word.slice(start + skipped);
  return (
    rest(one, 1) === rest(other, 1) ||
    rest(one, 1) === rest(other, 0) ||
    rest(one, 0) === rest(other, 1)
  );
}

/** The same for a word with two letters exchanged. */
const sorted = (word: string) => [...word].sort().join('');
/** The same with and without hyphens: other commands have `--dryrun`. */
const joined = (word: string) => word.replace(/[-_]/g, '');

const WIDTH = 80;
const COLUMN = 24;

/** The flags in two columns that fit a terminal. */
export function describeFlags(flags: readonly Flag[]): string {
  return flags
    .map(({ name, value, help }) => {
      const head = `  --${name}${value === undefined ? '' : ` ${value}`}`;
      const lines = wrap(help, WIDTH - COLUMN);
      const first = head.length < COLUMN ? `${head.padEnd(COLUMN)}${lines.shift()}` : head;
      return [first, ...lines.map((line) => `${' '.repeat(COLUMN)}${line}`)].join('\n');
    })
    .join('\n');
}

/**
 * Breaks a text at spaces into lines of at most `width` characters. A longer word has a line of its
 * own.
 */
export function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    }
  }
  return lines;
}
