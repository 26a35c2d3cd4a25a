/**
 * The linter rejects every import that projenrc/lint.ts forbids. The importing files do not exist;
 * the imported files do.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { linterFor, type Lint, ROOT } from './linter';

let lint: Lint;
beforeAll(async () => {
  lint = await linterFor(ROOT);
});

/** The folders of src and of the packages' src, with how many files each folder has. */
function countFiles(folder: string): [folder: string, files: number][] {
  const entries = fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  const below = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => countFiles(`${folder}/${name}`));
  return [[folder, entries.filter((entry) => entry.isFile()).length], ...below];
}

test('a folder has at most 16 files, so that it can be seen at a glance', () => {
  const crowded = [
    'src',
    ...['s3-double', 'engine', 'sandbox', 'command'].map((name) => `packages/${name}/src`),
  ]
    .flatMap(countFiles)
    .filter(([folder, files]) => files > 16 && folder !== 'src');
  // What src itself has is the public API: a file for each name that users import.
  expect(Object.fromEntries(crowded)).toEqual({});
});

const folders = fs.readdirSync(path.join(ROOT, 'src/lambda'));
const modulesOf = (folder: string) =>
  fs
    .readdirSync(path.join(ROOT, 'src/lambda', folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.basename(name, '.ts'));
const isFunction = (folder: string) => modulesOf(folder).includes(`${folder}.lambda`);
const functions = folders.filter(isFunction);
const shared = folders.filter((folder) => !isFunction(folder));

test('src/lambda holds seven functions and the folders that they share', () => {
  expect(functions).toHaveLength(7);
  expect(shared.length).toBeGreaterThan(4);
});

describe('an import that goes through a wall is rejected:', () => {
  test.each([
    ['the construct imports a function', 'src/construct', '../lambda/s3/retry'],
    [
      'a folder of the construct imports a function',
      'src/construct/monitoring',
      '../../lambda/s3/retry',
    ],
    ['the public API imports a function', 'src', './lambda/s3/retry'],
    ['a function imports the construct', 'src/lambda/plan-run', '../../construct/props/settings'],
    ['a function imports the public API', 'src/lambda/s3', '../../date-source'],
    ['the contract imports a function', 'src/contract', '../lambda/s3/retry'],
    ['the contract imports the construct', 'src/contract', '../construct/props/settings'],
    ['dates import a function', 'src/dates', '../lambda/s3/retry'],
    ['dates import the construct', 'src/dates', '../construct/props/settings'],
    ['dates import the contract', 'src/dates', '../contract/errors'],
    [
      'a folder of the construct imports a later one',
      'src/construct/functions',
      '../access/grants',
    ],
    [
      'a folder of the construct imports what is made of all of them',
      'src/construct/access',
      '../resources',
    ],
    [
      'a feature imports another',
      'src/features/packing/lambda',
      '../../glacier/lambda/restore-state',
    ],
    ['an action imports another', 'src/actions/restore/lambda', '../../verify/lambda/verify-batch'],
    [
      'the construct imports the functions of a feature',
      'src/construct/props',
      '../../features/filter/lambda/glob',
    ],
    ['the public API imports the functions of a feature', 'src', './features/filter/lambda/glob'],
    [
      "a feature's construct imports its own functions",
      'src/features/filter/construct',
      '../lambda/glob',
    ],
    [
      'a function imports the construct of a feature',
      'src/lambda/s3',
      '../../features/filter/construct/filter-settings',
    ],
    [
      'the contract imports the functions of a feature',
      'src/contract',
      '../features/filter/lambda/glob',
    ],
    ['the library imports the S3 double', 'src', '../packages/s3-double/src'],
    ['the library imports the sandbox', 'src/lambda/s3', '../../../packages/sandbox/src'],
    ['the S3 double imports the sandbox', 'packages/s3-double/src/http', '../../../sandbox/src'],
    ...functions.flatMap((folder) =>
      functions
        .filter((other) => other !== folder)
        .map((other) => [
          `${folder} imports ${other}`,
          `src/lambda/${folder}`,
          `../${other}/${other}.lambda`,
        ]),
    ),
    ...shared.map((folder) => [
      `${folder}, which functions share, imports one of them`,
      `src/lambda/${folder}`,
      '../plan-run/plan-run.lambda',
    ]),
    ['what is shared imports what is above it', 'src/lambda/s3', '../batch/batch-round'],
    [
      'a folder of the sandbox imports one above it',
      'packages/sandbox/src/lambda',
      '../core/sandbox',
    ],
    ['the engine imports the sandbox', 'packages/engine/src/lambda', '../../../sandbox/src'],
    ['the engine imports the S3 double', 'packages/engine/src/lambda', '../../../s3-double/src'],
    ['a folder of the engine imports one above it', 'packages/engine/src/lambda', '../index'],
    ['the sandbox imports the command', 'packages/sandbox/src/core', '../../../command/src'],
    ['the command imports the sandbox', 'packages/command/src/look', '../../../sandbox/src'],
    ['a folder of the command imports one above it', 'packages/command/src/look', '../cli/main'],
    ['a folder of the sandbox imports an entry', 'packages/sandbox/src/lambda', '../internal'],
    [
      'a folder of the S3 double imports one above it',
      'packages/s3-double/src/store',
      '../server/server',
    ],
  ])('%s', async (_, folder, specifier) => {
    expect(await lint(`${folder}/made-up.ts`, `import '${specifier}';\n`)).toEqual([
      'import/no-restricted-paths',
    ]);
  });
});

test.each([
  'src',
  'src/construct',
  'src/construct/monitoring',
  'src/contract',
  'src/contract/checks',
  'src/dates',
  'src/features/filter/construct',
  'src/features/packing/contract',
  'src/actions/archive/construct',
])('a file in %s must not import an npm package that only the functions bundle', async (folder) => {
  expect(await lint(`${folder}/made-up.ts`, "import 'valibot';\n")).toEqual([
    'import/no-extraneous-dependencies',
  ]);
});

// The files exist, because the rule about cycles reads them.
test.each([
  ['src/index.ts', './contract/payloads/run'],
  ['src/construct/props/settings.ts', '../../contract/payloads/run'],
  ['src/construct/monitoring/metrics.ts', '../../contract/payloads/run'],
  ['src/contract/errors.ts', './payloads/run'],
  ['src/contract/checks/check-bucket.ts', '../payloads/run'],
])('%s must import no more than types of payloads', async (file, specifier) => {
  const importing = (clause: string) =>
    lint(file, `${clause} from '${specifier}';\n\nexport type Made = Run;\n`);
  expect(await importing('import type { Run }')).toEqual([]);
  expect(await importing('import { type Run, Action }')).toContain(
    '@typescript-eslint/no-restricted-imports',
  );
});

test.each(['src/dates', 'src/lambda/move', 'packages/s3-double/src/store', 'packages/sandbox/src'])(
  'two files in %s must not import each other',
  async (folder) => {
    // The rule reads both files.
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cycle-'));
    fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
    const settings = ['.eslintrc.json', '.prettierrc.json', 'package.json'];
    for (const file of [...settings, 'tsconfig.json', 'tsconfig.dev.json']) {
      fs.copyFileSync(path.join(ROOT, file), path.join(directory, file));
    }
    const textOf = (other: string) =>
      `import * as other from './${other}';\n\nexport const made = (): unknown => other;\n`;
    fs.mkdirSync(path.join(directory, folder), { recursive: true });
    for (const [name, other] of [
      ['a', 'b'],
      ['b', 'a'],
      ['c', 'a'],
    ]) {
      fs.writeFileSync(path.join(directory, folder, `${name}.ts`), textOf(other));
    }
    const lintThere = await linterFor(directory);
    expect(await lintThere(`${folder}/a.ts`, textOf('b'))).toEqual(['import/no-cycle']);
    expect(await lintThere(`${folder}/c.ts`, textOf('a'))).toEqual([]);
    fs.rmSync(directory, { recursive: true });
  },
);

describe('an import that goes through a door passes:', () => {
  test.each([
    [
      'the construct imports the contract and dates',
      'src/construct/monitoring',
      ['../../contract/metrics', '../../dates/calendar'],
    ],
    ['the construct imports the CDK', 'src/construct', ['aws-cdk-lib/aws-s3', 'constructs']],
    ['the public API imports the construct', 'src', ['./construct/props/settings']],
    [
      'a function imports the contract, dates, what functions share and npm packages',
      'src/lambda/plan-run',
      ['@aws-sdk/client-s3', '../../contract/errors', '../../dates/calendar', '../s3/retry'],
    ],
    ['what functions share imports what they share', 'src/lambda/move', ['../s3/retry']],
    ['the contract imports dates', 'src/contract', ['../dates/calendar']],
    [
      'a folder of the construct imports an earlier one',
      'src/construct/access',
      ['../functions/functions', '../places/place'],
    ],
    [
      'a function imports a feature',
      'src/lambda/batch',
      ['../../features/packing/lambda/pack/pack-batch'],
    ],
    [
      'a feature imports what functions share',
      'src/features/packing/lambda',
      ['../../../lambda/s3/retry'],
    ],
    ['the sandbox imports the S3 double', 'packages/sandbox/src', ['../../s3-double/src']],
    ['the sandbox imports the engine', 'packages/sandbox/src/core', ['../../../engine/src']],
    ['the command imports the engine', 'packages/command/src/cli', ['../../../engine/src']],
  ])('%s', async (_, folder, specifiers) => {
    expect(
      await lint(
        `${folder}/made-up.ts`,
        specifiers.map((specifier) => `import '${specifier}';\n`).join(''),
      ),
    ).toEqual([]);
  });
});
