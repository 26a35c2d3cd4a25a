/**
 * Checks the contents of the npm tarball.
 *
 * usage: tsx scripts/release/tarball.ts FILE.tgz
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type Files, problems } from './tarball-rule';

// Raise it only with a reason. It was 1,400,000 before undici replaced our own HTTP client, which
// added 150 kB of code and map, 1,600,000 before PlanRun claimed the folder of a run, for which it
// has an S3 client, and 2,000,000 before there were functions that verify, restore and list: each
// has an S3 client and a map of its own. It was 3,600,000 before manifests, whose parser is in
// list-objects, and the calendar of runs, which two functions write, and 3,800,000 before limits of
// restores, notes, and plans that compare the runs of days. It was 4,000,000 before names of
// months, epochs, and messages about wrong formats, which six functions have.
const MAX_PACKED_BYTES = 4_200_000;

const kilobytes = (bytes: number) => `${Math.round(bytes / 1_000)} kB`;

export function unpack(tarball: string): Files {
  const directory = mkdtempSync(path.join(tmpdir(), 'tarball-'));
  try {
    execFileSync('tar', ['-xzf', tarball, '-C', directory]);
    const root = path.join(directory, 'package');
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return new Map(
      entries
        .map((entry) => path.join(entry.parentPath, entry.name))
        .sort()
        .map((file) => [path.relative(root, file), readFileSync(file, 'utf8')]),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Returns the size of each folder, largest first. */
function sizes(files: Files): [string, number][] {
  const folders = new Map<string, number>();
  for (const [file, text] of files) {
    const folder = file.includes('/')
      ? file.split('/')[0] + (file.endsWith('.map') ? '/*.map' : '')
      : file;
    folders.set(folder, (folders.get(folder) ?? 0) + Buffer.byteLength(text));
  }
  return [...folders].sort(([, a], [, b]) => b - a);
}

function main(tarball: string): number {
  const files = unpack(tarball);
  const packed = statSync(tarball).size;
  const unpacked = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const found = problems(files);
  if (packed > MAX_PACKED_BYTES) {
    found.push(`${kilobytes(packed)} packed; at most ${kilobytes(MAX_PACKED_BYTES)}`);
  }
  for (const [name, size] of sizes(files)) {
    console.log(`${kilobytes(size).padStart(9)}  ${name}`);
  }
  console.log(`${files.size} files, ${kilobytes(packed)} packed, ${kilobytes(unpacked)} unpacked`);
  for (const problem of found) {
    console.log(`FAILED ${problem}`);
  }
  console.log(found.length === 0 ? '1 passed, 0 failed' : `0 passed, ${found.length} failed`);
  return found.length === 0 ? 0 : 1;
}

if (require.main === module) {
  process.exitCode = main(process.argv[2] ?? '');
}
