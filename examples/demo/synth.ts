import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import * as path from 'node:path';

export const ROOT = path.resolve(__dirname, '../..');

/** Builds the functions' bundles in assets/, where the construct finds them. */
export function bundle(): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [require.resolve('projen/bin/projen'), 'bundle'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new Error(`the functions cannot be bundled:\n${stderr}`);
  }
}

/** Synthesizes an example app in a process of its own, as the CDK CLI does. */
export function synthesize(scenario: string, outdir: string): void {
  synthesizeApp(`examples/typescript/${scenario}/app.ts`, outdir);
}

export function synthesizeApp(file: string, outdir: string): void {
  rmSync(outdir, { recursive: true, force: true });
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file], {
    cwd: ROOT,
    // This configuration resolves the package's name to its sources.
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json'),
    },
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(`${file} does not synthesize:\n${stderr}`);
  }
}
