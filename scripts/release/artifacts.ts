/** The files that jsii-pacmak writes into dist/, and their checksums. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';

export interface Artifact {
  /** Path below dist/. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Lists the files to be published and the source folders for NuGet and Go, sorted by path. */
export function listArtifacts(dist: string): Artifact[] {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map((entry) => path.relative(dist, path.join(entry.parentPath, entry.name)))
    .sort()
    .map((file) => {
      const content = readFileSync(path.join(dist, file));
      return {
        file,
        bytes: statSync(path.join(dist, file)).size,
        sha256: createHash('sha256').update(content).digest('hex'),
      };
    });
}

/** Formats checksums the way `sha256sum --check` reads them. */
export function formatChecksums(list: readonly Artifact[]): string {
  return list.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join('');
}

/**
 * Returns files whose name contains the version. Go and NuGet sources contain it in their text
 * instead.
 */
export function getVersionedFiles(list: readonly Artifact[]): string[] {
  return list
    .map(({ file }) => file)
    .filter((file) => /\.(tgz|whl|tar\.gz|jar|pom|nupkg)$/.test(file));
}
