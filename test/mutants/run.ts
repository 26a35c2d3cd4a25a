/**
 * Breaks the code in one way after the other and runs the tests that have to notice.
 *
 *   npm run mutants            all
 *   npm run mutants -- TEXT    those whose name contains TEXT
 *
 * Works on a copy of the sources. Exit status 1 if a mutant survives.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { type Mutant, MUTANTS } from './mutants';

const root = path.join(__dirname, '..', '..');
const chosen = MUTANTS.filter(({ name }) => name.includes(process.argv[2] ?? ''));

function copyOfSources(): string {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'mutants-'));
  for (const name of ['src', 'sandbox', 'test', 'package.json', 'tsconfig.json', 'tsconfig.dev.json']) {
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

/** Whether the tests went red; undefined where the mutant does not fit the code any more. */
function isKilled(copy: string, { file, find, replace, tests }: Mutant): boolean | undefined {
  const target = path.join(copy, file);
  const source = fs.readFileSync(target, 'utf8');
  if (source.split(find).length !== 2) return undefined;
  fs.writeFileSync(target, source.replace(find, () => replace));
  const jest = spawnSync(process.execPath, [path.join(root, 'node_modules/jest/bin/jest.js'), '--ci', '--bail', '--forceExit', ...tests], { cwd: copy, encoding: 'utf8' });
  fs.writeFileSync(target, source);
  // A test that did not run did not notice anything.
  return jest.status !== 0 && /Tests:.* failed/.test(jest.stderr);
}

const copy = copyOfSources();
let survivors = 0;
for (const mutant of chosen) {
  const killed = isKilled(copy, mutant);
  if (!killed) survivors++;
  console.log(`${killed ? 'killed  ' : killed === undefined ? 'MISFIT  ' : 'SURVIVED'} ${mutant.name}`);
}
fs.rmSync(copy, { recursive: true });
console.log(`${chosen.length - survivors} of ${chosen.length} mutants killed`);
process.exitCode = survivors === 0 ? 0 : 1;
