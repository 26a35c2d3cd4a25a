/**
 * Writes the measurements between the markers of docs/results/performance.md, and draws its chart.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { drawChart } from './chart';
import type { DistributionLine } from './compare-distributions';
import type { ThrottledLine } from './compare-throttled';
import { type Line, whole } from './figures';
import { toDistributionTable, toRatios, toTable, toThrottledTable } from './tables';

export interface Measurement {
  readonly latencyMs: number;
  readonly objects: number;
  readonly rounds: number;
  readonly lines: readonly Line[];
  readonly absent: readonly string[];
  /** Names and versions of the other tools, as far as they are known. */
  readonly versions: readonly string[];
}

const DOCS = path.resolve(__dirname, '../docs');

interface Measured {
  readonly measurements?: readonly Measurement[];
  readonly packing?: readonly Measurement[];
  /** Objects of a pack. Unset: as many as it holds. */
  readonly packSize?: number;
  readonly throttled?: readonly ThrottledLine[];
  readonly distributions?: readonly DistributionLine[];
}

export function writeDocs(measured: Measured): void {
  const { measurements = [], packing = [], packSize, throttled, distributions } = measured;
  const packs = packSize === undefined ? 'packing' : `packs of ${packSize}`;
  for (const measurement of packing) {
    replaceBetween(
      'results/performance.md',
      `bench ${packs} ${measurement.latencyMs} ms`,
      toSection(measurement),
    );
  }
  for (const measurement of measurements) {
    replaceBetween(
      'results/performance.md',
      `bench ${measurement.latencyMs} ms`,
      toSection(measurement),
    );
  }
  if (measurements.length > 0) {
    fs.writeFileSync(path.join(DOCS, 'results/performance.svg'), drawChart(measurements));
  }
  if (throttled) {
    replaceBetween(
      'results/performance.md',
      'bench throttled',
      `${machine()}\n\n${toThrottledTable(throttled)}`,
    );
  }
  if (distributions) {
    replaceBetween(
      'results/performance.md',
      'bench distributions',
      `${machine()}\n\n${toDistributionTable(distributions)}`,
    );
  }
}

/** Replaces the text between `<!-- NAME -->` and `<!-- end of NAME -->`. */
export function replaceBetween(page: string, name: string, text: string): void {
  const file = path.join(DOCS, page);
  const before = fs.readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from === -1 || to < from) {
    throw new Error(`docs/${page} has no lines '${begin}' and '${end}' for what was measured`);
  }
  fs.writeFileSync(file, `${before.slice(0, from + begin.length)}\n${text}\n${before.slice(to)}`);
}

/**
 * Describes the date, the code and the machine. A release looks whether the code is the released
 * one (scripts/release/measured-pages.ts).
 */
export function machine(): string {
  const [{ model }] = os.cpus();
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: path.dirname(DOCS), encoding: 'utf8' }).trim();
  const commit =
    git('rev-parse', '--short=8', 'HEAD') +
    (git('status', '--porcelain', '--', 'src') === '' ? '' : '-dirty');
  return (
    `${new Date().toISOString().slice(0, 10)}, commit ${commit}, ${os.cpus().length} cores ` +
    `(${model.trim()}), Node ${process.version}.`
  );
}

function toSection({ objects, rounds, lines, absent, versions }: Measurement): string {
  return [
    `${machine()} ${whole(objects)} ` +
      `objects${lines[0].objects < objects ? ', half of them moved' : ''}; medians of ${rounds} ` +
      'interleaved rounds, least and most in brackets.',
    '',
    toTable(lines, absent),
    '',
    ...(versions.length > 0 ? [`Other tools: ${versions.join(', ')}.`, ''] : []),
    ...toRatios(lines).map((ratio) => `- ${ratio}`),
  ].join('\n');
}
