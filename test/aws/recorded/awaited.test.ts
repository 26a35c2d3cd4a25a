/**
 * The table "What only AWS can tell" is complete: each statement that waits for AWS is marked with
 * an id of the table, and each row that the table names is a row of `verify:aws`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { AWAITED } from './awaited';
import { SCENARIOS } from '../verify/scenarios';
import { namesOf } from '../verify/scenarios/scenario';
import { SMOKE } from '../verify/scenarios/smoke';

const ROOT = path.resolve(__dirname, '../../..');

const PLACES = [
  'src',
  'docs',
  'packages/engine/src',
  'packages/sandbox/src',
  'packages/sandbox/docs',
  'packages/sandbox/README.md',
  'packages/s3-double/src',
  'packages/s3-double/README.md',
  'test/aws/verify',
  'SECURITY.md',
];
/** The table itself, the pages about the command that asks, what it says, and what is generated. */
const EXCEPT = [
  'docs/aws-recorded.md',
  'docs/verify-aws.md',
  'docs/verify-aws-details.md',
  'docs/results/aws.md',
  'docs/results/conformance.md',
  'test/aws/verify/report/pages.ts',
];

/** A comment may break the line, which then begins with `*` or `//`. */
const GAP = String.raw`(?:\s|\*|\/\/)+`;
const MARK = new RegExp(`only${GAP}AWS${GAP}can${GAP}tell:${GAP}([a-z-]+)`, 'gi');
/** How such a statement is worded here. */
const STATEMENT = new RegExp(
  [
    'nobody has (recorded|tried)',
    'AWS (does not document|documents neither)',
    'is not documented',
    'are undocumented',
    'unconfirmed',
    'no public (page|source)',
    'the price list does not name',
  ]
    .map((words) => words.replaceAll(' ', GAP))
    .join('|'),
  'gi',
);
/** Characters between a statement and its mark. */
const NEAR = 600;

interface Text {
  readonly file: string;
  readonly text: string;
}

function texts(): Text[] {
  const files = PLACES.flatMap((place) =>
    /\.md$/.test(place)
      ? [place]
      : readdirSync(path.join(ROOT, place), { recursive: true, encoding: 'utf8' }).map((name) =>
          path.join(place, name),
        ),
  );
  return files
    .filter((file) => /(?<!\.test)\.(ts|md)$/.test(file) && !EXCEPT.includes(file))
    .map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));
}

/** Statements without a mark near them. */
function unmarked({ file, text }: Text): string[] {
  const marks = [...text.matchAll(MARK)].map(({ index }) => index);
  return [...text.matchAll(STATEMENT)]
    .filter(({ index }) => !marks.some((mark) => Math.abs(mark - index) < NEAR))
    .map(({ 0: words, index }) => `${file}:${text.slice(0, index).split('\n').length}: ${words}`);
}

const ids = AWAITED.map(({ id }) => id);
const rows = [...SCENARIOS, SMOKE].flatMap(namesOf);

test('each row of the table is a row of verify:aws', () => {
  const named = AWAITED.flatMap((each) => each.rows);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((row) => !rows.includes(row))).toEqual([]);
});

test('what has no row says why', () => {
  expect(AWAITED.filter((each) => each.rows.length === 0 && !each.notAsked)).toEqual([]);
});

test('no id is there twice', () => {
  expect(new Set(ids).size).toBe(ids.length);
});

test('each mark in sources and pages names an id of the table', () => {
  const marks = texts().flatMap(({ file, text }) =>
    [...text.matchAll(MARK)].map(([, id]) => ({ file, id: id! })),
  );
  expect(marks.length).toBeGreaterThan(10);
  expect(marks.filter(({ id }) => !ids.includes(id))).toEqual([]);
});

test('each statement that waits for AWS has a mark', () => {
  expect(texts().flatMap(unmarked)).toEqual([]);
});

test('a statement without a mark is found, also over two lines of a comment', () => {
  const text = '// Nobody has\n  // recorded it.';
  expect(unmarked({ file: 'a.ts', text })).toEqual(['a.ts:1: Nobody has\n  // recorded']);
  expect(unmarked({ file: 'a.ts', text: `${text} Only AWS\n // can tell: glacier.` })).toEqual([]);
});
