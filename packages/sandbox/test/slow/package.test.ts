import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildSandbox } from '../../../../scripts/packages/sandbox';
import * as sandbox from '../../src';
import { archiverTemplate, cleanUp, writeAssembly } from '../fixtures/assembly';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../../../..');
const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-package-'));
beforeAll(() => buildSandbox(folder));
afterAll(() => {
  cleanUp();
  rmSync(folder, { recursive: true });
});

const manifest = () => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

/**
 * Runs the command as npm starts it, from another folder, without access to any file of this
 * repository.
 */
function command(name: string, ...argv: string[]) {
  return commandIn(tmpdir(), name, ...argv);
}

/**
 * npm tells a script the folder of its caller (INIT_CWD). The script runs in a different folder.
 */
function commandIn(cwd: string, name: string, ...argv: string[]) {
  const env = { ...process.env, INIT_CWD: ROOT };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(folder, manifest().bin[name]), ...argv],
    { cwd, env, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

test('it exports and declares the same', () => {
  const declarations = readFileSync(path.join(folder, 'index.d.ts'), 'utf8');
  const names = [...declarations.matchAll(/^export declare (?:function|class) (\w+)/gm)].map(
    ([, name]) => name,
  );
  expect(names.sort()).toEqual(Object.keys(sandbox).sort());
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  expect(Object.keys(require(path.join(folder, 'index.js'))).sort()).toEqual(names.sort());
  const types = [...declarations.matchAll(/^export declare (?:interface|type) (\w+)/gm)].map(
    ([, name]) => name,
  );
  expect(types.sort()).toEqual([
    'Counts',
    'FaultKind',
    'FaultPlan',
    'FaultRule',
    'ObjectStore',
    'RestoreCounts',
    'RunOptions',
    'S3Options',
    'Sandbox',
    'SandboxOptions',
    'SandboxSummary',
    'StoredObject',
    'VerifyCounts',
  ]);
  // A user who installs the package has no other package to import types from.
  expect(declarations).not.toMatch(/\bfrom ['"]|\bimport\(/);
});

test('its bill of materials names what each bundle contains, as the licenses do', () => {
  const sbom = JSON.parse(readFileSync(path.join(folder, 'sbom.cdx.json'), 'utf8')) as {
    metadata: { component: { name: string; components: { name: string; 'bom-ref': string }[] } };
    components: { name: string; version: string }[];
    dependencies: { ref: string; dependsOn: string[] }[];
  };
  expect(sbom.metadata.component.name).toBe('cdk-s3-dated-archiver-sandbox');
  expect(sbom.metadata.component.components.map((bundle) => bundle['bom-ref'])).toEqual([
    'cli.js',
    'index.js',
    's3.js',
  ]);
  const licenses = readFileSync(path.join(folder, 'THIRD_PARTY_LICENSES'), 'utf8');
  expect(sbom.components.length).toBeGreaterThan(10);
  expect(
    sbom.components.filter(
      ({ name, version }) =>
        !licenses.includes(`${name}@${version}`) && !licenses.includes(`${name} ${version}`),
    ),
  ).toEqual([]);
  expect(
    sbom.dependencies
      .filter(({ ref }) => ref.endsWith('.js'))
      .every(({ dependsOn }) => dependsOn.length > 0),
  ).toBe(true);
});

test('its declarations compile on their own, and are what the sandbox is', () => {
  const file = path.join(folder, 'use.ts');
  writeFileSync(
    file,
    [
      `import type * as source from '${path.join(ROOT, 'packages/sandbox/src')}';`,
      "import type * as declared from './index';",
      'export const forth = (module: typeof source): typeof declared => module;',
      'export const back = (module: typeof declared): typeof source => module;',
    ].join('\n'),
  );
  const { stdout } = spawnSync(
    process.execPath,
    [
      path.join(ROOT, 'node_modules/typescript/bin/tsc'),
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--module',
      'node16',
      '--esModuleInterop',
      '--resolveJsonModule',
      '--skipLibCheck',
      '--typeRoots',
      path.join(ROOT, 'node_modules/@types'),
      '--types',
      'node',
      file,
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  rmSync(file);
  expect(stdout).toBe('');
});

test('it has no dependencies, and the version of the construct', () => {
  expect(Object.keys(manifest()).filter((field) => /dependencies/i.test(field))).toEqual([]);
  expect(manifest().version).toBe(
    JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version,
  );
  expect(readdirSync(folder).sort()).toEqual([
    'LICENSE',
    'README.md',
    'THIRD_PARTY_LICENSES',
    'cli.js',
    'index.d.ts',
    'index.js',
    'network-guard.cjs',
    'package.json',
    'runtime.cjs',
    's3.js',
    'sbom.cdx.json',
  ]);
});

test('its command runs an assembly', () => {
  const app = writeAssembly([{ name: 'Stack', template: archiverTemplate() }]);
  expect(
    command('cdk-s3-dated-archiver-sandbox', '--app', app, '--input', '{"date":"2026-11-24"}'),
  ).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringMatching(/^SUCCEEDED after /m),
  });
});

test.each(['cdk-s3-dated-archiver-sandbox', 'cdk-s3-dated-archiver-s3'])(
  '%s has --help and --version',
  (name) => {
    expect(command(name, '--help')).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining(`usage: npx ${name} `),
    });
    expect(command(name, '--version')).toEqual({
      status: 0,
      stderr: '',
      stdout: `${manifest().version}\n`,
    });
  },
);

test('its command takes relative paths from where it runs, wherever npm was called', () => {
  const app = writeAssembly([{ name: 'Stack', template: archiverTemplate() }]);
  const argv = ['--app', '.', '--input', '{}', '--json', 'night.json'];
  expect(commandIn(app, 'cdk-s3-dated-archiver-sandbox', ...argv)).toMatchObject({
    status: 0,
    stderr: '',
  });
  expect(existsSync(path.join(app, 'night.json'))).toBe(true);
});

test.each(['cdk-s3-dated-archiver-sandbox', 'cdk-s3-dated-archiver-s3'])(
  'the usage of %s says how it is called',
  (name) => {
    expect(command(name, '--nonsense')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(`usage: npx ${name} `),
    });
  },
);

test('what its README links to exists', () => {
  const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const targets = [...readme.matchAll(/\/cdk-s3-dated-archiver\/blob\/main\/([^\s)#]+)/g)].map(
    ([, target]) => target,
  );
  expect(targets.filter((target) => !existsSync(path.join(ROOT, target)))).toEqual([]);
});
