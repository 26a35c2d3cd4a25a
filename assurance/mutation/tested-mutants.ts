/**
 * Mutants that the tests must see: each breaks the code in one way. They are not about races, which
 * the exploration of interleavings finds.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

export interface TestedMutant {
  /** What the broken code does. */
  readonly name: string;
  readonly file: string;
  /** This text appears exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** The test that must fail. */
  readonly test: string;
  /** Only its cases whose names have this text. */
  readonly cases?: string;
}

const ROOT = path.join(__dirname, '../..');

function isFound({ file, find, replace, test, cases }: TestedMutant): boolean {
  const full = path.join(ROOT, file);
  const before = fs.readFileSync(full, 'utf8');
  try {
    fs.writeFileSync(
      full,
      before.replace(find, () => replace),
    );
    return (
      spawnSync('npx', ['jest', '--ci', '--bail', test, ...(cases ? ['-t', cases] : [])], {
        cwd: ROOT,
        stdio: 'ignore',
        timeout: 600_000,
      }).status !== 0
    );
  } finally {
    fs.writeFileSync(full, before);
  }
}

/**
 * Writes into the working tree, one file at a time, and puts back what was there.
 * @param text runs those whose name contains it
 */
export function runMutants(all: readonly TestedMutant[], text = ''): void {
  let missed = 0;
  const mutants = all.filter(({ name }) => name.includes(text));
  for (const mutant of mutants) {
    const found = isFound(mutant);
    missed += found ? 0 : 1;
    console.log(`${found ? 'found ' : 'MISSED'}  ${mutant.name}`);
  }
  console.log(`${mutants.length - missed} passed, ${missed} failed`);
  process.exitCode = missed > 0 ? 1 : 0;
}
