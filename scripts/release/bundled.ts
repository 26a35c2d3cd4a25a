/** The npm packages whose code is in the handlers' bundles, as esbuild's metafiles tell. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Metafile } from 'esbuild';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier. */
  readonly licence: string;
  /** Text of its licence file. Undefined: it has none, and the identifier's own text applies. */
  readonly licenceText?: string;
  readonly noticeText?: string;
  /** Handlers whose bundle holds code of it. */
  readonly bundles: readonly string[];
}

/** Licences that allow what we do: to hand out the code, minified, under Apache-2.0 of our own. */
const ALLOWED = ['Apache-2.0', 'MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];

/** One metafile a bundle, keyed by the handler's name: `assets/NAME.meta.json`. */
export function readMetafiles(assets: string): Map<string, Metafile> {
  const suffix = '.meta.json';
  const files = existsSync(assets) ? readdirSync(assets).filter((file) => file.endsWith(suffix)).sort() : [];
  if (files.length === 0) {
    throw new Error(`no metafile in ${assets}, where \`npx projen bundle\` writes one a handler: run it first`);
  }
  return new Map(files.map((file) => [file.slice(0, -suffix.length), JSON.parse(readFileSync(path.join(assets, file), 'utf8'))]));
}

/** Sorted by name and version. `root` is the folder that the metafiles' paths start from. */
export function bundledPackages(metafiles: ReadonlyMap<string, Metafile>, root: string): BundledPackage[] {
  const bundlesOf = new Map<string, string[]>();
  for (const [bundle, { outputs }] of metafiles) {
    const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
    const folders = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => packageFolder(file));
    for (const folder of new Set(folders)) {
      if (folder) { bundlesOf.set(folder, [...(bundlesOf.get(folder) ?? []), bundle]); }
    }
  }
  const packages = [...bundlesOf].map(([folder, bundles]) => describe(path.join(root, folder), bundles));
  return packages.sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

/** `node_modules/@scope/name` of a file below it; undefined for a file of our own. */
function packageFolder(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}

function describe(folder: string, bundles: readonly string[]): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (!ALLOWED.includes(license)) {
    throw new Error(`${name}@${version} is bundled under ${license}; allowed are ${ALLOWED.join(', ')}: do without it, or allow its licence`);
  }
  return {
    name, version, licence: license, licenceText: textOf(folder, /^licen[cs]e/i), noticeText: textOf(folder, /^notice/i), bundles,
  };
}

function textOf(folder: string, name: RegExp): string | undefined {
  const file = readdirSync(folder).find((entry) => name.test(entry));
  return file && readFileSync(path.join(folder, file), 'utf8').replace(/\r\n/g, '\n').trim();
}

// Not localeCompare: the order may not depend on the machine.
const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
