/** What the packages of the workspaces have in common: bundles, and papers about them. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildSync, type Metafile, transformSync } from 'esbuild';
import * as licenses from 'spdx-license-list/full';
import { findBundledPackages } from '../release/bundled';
import { renderLicenseFile } from '../release/license-file';
import { type Subject, toSbom } from '../release/sbom';

export const ROOT = path.resolve(__dirname, '../..');

/** A workspace that is published, and the bundles of its package. */
export interface PublishedWorkspace {
  /** Folder in `packages/`. */
  readonly name: string;
  /** Source files, by the names of their bundles. */
  readonly entries: { readonly [bundle: string]: string };
  /** What the license file says of the bundles, before it names packages. */
  readonly licenseIntroduction: string;
}

/** Writes the package into a folder: bundles, README, licenses, bill of materials, manifest. */
export function writePackage(
  { name, entries, licenseIntroduction }: PublishedWorkspace,
  folder: string,
  /** Adds files, and returns what their bundles contain, by the names of the bundles. */
  writeMore: (folder: string) => Iterable<readonly [bundle: string, content: Metafile]> = () => [],
): void {
  const source = path.join(ROOT, 'packages', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const metafiles = Object.entries(entries).map(
    ([bundle, entry]) =>
      [bundle, bundleOf(name, entry, path.join(folder, `${bundle}.js`))] as const,
  );
  copyFileSync(path.join(source, 'README.md'), path.join(folder, 'README.md'));
  copyFileSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
  const packages = findBundledPackages(new Map([...metafiles, ...writeMore(folder)]), ROOT);
  writeFileSync(
    path.join(folder, 'THIRD_PARTY_LICENSES'),
    renderLicenseFile(packages, standardText, licenseIntroduction),
  );
  const manifest = publishedManifest(source);
  const sbom = toSbom(manifest, packages, (bundle) => `${bundle}.js`);
  writeFileSync(path.join(folder, 'sbom.cdx.json'), `${JSON.stringify(sbom, null, 2)}\n`);
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

export function bundleOf(workspace: string, entry: string, outfile: string): Metafile {
  return buildSync({
    absWorkingDir: ROOT,
    entryPoints: [path.join(ROOT, 'packages', workspace, entry)],
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
function publishedManifest(source: string): Subject {
  const {
    '//': _marker,
    private: _private,
    devDependencies: _bundled,
    main: _main,
    types: _types,
    publishConfig,
    ...manifest
  } = readJson(path.join(source, 'package.json'));
  const { access, ...published } = publishConfig as Record<string, unknown>;
  // All packages are released together, under the version that a release writes into the root's
  // manifest.
  const { version } = readJson(path.join(ROOT, 'package.json'));
  const merged = { ...manifest, ...published, version, publishConfig: { access } };
  return merged as object as Subject;
}

const standardText = (license: string) => licenses[license].licenseText.trim();

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Writes `dist/NAME/*.tgz`. */
export function pack(name: string, write: (folder: string) => void): void {
  const dist = path.join(ROOT, 'dist', name);
  const folder = path.join(dist, 'package');
  rmSync(dist, { recursive: true, force: true });
  write(folder);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', dist], {
    cwd: folder,
    stdio: 'inherit',
  });
  rmSync(folder, { recursive: true });
}
