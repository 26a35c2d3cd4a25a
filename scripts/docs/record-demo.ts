/**
 * Records a real run of the demo as docs/demo.svg.
 *
 * usage: tsx scripts/docs/record-demo.ts
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { type RecordedLine, renderTerminal } from './terminal-svg';

const ROOT = path.resolve(__dirname, '../..');
const DESCRIPTION =
  'npm run demo: a night of the archiver without AWS, a verification, a restore, and the same ' +
  'night with failures of S3';

async function record(): Promise<RecordedLine[]> {
  const { NO_COLOR: _, ...environment } = process.env;
  const demo = spawn('npm', ['run', '--silent', 'demo'], {
    cwd: ROOT,
    env: { ...environment, FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const status = new Promise((resolve) => demo.once('close', resolve));
  const began = Date.now();
  const lines: RecordedLine[] = [];
  for await (const text of createInterface({ input: demo.stdout })) {
    lines.push({ milliseconds: Date.now() - began, text });
    console.log(text);
  }
  if ((await status) !== 0) {
    throw new Error('the demo failed, and a failure is no recording');
  }
  return lines;
}

record().then(
  (lines) =>
    writeFileSync(
      path.join(ROOT, 'docs/demo.svg'),
      renderTerminal('npm run demo', lines, DESCRIPTION),
    ),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
