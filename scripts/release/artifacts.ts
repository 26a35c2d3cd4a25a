/** What jsii-pacmak leaves in dist/, and its checksums. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';

export interface Artefact {
  /** Path below dist/. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Files to be published, and the folders that NuGet and Go are made from, as one archive would list them. */
export function artefacts(dist: string): Artefact[] {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => path.relative(dist, path.join(entry.parentPath, entry.name))).sort().map((file) => {
    const content = readFileSync(path.join(dist, file));
    return { file, bytes: statSync(path.join(dist, file)).size, sha256: createHash('sha256').update(content).digest('hex') };
  });
}

/** As `sha256sum --check` reads it. */
export function checksumFile(list: readonly Artefact[]): string {
  return list.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join('');
}

/** The ones whose name holds the version: those of Go and NuGet are sources, which name it inside. */
export function versioned(list: readonly Artefact[]): string[] {
  return list.map(({ file }) => file).filter((file) => /\.(tgz|whl|tar\.gz|jar|pom|nupkg)$/.test(file));
}
