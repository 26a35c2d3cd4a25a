/**
 * `npm run demo`: runs the archiver for one night without AWS, from the synthesized template of
 * examples/typescript/daily-cron, and then the same night with injected S3 failures. The exit status is 0 if both runs
 * succeeded and nothing was lost.
 */
import * as path from 'node:path';
import { type ActResult, play } from './demo/act';
import { actLines, alertLines, bucketLines, proofLines, trapLines } from './demo/screen';
import { createScene, type Scene } from './demo/seed';
import { bundle, ROOT, synthesize } from './demo/synth';
import { count } from './demo/text';
import type { FaultPlan } from '../packages/s3-double/src';
import { ProgressLine } from '../packages/sandbox/src/internal';

const DIRECTORY = path.join(ROOT, '.demo');
const ASSEMBLY = path.join(DIRECTORY, 'cdk.out');

/** One o'clock in Tokyo. In UTC it is still the 24th. */
const NOW = '2026-11-25T01:00:00+09:00';

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
    { kind: 'KeySlowDown', probability: 0.05 },
    { kind: 'KeyInternalError', probability: 0.01 },
  ],
};

async function main(): Promise<boolean> {
  const begun = Date.now();
  const scene = createScene();
  print('Bundling the functions, and synthesizing examples/typescript/daily-cron into .demo/cdk.out');
  bundle();
  synthesize('daily-cron', ASSEMBLY);

  print('', `1. A night. The schedule fires at ${NOW} (Asia/Tokyo) and archives ${scene.days.join(' and ')}.`);
  print(`   ${count(scene.incoming.length)} objects lie in ${scene.sourcePrefix}. Another program rewrites two of them during the run.`, '');
  const quiet = await act('night', scene);
  print('', '   The alert:', ...alertLines(quiet.summary), '', ...bucketLines(scene, quiet), '', ...trapLines(scene, quiet), '', ...actLines(quiet));
  print('', '   Compared with what lay in the bucket before:', ...proofLines(quiet.checks));

  print('', '2. The same night, and S3 fails: 503s, 500s, resets, answers that get lost, keys of a bulk delete refused one by one.', '');
  const stormy = await act('night-with-faults', scene, FAULTS);
  print('', ...actLines(stormy), '', '   Is anything lost, although S3 failed?', ...proofLines(stormy.checks));

  const well = [quiet, stormy].every(wentWell);
  const same = JSON.stringify(quiet.summary.counts) === JSON.stringify(stormy.summary.counts);
  print('', well && same
    ? 'No object was lost or overwritten in either run, and the faults changed nothing about the outcome.'
    : 'This is not as it should be: see the outcomes, the counts, and the lines with NO.');
  print(`Template: .demo/cdk.out. Ledgers and reports: .demo/night and .demo/night-with-faults. ${Math.round((Date.now() - begun) / 1000)} s.`);
  return well && same;
}

function act(name: string, scene: Scene, faults?: FaultPlan): Promise<ActResult> {
  return play({ app: ASSEMBLY, scene, now: NOW, faults, progress: new ProgressLine(process.stdout, '   '), keep: path.join(DIRECTORY, name) });
}

function wentWell({ summary, checks }: ActResult): boolean {
  return summary.status === 'SUCCEEDED' && checks.every(({ violations }) => violations.length === 0);
}

function print(...lines: string[]): void {
  console.log(lines.join('\n'));
}

main().then(
  (well) => { process.exitCode = well ? 0 : 1; },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
