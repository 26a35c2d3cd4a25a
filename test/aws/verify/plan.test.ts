/** What docs/verify-aws.md says a stranger will pay and wait is what the plan says. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { deploymentOf, FLAGS, PLACES } from './names';
import { total } from './plan';
import { choose, machinesFor } from './scenarios';

const DOCS = fs.readFileSync(path.resolve(__dirname, '../../../docs/verify-aws.md'), 'utf8');
const cellsOf = (title: string) =>
  DOCS.split('\n')
    .find((line) => line.startsWith(`| **${title}**`))!
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
const PLAYED = [choose('smoke', []), choose('', []), choose('', FLAGS)];

test('minutes and dollars', () => {
  const totals = PLAYED.map(total);
  expect(cellsOf('Minutes')).toEqual(totals.map(({ minutes }) => String(Math.ceil(minutes))));
  expect(cellsOf('Dollars')).toEqual(
    totals.map(({ usd }) => `$${(Math.ceil(usd * 100) / 100).toFixed(2)}`),
  );
});

test('smoke costs less than five cents and takes one archiver', () => {
  expect(total(PLAYED[0]!).usd).toBeLessThan(0.05);
  expect(machinesFor(PLAYED[0]!)).toEqual(['Smoke']);
});

test('what it creates', () => {
  const counts = PLAYED.map((played) => {
    const machines = machinesFor(played);
    return {
      archivers: machines.length,
      buckets: Object.keys(
        deploymentOf('1a2b3c4d', { account: '111122223333', region: 'eu-central-1' }, machines)
          .buckets,
      ).length,
    };
  });
  expect(counts[2]!.buckets).toBe(PLACES.length);
  expect(cellsOf('It creates').map((cell) => Number(/(\d+) archivers?/.exec(cell)![1]))).toEqual(
    counts.map(({ archivers }) => archivers),
  );
  expect(cellsOf('It creates').map((cell) => Number(/(\d+) buckets/.exec(cell)?.[1] ?? 3))).toEqual(
    counts.map(({ buckets }) => buckets),
  );
});
