/**
 * `npm run demo`: runs the archiver for one night without AWS, from a synthesized template,
 * verifies its archive and restores a part, and then runs the same night with injected S3 failures.
 * The exit status is 0 if all runs succeeded and nothing was lost. `npm run demo -- --verbose`
 * prints more.
 */
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { type ActOptions, type ActResult, play } from './demo/act';
import { alertLines, bucketLines, detailLines, trapLines } from './demo/details';
import { aftermathLines, introLines, nightLines, type Screen, stormLines } from './demo/screen';
import { createScene } from './demo/seed';
import { bundle, ROOT, synthesizeApp } from './demo/synth';
import type { FaultPlan } from '../packages/s3-double/src';
import { ProgressLine, styleFor } from '../packages/sandbox/src/internal';

const DIRECTORY = path.join(ROOT, '.demo');
const ASSEMBLY = path.join(DIRECTORY, 'cdk.out');

/** One o'clock in Tokyo. In UTC it is still the 24th. */
const NOW = '2026-11-25T01:00:00+09:00';
/** What the demo restores. */
const RESTORED = 'incoming/gharchive/**';

/** With a fixed seed, the same requests fail in every demo. */
const FAULTS: FaultPlan = {
  seed: 20261124,
  rules: [
    { kind: 'SlowDown', probability: 0.02 },
    { kind: 'InternalError', probability: 0.01 },
    { kind: 'ResetBefore', probability: 0.01 },
    { kind: 'LostAnswer', probability: 0.02 },
    { kind: 'HalfAnswer', probability: 0.01 },
    { kind: 'ErrorIn200', probability: 0.02, operations: ['CopyObject'] },
    // More would say that S3 allows fewer and fewer deletes, and the archiver would slow down
    // accordingly.
    { kind: 'KeySlowDown', probability: 0.01 },
    { kind: 'KeyInternalError', probability: 0.01 },
  ],
};

async function main(verbose: boolean): Promise<boolean> {
  const begun = Date.now();
  const scene = createScene();
  const screen: Screen = { style: styleFor(process.stdout), now: NOW };
  print('Bundling the functions and synthesizing examples/demo/app.ts ...');
  bundle();
  synthesizeApp('examples/demo/app.ts', ASSEMBLY);

  const common = { app: ASSEMBLY, scene, now: NOW };
  print('', ...introLines(scene, screen));
  const quiet = await act('night', { ...common, restores: RESTORED }, verbose);
  print(...nightLines(scene, quiet, screen));
  if (verbose) {
    print(
      '',
      ...alertLines(quiet.summary),
      '',
      ...bucketLines(scene, quiet),
      '',
      ...trapLines(scene, quiet),
      '',
      ...detailLines(quiet),
    );
  }
  print('', ...aftermathLines(quiet.aftermath!, RESTORED, screen));

  print('', screen.style.strong('3. The same night, and S3 fails'));
  const stormy = await act('night-with-faults', { ...common, faults: FAULTS }, verbose);
  print(...stormLines(stormy, screen));
  if (verbose) {
    print('', ...detailLines(stormy));
  }

  const well = [quiet, stormy].every(wentWell) && didWellLater(quiet);
  const same = JSON.stringify(quiet.summary.counts) === JSON.stringify(stormy.summary.counts);
  print(
    '',
    well && same
      ? 'No object was lost or overwritten, and the faults changed nothing about that.'
      : screen.style.bad(
          'This is not as it should be: see the outcomes, the counts, and the lines with NO.',
        ),
  );
  print(
    `Took ${Math.round((Date.now() - begun) / 1000)} ` +
      `s.${verbose ? '' : ' More: npm run demo -- --verbose'}`,
  );
  print(`The report: .demo/night/${quiet.page}`);
  return well && same;
}

function act(name: string, options: ActOptions, verbose: boolean): Promise<ActResult> {
  // Elsewhere than on a terminal, progress is one line after the other.
  const progress =
    process.stdout.isTTY || verbose ? new ProgressLine(process.stdout, '  ') : undefined;
  return play({ ...options, progress, keep: path.join(DIRECTORY, name) });
}

function wentWell({ summary, checks }: ActResult): boolean {
  return (
    summary.status === 'SUCCEEDED' && checks.every(({ violations }) => violations.length === 0)
  );
}

/**
 * The verification found every version that was archived, and the restore copied back all of what
 * it was to copy back.
 */
function didWellLater({ aftermath }: ActResult): boolean {
  const { verification, archivedVersions, restore, check } = aftermath!;
  return (
    verification.status === 'SUCCEEDED' &&
    verification.counts?.present === archivedVersions &&
    restore.status === 'SUCCEEDED' &&
    restore.counts?.restored === check.examined &&
    check.examined > 0 &&
    check.violations.length === 0
  );
}

function print(...lines: string[]): void {
  console.log(lines.join('\n'));
}

function readVerbose(): boolean {
  try {
    return parseArgs({ options: { verbose: { type: 'boolean', default: false } } }).values.verbose;
  } catch (error) {
    console.error(`${(error as Error).message.split('. ')[0]}\nusage: npm run demo [-- --verbose]`);
    process.exit(2);
  }
}

main(readVerbose()).then(
  (well) => {
    process.exitCode = well ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
