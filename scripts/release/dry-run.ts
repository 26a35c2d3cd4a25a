/**
 * Does everything that a release does, except publishing: builds the packages for every registry
 * from HEAD, in a separate clone, and checks them. It does not run the tests again: `npm test` and
 * `.ci/run` do that. Nor does it look at the tables of speed, because CI runs it for every change:
 * `measured-pages.ts` does.
 *
 * usage: npm run release:dry-run -- [--only npm,sandbox,pypi,maven,go,nuget]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { listArtifacts, formatChecksums, getVersionedFiles } from './artifacts';
import { changelogProblems, versionProblems } from './checks';
import { unpack } from './tarball';
import { problems as tarballProblems } from './tarball-rule';

const ROOT = path.resolve(__dirname, '../..');
const OUT = path.join(ROOT, 'dist/release');

// Go is published as source code, which the example compiles. The release workflow, which has .NET,
// compiles the NuGet sources.
const PACKAGE: Record<string, readonly string[]> = {
  npm: ['projen', 'package:js'],
  sandbox: ['projen', 'package:sandbox'],
  pypi: ['projen', 'package:python'],
  maven: [
    'jsii-pacmak',
    '--target',
    'java',
    '--maven-local-repository',
    path.join(ROOT, 'dist/m2'),
  ],
  go: ['jsii-pacmak', '--target', 'go', '--code-only'],
  nuget: ['jsii-pacmak', '--target', 'dotnet', '--code-only'],
};

interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly problems: readonly string[];
}

function main(argv: readonly string[]): number {
  const registries = parseRegistries(argv);
  const clone = mkdtempSync(path.join(tmpdir(), 'release-'));
  const steps: Step[] = [];
  const step = (name: string, work: () => readonly string[]) => {
    const began = Date.now();
    console.log(`\n=== ${name}`);
    steps.push({ name, problems: work(), seconds: Math.round((Date.now() - began) / 1_000) });
  };
  const npx =
    (...args: readonly string[]) =>
    () =>
      run(clone, 'npx', args);
  try {
    step('clone', () => run(ROOT, 'git', ['clone', '--quiet', '--no-local', ROOT, clone]));
    step('npm ci', () => run(clone, 'npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund']));
    step('version', npx('projen', 'bump'));
    for (const task of ['pre-compile', 'compile', 'post-compile']) {
      step(task, npx('projen', task));
    }
    for (const registry of registries) {
      step(`package for ${registry}`, npx(...PACKAGE[registry]));
    }
    step('checks', () => check(clone, registries));
    step('the build changes nothing that is committed', () => [
      ...run(clone, 'npx', ['projen', 'unbump']),
      ...findChanges(clone),
    ]);
    collect(clone);
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
  return printSteps(steps);
}

function parseRegistries(argv: readonly string[]): string[] {
  const known = Object.keys(PACKAGE);
  if (argv.length === 0) {
    return known;
  }
  const names = argv.length === 2 && argv[0] === '--only' ? argv[1].split(',') : [''];
  if (names.every((name) => known.includes(name))) {
    return names;
  }
  console.error(
    `given ${argv.join(' ')}; allowed is --only ${known.join(',')} or some of them: leave it ` +
      'out for all',
  );
  process.exit(2);
}

function run(cwd: string, command: string, args: readonly string[]): string[] {
  const env = { ...process.env, CI: 'true', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: 'inherit' });
  return status === 0
    ? []
    : [`${[command, ...args].join(' ')} ended with ${error?.message ?? status}`];
}

function check(clone: string, registries: readonly string[]): string[] {
  const read = (file: string) => readFileSync(path.join(clone, file), 'utf8');
  const version = read('dist/version.txt').trim();
  const tarball = registries.includes('npm')
    ? readdirSync(path.join(clone, 'dist/js')).filter((file) => file.endsWith('.tgz'))
    : [];
  return [
    ...versionProblems(version, getVersionedFiles(listArtifacts(path.join(clone, 'dist')))),
    ...changelogProblems(read('CHANGELOG.md'), version),
    ...tarball.flatMap((file) => tarballProblems(unpack(path.join(clone, 'dist/js', file)))),
  ];
}

function findChanges(clone: string): string[] {
  const { stdout } = spawnSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `the build changes ${line.slice(3)}: run npx projen build and commit it`);
}

/** Copies the results out of the clone and adds checksums. */
function collect(clone: string): void {
  rmSync(OUT, { recursive: true, force: true });
  cpSync(path.join(clone, 'dist'), OUT, { recursive: true });
  const list = listArtifacts(OUT);
  writeFileSync(path.join(OUT, 'SHA256SUMS'), formatChecksums(list));
  const published = new Set(getVersionedFiles(list));
  console.log('');
  for (const { file, bytes, sha256 } of list) {
    if (published.has(file)) {
      console.log(
        `${sha256.slice(0, 16)}  ${String(Math.round(bytes / 1_000)).padStart(6)} kB  ${file}`,
      );
    }
  }
  console.log(`${list.length} files and SHA256SUMS in ${path.relative(ROOT, OUT)}`);
}

function printSteps(steps: readonly Step[]): number {
  console.log('');
  for (const { name, seconds, problems } of steps) {
    console.log(
      `${problems.length === 0 ? 'ok    ' : 'FAILED'} ${String(seconds).padStart(4)} s  ${name}`,
    );
    for (const problem of problems) {
      console.log(`       ${problem}`);
    }
  }
  const failed = steps.filter(({ problems }) => problems.length > 0).length;
  console.log(`${steps.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

if (require.main === module) {
  process.exitCode = main(process.argv.slice(2));
}
