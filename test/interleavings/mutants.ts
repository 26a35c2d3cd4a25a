/**
 * Shows that the exploration finds bugs: breaks the move in each way that concerns a race, and
 * prints the shortest schedule that the exploration then finds.
 *
 *   npx tsx test/interleavings/mutants.ts [TEXT]
 *
 * Works on a copy of the sources. Exit status 1 if a mutant is not found.
 */
import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { MUTANTS } from '../mutants/mutants';

const root = path.join(__dirname, '..', '..');
const chosen = MUTANTS.filter(({ name, race }) => race !== undefined && name.includes(process.argv[2] ?? ''));

const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'interleavings-'));
for (const name of ['src', 'test/interleavings', 'package.json', 'tsconfig.json', 'tsconfig.dev.json']) {
  fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
}
fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));

let found = 0;
for (const { name, file, find, replace, race } of chosen) {
  const target = path.join(copy, file);
  const source = fs.readFileSync(target, 'utf8');
  if (source.split(find).length !== 2) {
    console.log(`MISFIT   ${name}`);
    continue;
  }
  fs.writeFileSync(target, source.replace(find, () => replace));
  const { stdout, stderr } = spawnSync('npx', ['tsx', 'test/interleavings/run.ts', '--first', race!], { cwd: copy, encoding: 'utf8', maxBuffer: 2 ** 26 });
  fs.writeFileSync(target, source);
  const story = /^VIOLATION[^]*?--replay .*$/m.exec(stdout)?.[0];
  if (story) found++;
  console.log(`${story ? 'found   ' : 'MISSED  '} ${name}\n${(story ?? stderr).replace(/^/gm, '    ')}\n`);
}
fs.rmSync(copy, { recursive: true });
console.log(`${found} of ${chosen.length} mutants found by the exploration`);
process.exitCode = found === chosen.length ? 0 : 1;
