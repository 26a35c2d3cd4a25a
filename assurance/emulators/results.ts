import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

export const RESULTS = path.join(__dirname, 'results.json');

/** What an emulator answered, by the name of the probe. */
export type Answers = Record<string, string>;

export type Results = Readonly<
  Record<string, { readonly version: string; readonly answers: Answers }>
>;

export function readResults(): Results {
  return existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results) : {};
}

/** The table of docs/results/emulators.md: what each emulator answered, by feature. */
export function renderTable(results: Results): string {
  const names = Object.keys(results).sort();
  const probes = [...new Set(names.flatMap((name) => Object.keys(results[name]!.answers)))];
  const cell = (text = 'not asked') => text.replaceAll('|', '\\|');
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['Asked', ...names.map((name) => `${name} ${results[name]!.version}`)]),
    row(['---', ...names.map(() => '---')]),
    ...probes.map((probe) =>
      row([probe, ...names.map((name) => cell(results[name]!.answers[probe]))]),
    ),
  ].join('\n');
}
