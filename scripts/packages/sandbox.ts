/**
 * Builds the sandbox's own npm package, which has no dependencies: `dist/sandbox/*.tgz`.
 *
 * usage: tsx scripts/packages/sandbox.ts
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import * as licenses from 'spdx-license-list/full';
import { findBundledPackages } from '../release/bundled';
import { renderLicenseFile } from '../release/license-file';

const ROOT = path.resolve(__dirname, '../..');
const SOURCE = path.join(ROOT, 'packages/sandbox');

/** What a usage text calls the command by. */
const COMMANDS = {
  'process.env.SANDBOX_COMMAND': '"npx cdk-s3-dated-archiver-sandbox"',
  'process.env.SANDBOX_S3_COMMAND': '"npx cdk-s3-dated-archiver-s3"',
};

const ENTRIES = { cli: 'packages/sandbox/src/cli.ts', s3: 'packages/s3-double/src/cli.ts', index: 'packages/sandbox/src/index.ts' };

/** Lays the package down in a folder. */
export function buildSandbox(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const metafiles = Object.entries(ENTRIES).map(([name, entry]) => [name, bundle(entry, path.join(folder, `${name}.js`))] as const);
  // The process of a function instance is started from a file of its own.
  copyFileSync(path.join(ROOT, 'packages/sandbox/src/lambda/runtime.cjs'), path.join(folder, 'runtime.cjs'));
  for (const file of ['README.md', 'index.d.ts']) { copyFileSync(path.join(SOURCE, file), path.join(folder, file)); }
  copyFileSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
  const packages = findBundledPackages(new Map(metafiles), ROOT);
  writeFileSync(path.join(folder, 'THIRD_PARTY_LICENSES'), renderLicenseFile(packages, standardText, 'cli.js, index.js and s3.js are bundles. They contain'));
  // Both packages are released together, under the version that a release writes into the first.
  const { version } = readJson(path.join(ROOT, 'package.json'));
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify({ ...readJson(path.join(SOURCE, 'package.json')), version }, null, 2)}\n`);
}

function bundle(entry: string, outfile: string): Metafile {
  return buildSync({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // Names stay, so that a stack trace can be read and an error is called what it is.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    define: COMMANDS,
    banner: { js: entry.endsWith('cli.ts') ? '#!/usr/bin/env node' : '' },
    logLevel: 'warning',
    metafile: true,
  }).metafile;
}

const standardText = (license: string) => licenses[license].licenseText.trim();

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8'));
}

if (require.main === module) {
  const dist = path.join(ROOT, 'dist/sandbox');
  rmSync(dist, { recursive: true, force: true });
  buildSandbox(path.join(dist, 'package'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', dist], { cwd: path.join(dist, 'package'), stdio: 'inherit' });
  rmSync(path.join(dist, 'package'), { recursive: true });
}
