/** Bundles the command and its functions, as the package has them. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildFunctions } from '../../scripts/packages/command-functions';
import { bundleOf, ROOT } from '../../scripts/packages/published';

/** Returns the folder of the bundles. It is removed when the process ends. */
export function build(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'command-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  buildFunctions(path.join(folder, 'functions'));
  bundleOf('command', '../../assurance/command/process.ts', path.join(folder, 'process.js'));
  copyFileSync(
    path.join(ROOT, 'packages/engine/src/lambda/runtime.cjs'),
    path.join(folder, 'runtime.cjs'),
  );
  return folder;
}
