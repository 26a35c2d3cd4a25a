/** What a run found, and the part of docs/coming-from.md that is made from it. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

const FILE = path.join(__dirname, 'results.json');

export const COLUMNS = {
  calm: 'Wrong afterwards, if nothing fails',
  meanwhile: 'if another program writes during the move',
  faults: 'if S3 refuses or loses 15 % of the requests',
  killed: 'if it is killed halfway, and run again',
} as const;

export type Column = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as Column[];

/** Objects by kind of error. */
export type Wrong = Readonly<Record<string, number>>;

export interface Measured {
  readonly wrong: Wrong;
  readonly requestsPerObject: number;
}

/** What cannot be run outside of AWS is replayed. */
export type How = 'defaults' | 'safest' | 'replayed';

export interface Row {
  readonly name: string;
  readonly version?: string;
  /** Undefined for this package. */
  readonly how?: How;
  /** What was run, as the page shows it. Undefined for what is replayed. */
  readonly shown?: string;
  readonly wrong: Readonly<Record<Column, Wrong>>;
  readonly requestsPerObject: number;
}

export interface Results {
  /** The day, the code and the machine. */
  readonly origin: string;
  readonly rows: readonly Row[];
}

export function readResults(): Results {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Results;
}

export function writeResults(results: Results): void {
  writeFileSync(FILE, `${JSON.stringify(results, undefined, 2)}\n`);
}

export function describeWrong(wrong: Wrong): string {
  const found = Object.entries(wrong).map(([what, count]) => `${what}: ${count}`);
  return found.length > 0 ? found.join('; ') : 'nothing';
}

/** Returns, for each kind of error, the most that any of the two runs found. */
export function takeWorst(one: Wrong, other: Wrong): Wrong {
  const kinds = Object.keys({ ...one, ...other }).sort();
  return Object.fromEntries(
    kinds.map((kind) => [kind, Math.max(one[kind] ?? 0, other[kind] ?? 0)]),
  );
}

/** A column says only what is not in the first one, so that the table can be read. */
function describeMore(wrong: Wrong, calm: Wrong): string {
  const isMissing = Object.keys(calm).some((kind) => !(kind in wrong));
  if (isMissing) {
    return describeWrong(wrong);
  }
  const more = Object.entries(wrong).filter(([kind, count]) => calm[kind] !== count);
  const text = describeWrong(Object.fromEntries(more));
  if (Object.keys(calm).length === 0) {
    return text;
  }
  return more.length > 0 ? `also ${text}` : 'the same';
}

export function describeName({ name, version, how }: Row): string {
  const full = version === undefined ? name : `${name} (${version})`;
  return how === undefined ? full : `${full}, ${how}`;
}

function renderRow(row: Row): string {
  const { calm } = row.wrong;
  const cells = COLUMN_NAMES.map((column) =>
    column === 'calm' ? describeWrong(calm) : describeMore(row.wrong[column], calm),
  );
  return `| ${[describeName(row), ...cells, row.requestsPerObject.toFixed(2)].join(' | ')} |`;
}

/** Says which tools did this, in any column, although they were told to be careful. */
function renderFinding(kind: string, safest: readonly Row[]): string {
  const found = safest.filter(({ wrong }) => COLUMN_NAMES.some((name) => kind in wrong[name]));
  return `- **${kind}**: ${found.map(({ name }) => name).join(', ')}.`;
}

/** The part of the page between its marks. */
export function renderResults({ origin, rows }: Results): string {
  const safest = rows.filter(({ how }) => how === 'safest');
  const kinds = new Set(
    safest.flatMap(({ wrong }) => COLUMN_NAMES.flatMap((column) => Object.keys(wrong[column]))),
  );
  return [
    origin,
    '',
    `| | ${Object.values(COLUMNS).join(' | ')} | Requests per object |`,
    `| --- | ${COLUMN_NAMES.map(() => '---').join(' | ')} | --: |`,
    ...rows.map(renderRow),
    '',
    'With the safest flags, in any of the four columns:',
    '',
    ...[...kinds].sort().map((kind) => renderFinding(kind, safest)),
  ].join('\n');
}

/** In these columns, a run finds the same each time. */
export const SAME_EACH_TIME: readonly Column[] = ['calm', 'meanwhile'];

/** Says what a run found that the page does not say. */
export function findDifference(
  kept: readonly Row[],
  found: Row,
  column: Column,
): string | undefined {
  const before = kept.find(({ name, how }) => name === found.name && how === found.how);
  const [was, is] = [before, found].map((row) => row && describeWrong(row.wrong[column]));
  return was === is
    ? undefined
    : `${describeName(found)}, ${COLUMNS[column]}: ${is}. The page says: ${was}`;
}
