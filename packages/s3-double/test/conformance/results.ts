import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './run';

const FILE = join(__dirname, 'results.json');

/** The result of the last run of a server. */
export interface Result {
  readonly version: string;
  /** The ids of all checks that ran. */
  readonly passed: string[];
  readonly failed: string[];
}

/**
 * The results by server name. The repository keeps them, so that servers that do not run every time
 * keep their columns.
 */
export type Results = Record<string, Result>;

export function idOf({ group, check }: Pick<Outcome, 'group' | 'check'>): string {
  return `${group}: ${check.name}`;
}

export function resultOf(version: string, outcomes: Outcome[]): Result {
  const ids = (passed: boolean) =>
    outcomes.filter(({ failure }) => (failure === undefined) === passed).map(idOf);
  return { version, passed: ids(true), failed: ids(false) };
}

export function readResults(): Results {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Results;
}

export function writeResults(results: Results): void {
  writeFileSync(FILE, `${JSON.stringify(results, undefined, 1)}\n`);
}
