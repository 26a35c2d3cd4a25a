/**
 * Builds the sandbox's own npm package, which has no dependencies: `dist/sandbox/*.tgz`.
 *
 * usage: tsx scripts/packages/sandbox.ts
 */
import { copyFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Metafile } from 'esbuild';
import { rollUpTypes } from './declarations';
import { bundleOf, pack, ROOT, writePackage } from './published';

const NAME = 'sandbox';
const SOURCE = path.join(ROOT, 'packages', NAME);

export const ENTRIES = { cli: 'src/bin/sandbox.ts', s3: 'src/bin/s3.ts', index: 'src/index.ts' };

/** Writes the package into a folder. */
export function buildSandbox(folder: string): void {
  writePackage(
    {
      name: NAME,
      entries: ENTRIES,
      licenseIntroduction: 'cli.js, index.js and s3.js are bundles. They contain',
    },
    folder,
  );
  // The process of a function instance is started from files of its own.
  for (const file of ['sandbox/src/lambda/network-guard.cjs', 'engine/src/lambda/runtime.cjs']) {
    copyFileSync(path.join(ROOT, 'packages', file), path.join(folder, path.basename(file)));
  }
  rollUpTypes(path.join(SOURCE, 'src/index.ts'), path.join(folder, 'index.d.ts'));
}

export function bundle(entry: string, outfile: string): Metafile {
  return bundleOf(NAME, entry, outfile);
}

if (require.main === module) {
  pack(NAME, buildSandbox);
}
