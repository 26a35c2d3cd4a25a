/**
 * Builds the sandbox's own npm package, which has no dependencies: `dist/sandbox/*.tgz`.
 *
 * usage: tsx scripts/packages/sandbox.ts
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildSync, type Metafile, transformSync } from 'esbuild';
import * as licenses from 'spdx-license-list/full';
import { rollUpTypes } from './declarations';
import { findBundledPackages } from '../release/bundled';
import { renderLicenseFile } from '../release/license-file';
import { type Subject, toSbom } from '../release/sbom';

const ROOT = path.resolve(__dirname, '../..');
const SOURCE = path.join(ROOT, 'packages/sandbox');

export const ENTRIES = { cli: 'src/bin/sandbox.ts', s3: 'src/bin/s3.ts', index: 'src/index.ts' };

/** Writes the package into a folder. */
export function buildSandbox(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const metafiles = Object.entries(ENTRIES).map(
    ([name, entry]) => [name, bundle(entry, path.join(folder, `${name}.js`))] as const,
  );
  // The process of a function instance is started from files of its own.
  for (const file of ['network-guard.cjs', 'runtime.cjs']) {
    copyFileSync(path.join(SOURCE, 'src/lambda', file), path.join(folder, file));
  }
  rollUpTypes(path.join(SOURCE, 'src/index.ts'), path.join(folder, 'index.d.ts'));
  copyFileSync(path.join(SOURCE, 'README.md'), path.join(folder, 'README.md'));
  copyFileSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
  const packages = findBundledPackages(new Map(metafiles), ROOT);
  writeFileSync(
    path.join(folder, 'THIRD_PARTY_LICENSES'),
    renderLicenseFile(
      packages,
      standardText,
      'cli.js, index.js and s3.js are bundles. They contain',
    ),
  );
  const manifest = publishedManifest();
  writeFileSync(
    path.join(folder, 'sbom.cdx.json'),
    `${JSON.stringify(
      toSbom(manifest, packages, (name) => `${name}.js`),
      null,
      2,
    )}\n`,
  );
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

export function bundle(entry: string, outfile: string): Metafile {
  return buildSync({
    absWorkingDir: ROOT,
    entryPoints: [path.join(SOURCE, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // Names stay, so that stack traces can be read and errors keep their names.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    banner: { js: entry.startsWith('src/bin/') ? `#!/usr/bin/env node\n${checkNode()}` : '' },
    logLevel: 'warning',
    metafile: true,
  }).metafile;
}

/** What a command does before anything else. */
function checkNode(): string {
  const text = readFileSync(path.join(ROOT, 'scripts/check-node.cjs'), 'utf8');
  return transformSync(text, { minifyWhitespace: true, legalComments: 'none' }).code.trim();
}

/**
 * The workspace's manifest with the fields of its `publishConfig`; everything that it depends on is
 * bundled.
 */
function publishedManifest(): Subject {
  const {
    '//': _marker,
    private: _private,
    devDependencies: _bundled,
    publishConfig,
    ...manifest
  } = readJson(path.join(SOURCE, 'package.json'));
  const { access, ...published } = publishConfig as Record<string, unknown>;
  // Both packages are released together, under the version that a release writes into the root's
  // manifest.
  const { version } = readJson(path.join(ROOT, 'package.json'));
  const merged = { ...manifest, ...published, version, publishConfig: { access } };
  return merged as object as Subject;
}

const standardText = (license: string) => licenses[license].licenseText.trim();

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8'));
}

if (require.main === module) {
  const dist = path.join(ROOT, 'dist/sandbox');
  rmSync(dist, { recursive: true, force: true });
  buildSandbox(path.join(dist, 'package'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', dist], {
    cwd: path.join(dist, 'package'),
    stdio: 'inherit',
  });
  rmSync(path.join(dist, 'package'), { recursive: true });
}
