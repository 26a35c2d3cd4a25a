import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckResult } from './scenario-context';
import type { Feature } from './server-features';

const FILE = join(__dirname, 'results.json');

export interface VoidCheck {
  readonly what: string;
  readonly lacks: Feature[];
}

export interface ScenarioResult {
  readonly passed: number;
  readonly void: VoidCheck[];
  readonly failed: string[];
}

/** This is what a server did, as the page shows it. */
export interface ServerResult {
  readonly version: string;
  readonly lacks: Feature[];
  /** What was not tried, because it is newer than this result. */
  readonly untried?: Feature[];
  readonly scenarios: Record<string, ScenarioResult>;
}

export type Results = Record<string, ServerResult>;

export function scenarioResult(checks: readonly CheckResult[]): ScenarioResult {
  return {
    passed: checks.filter(({ outcome }) => outcome === 'passed').length,
    void: checks.flatMap(({ what, outcome, lacks }) =>
      outcome === 'void' ? [{ what, lacks: lacks! }] : [],
    ),
    failed: checks.flatMap(({ what, outcome, failure }) =>
      outcome === 'failed' ? [`${what}: ${failure}`] : [],
    ),
  };
}

export function readResults(): Results {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Results;
}

export function writeResults(results: Results): void {
  writeFileSync(FILE, `${JSON.stringify(results, undefined, 1)}\n`);
}
