/**
 * The linter rejects code that is not formatted, lines and functions that are too long, and types
 * that nobody wrote down. `npm test` runs it without repairs, so it fails on all of these.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { linterFor, type Lint, ROOT } from './linter';

const SOURCES = ['src/lambda/s3', 'packages/engine/src/lambda'];

let lint: Lint;
beforeAll(async () => {
  lint = await linterFor(ROOT);
});

interface Task {
  readonly steps: readonly { readonly execArgs?: readonly string[] }[];
}

test('npm test lints every folder that eslint formats, repairs nothing, and takes no warning', () => {
  const { tasks } = JSON.parse(fs.readFileSync(path.join(ROOT, '.projen/tasks.json'), 'utf8')) as {
    readonly tasks: { readonly [name: string]: Task };
  };
  const argumentsOf = (name: string) => tasks[name].steps.flatMap(({ execArgs = [] }) => execArgs);
  expect(argumentsOf('test')).toContain('projen lint');
  expect(argumentsOf('lint')).toEqual([
    ...argumentsOf('eslint').filter((each) => each !== '--fix' && each !== '$@'),
    '--max-warnings',
    '0',
  ]);
});

test.each([...SOURCES, 'test/unit', 'scripts', 'assurance', 'benchmark', 'site', 'examples'])(
  'code in %s is formatted, with lines of up to 100 columns',
  async (folder) => {
    const file = `${folder}/made-up.ts`;
    const name = 'a'.repeat(82);
    expect(await lint(file, `export const ${name} = 1;\n`)).toEqual([]);
    expect(await lint(file, 'export  const made = 1\n')).toEqual(['prettier/prettier']);
    expect(await lint(file, `export const made = [${'10, '.repeat(30)}];\n`)).toContain(
      'prettier/prettier',
    );
  },
);

test.each([...SOURCES, 'test/unit', 'scripts', 'assurance', 'benchmark', 'site', 'examples'])(
  'a comment in %s has at most 100 columns, unless it has a URL',
  async (folder) => {
    const commented = (comment: string) =>
      lint(`${folder}/made-up.ts`, `// ${comment}\nexport const made = 1;\n`);
    expect(await commented('x'.repeat(97))).toEqual([]);
    expect(await commented('x'.repeat(98))).toEqual(['max-len']);
    expect(await commented(`https://docs.aws.amazon.com/${'x'.repeat(98)}`)).toEqual([]);
  },
);

test('a string in src has at most 100 columns; a template and a test may be what they are', async () => {
  const assigned = (file: string, value: string) =>
    lint(file, `export const made =\n  ${value};\n`);
  expect(await assigned('src/lambda/s3/made-up.ts', `'${'x'.repeat(95)}'`)).toEqual([]);
  expect(await assigned('src/lambda/s3/made-up.ts', `'${'x'.repeat(96)}'`)).toEqual(['max-len']);
  expect(await assigned('packages/sandbox/src/made-up.ts', `'${'x'.repeat(96)}'`)).toEqual([
    'max-len',
  ]);
  expect(await assigned('test/unit/made-up.test.ts', `'${'x'.repeat(96)}'`)).toEqual([]);
  expect(
    await lint('src/lambda/s3/made-up.ts', `export const made = \`\n${'x'.repeat(101)}\`;\n`),
  ).toEqual([]);
});

const made = (lines: number, comments = 0) =>
  `declare function call(): void;\n\n${'// why\n'.repeat(comments)}export function made(): void ` +
  `{\n${'  call();\n'.repeat(lines)}}\n`;

test.each(SOURCES)(
  '%s has functions of at most 70 lines, and files of at most 400, without comments',
  async (folder) => {
    const file = `${folder}/made-up.ts`;
    expect(await lint(file, made(68, 400))).toEqual([]);
    expect(await lint(file, made(69))).toEqual(['max-lines-per-function']);
    const values = (lines: number) => 'export {};\n'.repeat(lines);
    expect(await lint(file, values(400))).toEqual([]);
    expect(await lint(file, values(401))).toEqual(['max-lines']);
  },
);

test.each(['src', 'src/construct/props', 'src/dates', 'src/lambda/s3'])(
  'what a file in %s exports has a type that is written down',
  async (folder) => {
    const file = `${folder}/made-up.ts`;
    const returning = (type: string) => `export function made()${type} {\n  return 1;\n}\n`;
    expect(await lint(file, returning(': number'))).toEqual([]);
    expect(await lint(file, returning(''))).toEqual([
      '@typescript-eslint/explicit-module-boundary-types',
    ]);
  },
);
