import * as fs from 'node:fs';
import * as path from 'node:path';
import { ATTRIBUTE_MUTANTS } from './attribute-mutants';
import { ATTRIBUTE_RACE_MUTANTS } from './attribute-race-mutants';
import { BATCH_MUTANTS } from './batch-mutants';
import { LOCK_MUTANTS } from './lock-mutants';
import { NOTE_MUTANTS } from './note-mutants';
import { PACK_MUTANTS } from './pack-mutants';
import { RACE_MUTANTS } from './race-mutants';

// `npm run interleavings -- --mutants` runs the mutants of races, and the other files their own.
// This test shows at once when a developer has rewritten the code that they break.
const TESTED = [
  ...PACK_MUTANTS,
  ...BATCH_MUTANTS,
  ...LOCK_MUTANTS,
  ...NOTE_MUTANTS,
  ...ATTRIBUTE_MUTANTS,
];
const ALL = [...RACE_MUTANTS, ...TESTED, ...ATTRIBUTE_RACE_MUTANTS];

test.each(ALL.map((mutant) => [mutant.name, mutant] as const))(
  'the mutant that %s fits the code',
  (_, { file, find, replace }) => {
    const source = fs.readFileSync(path.join(__dirname, '../..', file), 'utf8');
    expect(source.split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  },
);

// Without any test to run, jest fails, and each mutant would count as found.
test.each([...new Set(TESTED.map(({ test: pattern }) => pattern))])(
  'the test of mutants exists: %s',
  (pattern) => {
    const folder = path.join(__dirname, '../..', path.dirname(pattern));
    const names = fs.readdirSync(folder).filter((name) => name.startsWith(path.basename(pattern)));
    expect(names).not.toEqual([]);
  },
);
