/**
 *   npm run soak -- [--minutes N] [--seed S]     as many schedules of one archiver as there is time
 *                                                for, and beside them two archivers with restores,
 *                                                verifications and deployments
 *   npm run soak -- --only schedules|restores    only one of the two
 *   npm run soak -- --replay SEED                one schedule again
 *
 * It prints the seed and the violations of each schedule that has any, with what befell which call,
 * and in the end how many faults of each kind there were, in how many schedules.
 *
 * A seed determines the archiver's props, the buckets, and the plan of faults. Which fault hits
 * which call also depends on the order of the calls, and that order differs in every run. So a
 * replay may not show the same failure, and it is worth repeating.
 */
import { fork } from 'node:child_process';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { epochOf, runEpoch, setupOf } from './epoch';
import { EPOCHS_SIDE_BY_SIDE, type News, type Order } from './messages';
import { Totals } from './progress';
import type { ScheduleReport } from './schedule';
import { bundle } from '../../examples/demo/synth';

const WORKERS = 2;
/** A soak of at least this length must reach these numbers. */
const FULL_MINUTES = 20;
const LEAST_SCHEDULES = 300;
/** So many schedules must meet each kind of fault. */
const LEAST_OF_A_KIND = 10;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      replay: { type: 'string' },
    },
  });
  const minutes = numberOf('minutes', values.minutes ?? '1');
  const totals = new Totals();
  bundle();
  if (values.replay !== undefined) {
    await replay(numberOf('replay', values.replay), totals);
  } else {
    const seed = numberOf('seed', values.seed ?? String(Date.now() % 1_000_000));
    const isWanted = (part: 'schedules' | 'restores') => (values.only ?? part) === part;
    console.log(`seed ${seed}, ${minutes} minutes`);
    const [areRestoresSafe] = await Promise.all([
      !isWanted('restores') || soakRestores(seed, minutes),
      isWanted('schedules') && soak(seed, minutes, totals),
    ]);
    if (!areRestoresSafe) {
      process.exitCode = 1;
    }
    if (!isWanted('schedules')) {
      return;
    }
  }
  conclude(totals, values.replay === undefined && minutes >= FULL_MINUTES);
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0) {
    return value;
  }
  throw new Error(`--${option} ${text} must be a number`);
}

async function replay(seed: number, totals: Totals): Promise<void> {
  console.log(`props: ${JSON.stringify(setupOf(epochOf(seed)))}`);
  await runEpoch(epochOf(seed), [seed], (report) => {
    totals.add(report);
    tell(report);
  });
}

/**
 * Runs the part that restores in a process of its own. It needs other buckets than the schedules.
 */
function soakRestores(seed: number, minutes: number): Promise<boolean> {
  return new Promise((resolve) => {
    fork(path.join(__dirname, 'restores/main.ts'), [
      '--minutes',
      String(minutes),
      '--seed',
      String(seed),
    ]).on('exit', (code) => resolve(code === 0));
  });
}

/** Calls that a log shows. */
const MOST_CALLS = 100;

function tell({ seed, violations, log }: ScheduleReport): void {
  for (const violation of violations) {
    console.log(`seed ${seed}: ${violation}`);
  }
  for (const line of log.slice(0, MOST_CALLS)) {
    console.log(`  call ${line}`);
  }
}

async function soak(seed: number, minutes: number, totals: Totals): Promise<void> {
  const begun = Date.now();
  const until = begun + minutes * 60_000;
  let next = seed;
  const minute = setInterval(
    () => console.log(`${Math.round((Date.now() - begun) / 60_000)} min: ${totals.line()}`),
    60_000,
  );
  await Promise.all(
    Array.from(
      { length: WORKERS },
      () =>
        new Promise<void>((resolve) => {
          const worker = fork(path.join(__dirname, 'worker.ts'));
          let idle = 0;
          worker.on('exit', () => resolve());
          worker.on('message', (news: News) => {
            if ('report' in news) {
              totals.add(news.report);
              tell(news.report);
            } else {
              if (news.error !== undefined) {
                totals.violations.push({
                  seed: news.epoch!,
                  text: `the epoch broke off: ${news.error}`,
                });
              }
              if (Date.now() < until) {
                worker.send({ epoch: next++, until } satisfies Order);
              } else if (++idle === EPOCHS_SIDE_BY_SIDE) {
                worker.disconnect();
              }
            }
          });
        }),
    ),
  );
  clearInterval(minute);
}

function conclude(totals: Totals, full: boolean): void {
  console.log(`${totals.line()}\nfaults by kind:\n${totals.byKind()}`);
  for (const seed of new Set(totals.violations.map((violation) => violation.seed))) {
    for (const violation of totals.violations.filter((each) => each.seed === seed)) {
      console.log(`VIOLATION ${violation.text}`);
    }
    console.log(`  npm run soak -- --replay ${seed}`);
  }
  const rare = full ? totals.rare(LEAST_OF_A_KIND) : [];
  if (rare.length > 0) {
    console.log(`in fewer than ${LEAST_OF_A_KIND} schedules: ${rare.join(', ')}`);
  }
  if (full && totals.schedules < LEAST_SCHEDULES) {
    console.log(`fewer than ${LEAST_SCHEDULES} schedules`);
  }
  if (
    totals.violations.length > 0 ||
    rare.length > 0 ||
    (full && totals.schedules < LEAST_SCHEDULES)
  ) {
    process.exitCode = 1;
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 2;
});
