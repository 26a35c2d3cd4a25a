/**
 * This file shows that the exploration finds bugs. It breaks the move in each way that concerns a
 * race, and prints the shortest schedule that the exploration then finds.
 *
 * It works on a copy of the sources.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ATTRIBUTE_RACE_MUTANTS } from '../mutation/attribute-race-mutants';
import { RACE_MUTANTS, type RaceMutant } from '../mutation/race-mutants';

const root = path.join(__dirname, '../..');

/**
 * Tries the mutants whose names, or those of their scenarios, contain the text. Returns 0 if the
 * exploration finds each mutant, and 1 otherwise.
 */
export function findMutants(text: string): number {
  const chosen = [...RACE_MUTANTS, ...ATTRIBUTE_RACE_MUTANTS].filter(({ name, race }) =>
    `${race} ${name}`.includes(text),
  );
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'interleavings-'));
  for (const name of [
    'src',
    'assurance/model-checking',
    'assurance/mutation',
    'package.json',
    'tsconfig.json',
    'tsconfig.dev.json',
  ]) {
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  const found = chosen.filter((mutant) => isFound(copy, mutant)).length;
  fs.rmSync(copy, { recursive: true });
  console.log(`${found} of ${chosen.length} mutants found by the exploration`);
  console.log(`${found} passed, ${chosen.length - found} failed`);
  return found === chosen.length ? 0 : 1;
}

function isFound(copy: string, { name, file, find, replace, race }: RaceMutant): boolean {
  const target = path.join(copy, file);
  const source = fs.readFileSync(target, 'utf8');
  if (source.split(find).length !== 2) {
    console.log(`MISFIT   ${name}`);
    return false;
  }
  fs.writeFileSync(
    target,
    source.replace(find, () => replace),
  );
  const { stdout, stderr } = spawnSync(
    'npx',
    ['tsx', 'assurance/model-checking/run.ts', '--first', race],
    { cwd: copy, encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  fs.writeFileSync(target, source);
  const story = /^VIOLATION[^]*?--replay .*$/m.exec(stdout)?.[0];
  console.log(
    `${story ? 'found   ' : 'MISSED  '} ` +
      `${name}\n${(story ?? stdout + stderr).replace(/^/gm, '    ')}\n`,
  );
  return story !== undefined;
}
