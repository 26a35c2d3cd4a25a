import { problems, reachable } from '../../../scripts/release/tarball-rule';

/**
 * Returns a small package. The construct loads one file of src/lambda. Only handlers load the file
 * next to it.
 */
function tarball(changes: Record<string, string | undefined> = {}): Map<string, string> {
  const papers = [
    'package.json',
    '.jsii',
    '.jsii.tabl.json',
    'README.md',
    'API.md',
    'CHANGELOG.md',
    'LICENSE',
    'NOTICE',
    'THIRD_PARTY_LICENSES',
    'sbom.cdx.json',
    'tools/erase_packed_object.py',
  ];
  const names = [
    'archive-batch',
    'explain-failure',
    'list-objects',
    'plan-run',
    'report-run',
    'restore-batch',
    'verify-batch',
  ];
  const bundles = names.flatMap((name) =>
    ['', '.map'].map((end) => `assets/lambda/${name}/${name}.lambda/index.js${end}`),
  );
  const files: Record<string, string | undefined> = {
    ...Object.fromEntries([...papers, ...bundles].map((file) => [file, ''])),
    'lib/index.js':
      'Object.defineProperty(exports, "__esModule", { value: true }); ' +
      '__exportStar(require("./construct"), exports);',
    'lib/construct.js':
      'const core = require("./core/dates"); const s3 = require("aws-cdk-lib/aws-s3"); const ' +
      'path = require("path");',
    'lib/core/dates.js': '',
    'lib/index.d.ts': "export * from './construct';",
    'lib/construct.d.ts':
      "import { Construct } from 'constructs'; export declare class Archiver extends Construct {}",
    ...changes,
  };
  return new Map(
    Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

test('what is needed, and no more, is no problem', () => {
  expect(problems(tarball())).toEqual([]);
});

test.each([
  ['a module of the handlers', 'lib/core/move.js'],
  ['an entry', 'lib/lambda/plan-run/plan-run.lambda.js'],
  ['declarations of what is not public', 'lib/core/dates.d.ts'],
  ['a test', 'test/unit/lambda/dates.test.ts'],
  ['the sandbox', 'packages/sandbox/src/cli.ts'],
  ['what a demo left behind', '.demo/cdk.out/tree.json'],
  ['another bundle', 'assets/lambda/other/other.lambda/index.js'],
  ['a metafile', 'assets/plan-run.meta.json'],
])('%s is refused', (_, file) => {
  expect(problems(tarball({ [file]: '' }))).toEqual([`${file} is needed by nobody`]);
});

test.each([
  ['a module that the construct loads', 'lib/core/dates.js'],
  ['a declaration', 'lib/construct.d.ts'],
  ['a bundle', 'assets/lambda/report-run/report-run.lambda/index.js'],
  ['the licenses of bundled code', 'THIRD_PARTY_LICENSES'],
  ['the assembly', '.jsii'],
])('%s is missed', (_, file) => {
  expect(problems(tarball({ [file]: undefined }))).toEqual([`${file} is missing`]);
});

test('code that loads what a consumer does not have is refused', () => {
  expect(problems(tarball({ 'lib/core/dates.js': 'const v = require("valibot");' }))).toEqual([
    'lib/core/dates.js loads valibot, which a consumer does not have',
  ]);
  expect(
    problems(
      tarball({
        'lib/construct.d.ts': "import * as v from 'valibot'; export type Dates = v.GenericSchema;",
      }),
    ),
  ).toEqual(['lib/construct.d.ts loads valibot, which a consumer does not have']);
});

test('imports are followed around circles', () => {
  const files = new Map([
    ['lib/a.js', 'require("./b/c")'],
    ['lib/b/c.js', 'require("../a")'],
  ]);
  expect([...reachable(files, 'lib/a.js', '.js')]).toEqual(['lib/a.js', 'lib/b/c.js']);
});
