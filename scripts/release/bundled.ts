/** Finds the npm packages whose code is in the functions' bundles, from esbuild's metafiles. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Metafile } from 'esbuild';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier. */
  readonly license: string;
  /**
   * Text of its license file. If undefined, the package has none and the standard text of the
   * identifier applies.
   */
  readonly licenseText?: string;
  readonly noticeText?: string;
  /** Functions whose bundle contains code of this package. */
  readonly bundles: readonly string[];
}

/** Licenses that allow us to distribute the minified code in a package that is under Apache-2.0. */
const ALLOWED = ['Apache-2.0', 'MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];

/** Reads one metafile per bundle, keyed by the function's name: `assets/NAME.meta.json`. */
export function readMetafiles(assets: string): Map<string, Metafile> {
  const suffix = '.meta.json';
  const files = existsSync(assets)
    ? readdirSync(assets)
        .filter((file) => file.endsWith(suffix))
        .sort()
    : [];
  if (files.length === 0) {
    throw new Error(
      `no metafile in ${assets}, where \`npx projen bundle\` writes one per function: run it first`,
    );
  }
  return new Map(
    files.map((file) => [
      file.slice(0, -suffix.length),
      JSON.parse(readFileSync(path.join(assets, file), 'utf8')),
    ]),
  );
}

/**
 * Returns the packages, sorted by name and version.
 *
 * @param root folder that the metafiles' paths are relative to
 */
export function findBundledPackages(
  metafiles: ReadonlyMap<string, Metafile>,
  root: string,
): BundledPackage[] {
  const bundlesOf = new Map<string, string[]>();
  for (const [bundle, { outputs }] of metafiles) {
    const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
    const folders = inputs
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([file]) => packageFolder(file));
    for (const folder of new Set(folders)) {
      if (folder) {
        bundlesOf.set(folder, [...(bundlesOf.get(folder) ?? []), bundle]);
      }
    }
  }
  const packages = [...bundlesOf].map(([folder, bundles]) =>
    describe(path.join(root, folder), bundles),
  );
  return packages.sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/**
 * Returns `node_modules/@scope/name` for a file inside that package, or undefined for a file of
 * this repository.
 */
function packageFolder(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}

function describe(folder: string, bundles: readonly string[]): BundledPackage {
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  if (!ALLOWED.includes(license)) {
    throw new Error(
      `${name}@${version} is bundled under ${license}; allowed are ${ALLOWED.join(', ')}: do ` +
        'without it, or allow its license',
    );
  }
  return {
    name,
    version,
    license,
    licenseText: readText(folder, /^licen[cs]e/i),
    noticeText: readText(folder, /^notice/i),
    bundles,
  };
}

function readText(folder: string, name: RegExp): string | undefined {
  const file = readdirSync(folder).find((entry) => name.test(entry));
  return file && readFileSync(path.join(folder, file), 'utf8').replace(/\r\n/g, '\n').trim();
}

// Not localeCompare, because the order must not depend on the machine's locale.
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
