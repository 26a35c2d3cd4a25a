/** docs/coming-from.md has what the last run found, and other pages claim no more than that. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { findDifference, readResults, renderResults } from './results';
import { PAGE, readTools, ROOT } from './tools';

const { rows } = readResults();
const read = (page: string) => readFileSync(path.join(ROOT, page), 'utf8');
const peers = rows.filter(({ how }) => how === 'defaults' || how === 'safest');

test('the table and the list of the page are those of the run that was kept', () => {
  // If this fails, run: npx tsx assurance/other-tools/main.ts --write
  const [, rest] = read(`docs/${PAGE}`).split('<!-- other tools -->\n');
  expect(rest!.split('\n<!-- end of other tools -->')[0]).toBe(renderResults(readResults()));
});

test('a row for this package, and one for each command of the page', () => {
  expect(rows.map(({ name, how, shown }) => ({ name, how, shown }))).toEqual([
    { name: '**This package**' },
    ...readTools().map(({ name, how, shown }) => ({ name, how, shown })),
  ]);
  expect(peers.filter(({ version }) => version === undefined)).toEqual([]);
});

test('this package: nothing is wrong in any column', () => {
  expect(rows[0]!.wrong).toEqual({ calm: {}, meanwhile: {}, faults: {}, killed: {} });
});

test('a run that finds something else than the page says', () => {
  const [kept] = peers;
  expect(findDifference(rows, kept!, 'calm')).toBeUndefined();
  const found = { ...kept!, wrong: { ...kept!.wrong, calm: { lost: 1 }, meanwhile: {} } };
  expect(findDifference(rows, found, 'calm')).toMatch(/nothing fails: lost: 1\. The page says: /);
  expect(findDifference(rows, found, 'meanwhile')).toContain(': nothing. The page says: ');
  expect(findDifference([], kept!, 'calm')).toContain('The page says: undefined');
});

const LOST = 'lost what was written during the move';
const OVERWROTE = 'overwrote what was archived during the move';

/** Each is claimed of the tools with their defaults and with their safest flags. */
const CLAIMS = [
  ['README.md', 'They delete the source unconditionally', LOST, ['rclone move', 's5cmd mv']],
  [
    'docs/faq.md',
    'loses what is written to a source between its copy and its delete',
    LOST,
    ['aws s3 mv', 'rclone move', 's5cmd mv', 'mc mv', 's7cmd mv'],
  ],
  ['docs/coming-from.md', '`--no-clobber` looks first and copies then', OVERWROTE, ['s5cmd mv']],
  ['docs/coming-from.md', 'what lies in folders is left behind', 'left behind', ['mc mv']],
] as const;

test.each(CLAIMS)('%s: %s', (page, claim, kind, tools) => {
  expect(read(page)).toContain(claim);
  for (const tool of tools) {
    const found = peers.filter(({ name }) => name === `\`${tool}\``);
    expect(found.map(({ how, wrong }) => [how, kind in wrong.meanwhile])).toEqual([
      ['defaults', true],
      ['safest', true],
    ]);
  }
});
