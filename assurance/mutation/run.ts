/**
 * This command breaks the code in one way after another, and runs the tests that must then fail.
 *
 *   npm run mutants                 all mutants
 *   npm run mutants -- TEXT         mutants whose name or file contains TEXT
 *   npm run mutants -- --sample N   N of them, different ones each time
 *
 * It works on two copies of the sources at the same time. The last line is `N passed, N failed`. The exit status is 1
 * if a mutant survives.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { EQUIVALENT, type Mutant, MUTANTS } from './mutants';

const PROCESS_COUNT = 2;
const root = path.join(__dirname, '../..');

function copySources(): string {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'mutants-'));
  for (const name of ['src', 'packages', 'test', 'assurance', 'benchmark', 'docs', 'package.json', 'tsconfig.json', 'tsconfig.dev.json']) {
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  // A construct needs the bundles of its functions (`npx projen bundle`).
  for (const name of ['node_modules', 'assets']) { fs.symlinkSync(path.join(root, name), path.join(copy, name)); }
  return copy;
}

/** Picks mutants that are spread evenly over the list, from a random start. */
function sample<T>(all: readonly T[], size: number): T[] {
  if (!Number.isInteger(size) || size < 1) { throw new Error('--sample must be a number of mutants, at least 1'); }
  const stride = Math.max(all.length / size, 1);
  const start = Math.random() * stride;
  return all.filter((_, index) => Math.floor((index - start) / stride) !== Math.floor((index - 1 - start) / stride));
}

/** `broken` means that no test ran, for example because the code did not compile. */
type Result = 'green' | 'red' | 'broken';

function jest(copy: string, { tests, only }: Pick<Mutant, 'tests' | 'only'>): Promise<Result> {
  const file = path.join(root, 'node_modules/jest/bin/jest.js');
  const args = ['--ci', '--bail', '--runInBand', '--forceExit', ...(only ? ['--testNamePattern', only] : []), '--runTestsByPath', ...tests];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk) => { output += chunk; });
    child.once('exit', (status) => {
      const summary = /^Tests: .*$/m.exec(output)?.[0] ?? '';
      if (status === 0 && summary.includes(' passed')) {
        resolve('green');
      } else {
        resolve(summary.includes(' failed') ? 'red' : 'broken');
      }
    });
  });
}

async function tryMutant(copy: string, mutant: Mutant): Promise<'killed' | 'SURVIVED' | 'BROKEN' | 'MISFIT'> {
  const target = path.join(copy, mutant.file);
  const source = fs.readFileSync(target, 'utf8');
  if (source.split(mutant.find).length !== 2) { return 'MISFIT'; }
  fs.writeFileSync(target, source.replace(mutant.find, () => mutant.replace));
  const result = await jest(copy, mutant);
  fs.writeFileSync(target, source);
  return ({ red: 'killed', green: 'SURVIVED', broken: 'BROKEN' } as const)[result];
}

/** Lists the tests that must be green without a mutant. Otherwise a red test would prove nothing. */
function listBaselines(mutants: readonly Mutant[]): Pick<Mutant, 'tests' | 'only'>[] {
  const whole = [...new Set(mutants.filter(({ only }) => !only).flatMap(({ tests }) => tests))];
  return [...(whole.length > 0 ? [{ tests: whole }] : []), ...mutants.filter(({ only }) => only)];
}

async function runConcurrently<T>(copies: readonly string[], items: readonly T[], work: (copy: string, item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  await Promise.all(copies.map(async (copy) => {
    for (let item = waiting.shift(); item; item = waiting.shift()) { await work(copy, item); }
  }));
}

async function main(): Promise<void> {
  const { values, positionals: [text = ''] } = parseArgs({ options: { sample: { type: 'string' } }, allowPositionals: true });
  const matching = MUTANTS.filter(({ name, file }) => `${name} ${file}`.includes(text));
  const chosen = values.sample === undefined ? matching : sample(matching, Number(values.sample));
  const copies = Array.from({ length: PROCESS_COUNT }, copySources);
  let failed = 0;
  await runConcurrently(copies, listBaselines(chosen), async (copy, tests) => {
    const result = await jest(copy, tests);
    if (result === 'green') { return; }
    failed++;
    console.log(`${result} without any mutant: ${tests.tests.join(' ')}`);
  });
  let killed = 0;
  await runConcurrently(copies, chosen, async (copy, mutant) => {
    const result = await tryMutant(copy, mutant);
    if (result === 'killed') { killed++; }
    console.log(`${result.padEnd(8)} ${mutant.name}${result === 'killed' ? '' : ` (${mutant.tests.join(' ')})`}`);
  });
  for (const copy of copies) { fs.rmSync(copy, { recursive: true }); }

  failed += chosen.length - killed;
  for (const { name, why } of EQUIVALENT) { console.log(`not run  ${name}: ${why}`); }
  console.log(`${killed} of ${chosen.length} mutants killed`);
  console.log(`${killed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
