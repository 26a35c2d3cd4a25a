/**
 * Breaks the code in one way after the other and runs the tests that have to notice.
 *
 *   npm run mutants                 all
 *   npm run mutants -- TEXT         those whose name or file contains TEXT
 *   npm run mutants -- --sample N   N of them, others each time
 *
 * Works on copies of the sources, two side by side. The last line is `N passed, N failed`;
 * the exit status is 1 if a mutant survives.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { EQUIVALENT, type Mutant, MUTANTS } from './mutants';

const PROCESSES = 2;
const root = path.join(__dirname, '../..');

function copyOfSources(): string {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'mutants-'));
  for (const name of ['src', 'packages', 'test', 'assurance', 'benchmark', 'package.json', 'tsconfig.json', 'tsconfig.dev.json']) {
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

/** Spread evenly over the list, from a random place on. */
function sample<T>(all: readonly T[], size: number): T[] {
  if (!Number.isInteger(size) || size < 1) { throw new Error('--sample must be a number of mutants, at least 1'); }
  const stride = Math.max(all.length / size, 1);
  const start = Math.random() * stride;
  return all.filter((_, index) => Math.floor((index - start) / stride) !== Math.floor((index - 1 - start) / stride));
}

/** `broken`: no test ran. */
type Result = 'green' | 'red' | 'broken';

function jest(copy: string, { tests, only }: Pick<Mutant, 'tests' | 'only'>): Promise<Result> {
  const file = path.join(root, 'node_modules/jest/bin/jest.js');
  const args = ['--ci', '--bail', '--runInBand', '--forceExit', ...(only ? ['--testNamePattern', only] : []), '--runTestsByPath', ...tests];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.on('data', (chunk) => { told += chunk; });
    child.once('exit', (status) => {
      const summary = /^Tests: .*$/m.exec(told)?.[0] ?? '';
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

/** What has to be green before anything is broken, or a red test would tell nothing. */
function untouched(mutants: readonly Mutant[]): Pick<Mutant, 'tests' | 'only'>[] {
  const whole = [...new Set(mutants.filter(({ only }) => !only).flatMap(({ tests }) => tests))];
  return [...(whole.length > 0 ? [{ tests: whole }] : []), ...mutants.filter(({ only }) => only)];
}

async function sideBySide<T>(copies: readonly string[], items: readonly T[], work: (copy: string, item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  await Promise.all(copies.map(async (copy) => {
    for (let item = waiting.shift(); item; item = waiting.shift()) { await work(copy, item); }
  }));
}

async function main(): Promise<void> {
  const { values, positionals: [text = ''] } = parseArgs({ options: { sample: { type: 'string' } }, allowPositionals: true });
  const matching = MUTANTS.filter(({ name, file }) => `${name} ${file}`.includes(text));
  const chosen = values.sample === undefined ? matching : sample(matching, Number(values.sample));
  const copies = Array.from({ length: PROCESSES }, copyOfSources);
  let failed = 0;
  await sideBySide(copies, untouched(chosen), async (copy, tests) => {
    const result = await jest(copy, tests);
    if (result === 'green') { return; }
    failed++;
    console.log(`${result} without any mutant: ${tests.tests.join(' ')}`);
  });
  let killed = 0;
  await sideBySide(copies, chosen, async (copy, mutant) => {
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
