import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Outcome, ROOT, tryProgram } from './programs';
import type { Tally } from './tally';

const TESTS = path.join(ROOT, 'test/aws');

/**
 * CDK's integ-runner: the templates of test/aws/integ.*.ts are those of the committed snapshots,
 * which others can deploy.
 */
export function judgeSnapshots(work: string, tally: Tally): void {
  const verdict = integRunner(TESTS);
  tally.check('integ-runner: snapshots', verdict.status === 0 ? [] : [verdict.output]);
  const spoiled = integRunner(spoiledTests(path.join(work, 'snapshots')));
  tally.check(
    'integ-runner: sees a violation',
    /This test contains destructive changes/.test(spoiled.output)
      ? []
      : ['a deliberate violation was not seen', spoiled.output],
  );
}

/** Writes the snapshots anew, without deploying anything. */
export function updateSnapshots(): void {
  const { status, output } = integRunner(TESTS, '--update-on-failed', '--dry-run');
  console.log(output);
  process.exitCode = status ?? 1;
  for (const snapshot of fs.readdirSync(TESTS).filter((name) => name.endsWith('.snapshot'))) {
    for (const file of fs.readdirSync(path.join(TESTS, snapshot))) {
      const whole = path.join(TESTS, snapshot, file);
      if (file.startsWith('asset.')) {
        fs.rmSync(whole, { recursive: true });
      }
      // The file must be there. What CDK writes into it are places in the sources, as this machine
      // names them.
      if (file.endsWith('.metadata.json')) {
        fs.writeFileSync(whole, '{}\n');
      }
    }
  }
}

function integRunner(directory: string, ...options: string[]): Outcome {
  return tryProgram(
    'npm',
    [
      'run',
      '--silent',
      'integ',
      '--',
      '--directory',
      directory,
      '--parallel-regions',
      'us-east-1',
      ...options,
    ],
    { cwd: ROOT },
  );
}

/** A test whose snapshot has a resource that it has no longer. */
function spoiledTests(folder: string): string {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'integ.default.ts'),
    `require('${path.join(TESTS, 'integ.default.ts')}');`,
  );
  const snapshot = path.join(folder, 'integ.default.ts.snapshot');
  fs.cpSync(path.join(TESTS, 'integ.default.ts.snapshot'), snapshot, { recursive: true });
  const template = path.join(snapshot, 'IntegDefault.template.json');
  fs.writeFileSync(
    template,
    fs.readFileSync(template, 'utf8').replaceAll('ArchiverReports', 'ArchiverEarlierReports'),
  );
  return folder;
}
