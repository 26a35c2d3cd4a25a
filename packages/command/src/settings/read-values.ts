/** The flags of a command line, and those of a file under the same names. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Flag, type FlagValues, parseArguments } from 'cdk-s3-dated-archiver-s3-double';
import { findSimilarName } from '../../../../src/contract/checks/similar-name';

export interface ReadValues {
  readonly values: FlagValues;
  readonly positionals: readonly string[];
}

/** What is given on the command line goes before what the file has. */
export function readValues(
  flags: readonly Flag[],
  argv: readonly string[],
  directory: string,
): ReadValues {
  const { values, positionals } = parseArguments(flags, argv);
  if (typeof values.config !== 'string') {
    return { values, positionals };
  }
  const file = readConfig(path.resolve(directory, values.config), values.config, flags);
  return { values: { ...file, ...values }, positionals };
}

/** What only makes sense for one command line. */
const NOT_IN_FILES = ['config', 'confirm', 'help', 'version', 'completion'];

function readConfig(file: string, name: string, flags: readonly Flag[]): FlagValues {
  const wrong = (problem: string) => new Error(`--config ${name} ${problem}`);
  const known = new Map(
    flags.filter((flag) => !NOT_IN_FILES.includes(flag.name)).map((flag) => [flag.name, flag]),
  );
  const values: FlagValues = {};
  for (const [key, value] of Object.entries(parseObject(file, wrong))) {
    const flag = known.get(key);
    if (!flag) {
      const meant = findSimilarName(key, [...known.keys()]);
      throw wrong(`has "${key}", which is no flag${meant ? `: "${meant}" is one` : ''}`);
    }
    values[key] = toFlagValue(flag, value, wrong);
  }
  return values;
}

function parseObject(file: string, wrong: (problem: string) => Error): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(`cannot be read: ${(error as Error).message}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw wrong('must hold a JSON object, such as {"layout": "hive"}');
  }
  return parsed;
}

function toFlagValue(
  { name, value: placeholder, isRepeatable }: Flag,
  value: unknown,
  wrong: (problem: string) => Error,
): FlagValues[string] {
  const isText = (each: unknown) => typeof each === 'string' || typeof each === 'number';
  if (placeholder === undefined) {
    if (typeof value === 'boolean') {
      return value;
    }
    throw wrong(`has a wrong "${name}": it must be true or false`);
  }
  const texts = isRepeatable && Array.isArray(value) ? value : [value];
  if (!texts.every(isText)) {
    throw wrong(`has a wrong "${name}": it must be a text or a number`);
  }
  return isRepeatable ? texts.map(String) : String(value);
}
