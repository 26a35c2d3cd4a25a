import * as fs from 'node:fs';
import * as path from 'node:path';
import type { CdkVersion } from './which';
import { installPackages, ownModule, ROOT, runProgram, tryProgram } from '../compliance/programs';

export type Templates = Record<string, object>;

/** These tests and helpers use only the construct, so they run on every version. */
const CONSTRUCT_TESTS = [
  ...fs
    .readdirSync(path.join(ROOT, 'test/unit'))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `unit/${name}`),
  'unit/construct',
  'helpers/synth.ts',
];

/**
 * Prepares a folder with one version of CDK, the tarball, the apps of test/packaging/consumer and
 * the tests.
 */
export function prepare(folder: string, version: CdkVersion, tarball: string): void {
  const { devDependencies } = JSON.parse(
    fs.readFileSync(path.join(ROOT, 'test/packaging/consumer/package.json'), 'utf8'),
  ) as { devDependencies: Record<string, string> };
  const tools = Object.fromEntries(
    Object.entries(devDependencies).filter(([, range]) => !range.startsWith('file:')),
  );
  installPackages(folder, {
    ...tools,
    'aws-cdk-lib': version.cdk,
    constructs: version.constructs,
    'cdk-s3-dated-archiver': `file:${tarball}`,
  });
  copy('packaging/consumer/tsconfig.json', path.join(folder, 'apps/tsconfig.json'));
  for (const part of [
    'consumer/scenarios',
    'consumer/checks',
    'consumer/main.ts',
    'versions/templates.ts',
  ]) {
    copy(`packaging/${part}`, path.join(folder, 'apps', part));
  }
  for (const part of CONSTRUCT_TESTS) {
    copy(part, path.join(folder, 'test', part));
  }
  // The columns of the ledger's table are compared with it.
  copy('../docs/ledger.schema.json', path.join(folder, 'docs/ledger.schema.json'));
}

function copy(part: string, to: string): void {
  fs.cpSync(path.join(ROOT, 'test', part), to, { recursive: true });
}

export function compileApps(folder: string): string[] {
  const { status, output } = tryProgram(
    'node',
    [path.join(folder, 'node_modules/typescript/bin/tsc'), '-p', 'apps'],
    { cwd: folder },
  );
  return status === 0 ? [] : output.trim().split('\n');
}

export function consumerApps(folder: string): string {
  return show(tryProgram('node', ['apps/js/consumer/main.js'], { cwd: folder }).output);
}

/** Returns the apps' templates by scenario and stack. */
export function templates(folder: string): Templates {
  return JSON.parse(
    runProgram('node', ['apps/js/versions/templates.js'], { cwd: folder }),
  ) as Templates;
}

/** They use what changes between versions of CDK: state machines, grants, alarms, feature flags. */
const SAMPLE = [
  'unit/s3-dated-archiver.test.ts',
  'unit/construct/access/grants.test.ts',
  'unit/construct/feature-flags/app-wide.test.ts',
  'unit/construct/monitoring/alarms.test.ts',
  'unit/construct/state-machine/definition.test.ts',
  'version.test.ts',
];

/**
 * Runs the repository's own tests of the construct with the tarball instead of src/.
 *
 * @param isQuick whether a sample of them is enough
 */
export function constructTests(folder: string, version: CdkVersion, isQuick: boolean): string {
  fs.writeFileSync(
    path.join(folder, 'test/version.test.ts'),
    `
    test('the version is the one that is meant', () => expect(require('aws-cdk-lib/package.json').version).toBe('${version.cdk}'));
  `,
  );
  const config = {
    rootDir: folder,
    testMatch: (isQuick ? SAMPLE : ['**/*.test.ts']).map((test) => `<rootDir>/test/${test}`),
    // It simulates policies with the sandbox, which is not there.
    testPathIgnorePatterns: ['/node_modules/', 'construct/restore-to-reports.test'],
    // Jest looks into the folder's own packages first, and then here.
    modulePaths: [ownModule()],
    moduleNameMapper: {
      // Schemas that the construct knows as types only, so that they are not in the package.
      '^(?:\\.\\./)+src/contract/payloads/(.*)$': path.join(ROOT, 'src/contract/payloads/$1'),
      '^(?:\\.\\./)+src$': 'cdk-s3-dated-archiver',
      '^(?:\\.\\./)+src/(.*)$': '<rootDir>/node_modules/cdk-s3-dated-archiver/lib/$1',
    },
    transform: { '^.+\\.ts$': path.join(ROOT, 'test/helpers/jest-setup/esbuild-transform.js') },
    testTimeout: 60_000,
  };
  return show(
    tryProgram(
      'node',
      [ownModule('jest/bin/jest.js'), '--ci', '--silent', '--config', JSON.stringify(config)],
      { cwd: folder },
    ).output,
  );
}

/** Prints the output of a program without the lines of passed tests. */
function show(output: string): string {
  console.log(
    output
      .split('\n')
      .filter((line) => !line.startsWith('PASS '))
      .join('\n')
      .trim(),
  );
  return output;
}
