import type { Scenario, Seen } from './scenarios';

/** Lists the fields in which the two sides differ. */
export function differences(expected: unknown, found: unknown, at = ''): string[] {
  if (isRecord(expected) && isRecord(found)) {
    const fields = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    return fields.flatMap((field) => differences(expected[field], found[field], at ? `${at}.${field}` : field));
  }
  const [left, right] = [JSON.stringify(expected) ?? 'nothing', JSON.stringify(found) ?? 'nothing'];
  return left === right ? [] : [`${at}: the sandbox says ${left}, AWS ${right}`];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Compared {
  readonly text: string;
  readonly passed: number;
  readonly failed: number;
}

function differ(expected?: Seen, found?: Seen): string[] {
  if (!found) { return ['not played']; }
  // The error that stopped a scenario is more helpful than the list of everything that is missing.
  const problems = [['the sandbox', expected?.problem], ['AWS', found.problem]].filter(([, problem]) => problem !== undefined);
  return problems.length > 0 ? problems.map(([where, problem]) => `${where}: ${problem}`) : differences(expected, found);
}

/** Returns a row for each scenario with the differences below it, and the count. */
export function compare(scenarios: readonly Scenario[], expected: readonly Seen[], found: readonly Seen[]): Compared {
  const rows = scenarios.map(({ name }, index) => ({
    name,
    differences: differ(expected[index], found[index]),
  }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  const text = rows.map((row) => [
    `${row.name.padEnd(width)}  ${row.differences.length === 0 ? 'as the sandbox said' : 'DIFFERS'}`, ...row.differences.map((each) => `    ${each}`),
  ].join('\n')).join('\n');
  const failed = rows.filter((row) => row.differences.length > 0).length;
  return { text, passed: rows.length - failed, failed };
}
