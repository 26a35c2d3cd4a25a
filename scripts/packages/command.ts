/**
 * Builds the command's own npm package, which has no dependencies: `dist/command/*.tgz`.
 *
 * usage: tsx scripts/packages/command.ts
 */
import { copyFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildFunctions } from './command-functions';
import { pack, ROOT, writePackage } from './published';

const NAME = 'command';

/** Writes the package into a folder. */
export function buildCommand(folder: string): void {
  writePackage(
    {
      name: NAME,
      entries: { cli: 'src/bin/command.ts' },
      licenseIntroduction: 'cli.js and the files in functions are bundles. They contain',
    },
    folder,
    () => buildFunctions(path.join(folder, 'functions')),
  );
  // The process of a function instance is started from a file of its own.
  copyFileSync(
    path.join(ROOT, 'packages/engine/src/lambda/runtime.cjs'),
    path.join(folder, 'runtime.cjs'),
  );
}

if (require.main === module) {
  pack(NAME, buildCommand);
}
