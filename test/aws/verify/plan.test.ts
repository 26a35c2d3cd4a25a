/** What docs/verify-aws.md says a stranger will pay and wait is what the plan says. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { DEFAULT_MINUTES } from './arguments';
import { deploymentOf, FLAGS, PLACES } from './names';
import { minutesOfCommand, phasesOf, total, whyTooMany } from './plan';
import { choose, machinesFor } from './scenarios';

const DOCS = fs.readFileSync(path.resolve(__dirname, '../../../docs/verify-aws.md'), 'utf8');
const cellsOf = (title: string) =>
  DOCS.split('\n')
    .find((line) => line.startsWith(`| **${title}**`))!
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
/** The third call has what the second one leaves out. */
const PLAYED = [choose('smoke', []), choose('', []), choose('smoke', FLAGS)];

test('minutes and dollars', () => {
  const totals = PLAYED.map(total);
  expect(cellsOf('Minutes')).toEqual(PLAYED.map((played) => String(minutesOfCommand(played))));
  expect(cellsOf('Dollars')).toEqual(
    totals.map(({ usd }) => `$${(Math.ceil(usd * 100) / 100).toFixed(2)}`),
  );
});

test('a first call is counted from the bootstrap on, and each figure says where it is from', () => {
  const phases = phasesOf(PLAYED[0]!);
  expect(phases.map(({ what, origin }) => `${what}: ${origin}`)).toEqual([
    'cdk bootstrap, if the region has none: estimated',
    'clone, npm ci and bundling: measured here',
    'the scenarios in the sandbox: measured here',
    'the deployment: estimated',
    'the scenarios on AWS: estimated',
    'the clean-up: estimated',
  ]);
  expect(phases.filter(({ minutes }) => minutes <= 0)).toEqual([]);
});

test('each call of the page fits into its deadline with a third to spare', () => {
  for (const played of PLAYED) {
    expect(total(played).minutes).toBeLessThanOrEqual((DEFAULT_MINUTES * 2) / 3);
    expect(whyTooMany(played, FLAGS, DEFAULT_MINUTES, DEFAULT_MINUTES)).toBeUndefined();
  }
});

test('everything at once is two calls, or has more minutes', () => {
  const everything = choose('', FLAGS);
  const why = whyTooMany(everything, FLAGS, DEFAULT_MINUTES, DEFAULT_MINUTES)!;
  expect(why).toMatch(
    /^it would take about \d+ of 60 minutes, .* two calls: one without --with, and one with --only smoke --with kms,load,versioned,large,athena,locks\. Or give it --minutes \d+,/,
  );
  const [, minutes] = /--minutes (\d+)/.exec(why)!;
  expect(whyTooMany(everything, FLAGS, Number(minutes), DEFAULT_MINUTES)).toBeUndefined();
  const both = new Set([...PLAYED[1]!, ...PLAYED[2]!]);
  expect(everything.filter((scenario) => !both.has(scenario))).toEqual([]);
});

test('a call with fewer minutes is a choice', () => {
  expect(whyTooMany(PLAYED[1]!, [], 30, DEFAULT_MINUTES)).toBeUndefined();
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
