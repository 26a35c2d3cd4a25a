/**
 * Shows that a change of the sources leaves every synthesized template as it was, byte for byte,
 * except for asset hashes.
 *
 *   npx tsx scripts/compare-templates.ts COMMIT
 *
 * It checks COMMIT out next to this tree, synthesizes the examples, the integration apps and the
 * consumer apps of both trees with the dependencies that are installed here, and compares the
 * templates. It names the resources that were added, removed or changed, with the paths of what
 * changed in them. The last line is `N passed, N failed`; the exit status is 1 if any differ.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '..');

/** Name of an app and a template -> the template's text without asset hashes. */
type Templates = Map<string, string>;

/**
 * Prints the templates of the consumer apps. It runs in a process whose tsconfig resolves the
 * package's name to the sources of one tree.
 */
const PRINT_CONSUMER_APPS = `
  const { App } = require('aws-cdk-lib');
  const { mkdtempSync } = require('node:fs');
  const { SCENARIOS } = require(process.argv[1]);
  for (const { name, build } of SCENARIOS) {
    const app = new App({ analyticsReporting: false, outdir: mkdtempSync(process.argv[2] + '/consumer-') });
    build(app);
    for (const stack of app.synth().stacksRecursively) {
      console.log(JSON.stringify([name + ', ' + stack.displayName, JSON.stringify(stack.template, null, 1)]));
    }
  }
`;

function git(tree: string, ...args: string[]): string[] {
  return execFileSync('git', args, { cwd: tree, encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

/** Asset hashes are SHA-256 digests. */
function withoutAssetHashes(template: string): string {
  return template.replace(/\b[0-9a-f]{64}\b/g, 'ASSET_HASH');
}

function synthesize(tree: string): Templates {
  const outdir = mkdtempSync(path.join(tmpdir(), 'templates-'));
  const env = { ...process.env, TSX_TSCONFIG_PATH: path.join(tree, 'tsconfig.dev.json') };
  const templates: Templates = new Map();
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules/projen/bin/projen'), 'bundle'], {
    cwd: tree,
    stdio: 'ignore',
  });

  const apps = git(
    tree,
    'ls-files',
    'examples/typescript/*/app.ts',
    'test/integ.*.ts',
    'test/aws/integ.*.ts',
  ).filter((file) => !file.includes('.snapshot/'));
  for (const file of apps) {
    const name = file.startsWith('examples/') ? path.dirname(file) : path.basename(file);
    const assembly = mkdtempSync(path.join(outdir, 'app-'));
    execFileSync(process.execPath, ['--import', 'tsx', file], {
      cwd: tree,
      env: { ...env, CDK_OUTDIR: assembly },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    for (const template of readdirSync(assembly).filter((entry) =>
      entry.endsWith('.template.json'),
    )) {
      templates.set(
        `${name}, ${template}`,
        withoutAssetHashes(readFileSync(path.join(assembly, template), 'utf8')),
      );
    }
  }

  const [scenarios] = git(tree, 'ls-files', '*consumer/scenarios/index.ts');
  const args = [
    '--import',
    'tsx',
    '--eval',
    PRINT_CONSUMER_APPS,
    path.join(tree, scenarios),
    outdir,
  ];
  const lines = execFileSync(process.execPath, args, {
    cwd: tree,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
    .trim()
    .split('\n');
  for (const line of lines) {
    const [name, template] = JSON.parse(line) as [string, string];
    templates.set(`consumer app: ${name}`, withoutAssetHashes(template));
  }
  rmSync(outdir, { recursive: true });
  return templates;
}

/**
 * One line for each place in which two templates differ; a resource that only one of them has is
 * one place.
 */
function describeDifferences(before: string, after: string): string[] {
  const [one, other] = [JSON.parse(before), JSON.parse(after)] as {
    readonly [section: string]: unknown;
  }[];
  return findDifferences(one, other, []);
}

function findDifferences(one: unknown, other: unknown, place: readonly string[]): string[] {
  const isWhole =
    place[0] === 'Resources' && place.length === 2 && (one === undefined || other === undefined);
  if (!isWhole && isContainer(one) && isContainer(other)) {
    return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) =>
      findDifferences(one[key], other[key], [...place, key]),
    );
  }
  if (JSON.stringify(one) === JSON.stringify(other)) {
    return [];
  }
  const kind = one === undefined ? '+' : other === undefined ? '-' : '~';
  return [
    `${kind} ${place.join('/')}${isWhole ? ` (${((one ?? other) as { Type: string }).Type})` : ''}`,
  ];
}

function isContainer(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

function main(commit: string): number {
  const before = path.join(mkdtempSync(path.join(tmpdir(), 'before-')), 'tree');
  git(ROOT, 'worktree', 'add', '--detach', '--quiet', before, commit);
  try {
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(before, 'node_modules'));
    const [old, now] = [synthesize(before), synthesize(ROOT)];
    const names = [...new Set([...old.keys(), ...now.keys()])].sort();
    const different = names.filter((name) => old.get(name) !== now.get(name));
    for (const name of names) {
      const verdict = different.includes(name)
        ? old.has(name) && now.has(name)
          ? 'DIFFERENT'
          : 'ONLY IN ONE TREE'
        : 'equal';
      console.log(`${verdict.padEnd(16)} ${name}`);
      if (verdict === 'DIFFERENT') {
        describeDifferences(old.get(name)!, now.get(name)!).forEach((line) =>
          console.log(`${' '.repeat(17)}${line}`),
        );
      }
    }
    console.log(`${names.length - different.length} passed, ${different.length} failed`);
    return different.length === 0 && names.length > 0 ? 0 : 1;
  } finally {
    git(ROOT, 'worktree', 'remove', '--force', before);
  }
}

const [commit] = process.argv.slice(2);
if (commit === undefined) {
  console.error('usage: npx tsx scripts/compare-templates.ts COMMIT');
  process.exitCode = 2;
} else {
  process.exitCode = main(commit);
}
