/** The rows of a verification. Each check is a row, and no row hides another. */
import { problemOf, type Scenario, type Seen } from './scenarios/scenario';

/** `unknown`: the check could not be made, for example for lack of a permission. */
export type Status = 'passed' | 'differs' | 'unknown' | 'skipped';

export interface Row {
  readonly name: string;
  readonly status: Status;
  readonly seconds?: number;
  /** What is different, or why it is unknown or skipped. */
  readonly details: readonly string[];
  /** Figures, which are not compared. */
  readonly notes?: readonly string[];
  /** The errors that AWS answered during the check. */
  readonly answers?: readonly Answered[];
}

/** An answer of AWS as it was, for what no report has shown yet. */
export interface Answered {
  readonly call: string;
  readonly status?: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Lists the fields in which the two sides differ. */
export function differences(expected: unknown, found: unknown, at = ''): string[] {
  if (isRecord(expected) && isRecord(found)) {
    const fields = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    return fields.flatMap((field) =>
      differences(expected[field], found[field], at ? `${at}.${field}` : field),
    );
  }
  const [left, right] = [JSON.stringify(expected) ?? 'nothing', JSON.stringify(found) ?? 'nothing'];
  return left === right ? [] : [`${at}: the sandbox says ${left}, AWS ${right}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof RegExp)
  );
}

/** Lists the fields that are not as they must be on each side. */
export function unmet(wanted: unknown, found: unknown, side: string, at = ''): string[] {
  if (wanted instanceof RegExp) {
    return typeof found === 'string' && wanted.test(found)
      ? []
      : [
          `${at}: must match ${String(wanted)}, and ${side} says ` +
            `${JSON.stringify(found) ?? 'nothing'}`,
        ];
  }
  if (isRecord(wanted)) {
    const fields = isRecord(found) ? found : {};
    return Object.entries(wanted).flatMap(([field, value]) =>
      unmet(value, fields[field], side, at ? `${at}.${field}` : field),
    );
  }
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    return wanted.flatMap((value, index) => unmet(value, found[index], side, `${at}[${index}]`));
  }
  const [left, right] = [JSON.stringify(wanted), JSON.stringify(found) ?? 'nothing'];
  return left === right ? [] : [`${at}: must be ${left}, and ${side} says ${right}`];
}

/** The rows of a scenario that was played: one, or one for each of its parts. */
export function compareAll(
  scenario: Scenario,
  expected: Seen | undefined,
  found: Seen,
): Compared[] {
  const { parts, wants } = scenario;
  // If it could not be played at all, this is true of each part.
  const partOf = (seen: Seen | undefined, part: string) =>
    problemOf(seen) ? seen : (seen?.[part] as Seen | undefined);
  return parts
    ? parts.map((name) =>
        compare(
          { name, wants: wants?.[name] as Seen | undefined },
          partOf(expected, name),
          partOf(found, name) ?? {},
        ),
      )
    : [compare(scenario, expected, found)];
}

type Compared = Pick<Row, 'name' | 'status' | 'details'>;

/** The row of a scenario that was played. */
export function compare(
  { name, wants }: Pick<Scenario, 'name' | 'wants'>,
  expected: Seen | undefined,
  found: Seen,
): Compared {
  // The error that stopped a scenario is more helpful than the list of everything that is missing.
  const problems = [
    ['the sandbox', problemOf(expected)?.problem],
    ['AWS', problemOf(found)?.problem],
  ].filter(([, problem]) => problem !== undefined);
  const details =
    problems.length > 0
      ? problems.map(([where, problem]) => `${where}: ${problem}`)
      : [
          ...differences(expected, found),
          ...(wants
            ? [...unmet(wants, expected, 'the sandbox'), ...unmet(wants, found, 'AWS')]
            : []),
        ];
  return { name, status: details.length === 0 ? 'passed' : 'differs', details };
}

const WORDS: Record<Status, string> = {
  passed: 'as the sandbox said',
  differs: 'DIFFERS',
  unknown: 'UNKNOWN',
  skipped: 'SKIPPED',
};

export function describeRows(rows: readonly Row[]): string {
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, status, details, notes = [] }) =>
      [
        `${name.padEnd(width)}  ${WORDS[status]}`,
        ...[...details, ...notes].map((each) => `    ${each}`),
      ].join('\n'),
    )
    .join('\n');
}

export function countRows(rows: readonly Row[]): string {
  const count = (status: Status) => rows.filter((row) => row.status === status).length;
  const others = (['unknown', 'skipped'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `, ${count(status)} ${status}`);
  return `${count('passed')} passed, ${count('differs')} failed${others.join('')}`;
}

export const allPassed = (rows: readonly Row[]) => rows.every(({ status }) => status === 'passed');
