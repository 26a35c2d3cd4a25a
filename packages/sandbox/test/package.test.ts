import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type * as Declared from 'cdk-s3-dated-archiver-sandbox';
import { buildSandbox } from '../../../scripts/packages/sandbox';
import * as sandbox from '../src/internal';
import { archiverTemplate, cleanUp, writeAssembly } from './fixtures/assembly';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../../..');
const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-package-'));
beforeAll(() => buildSandbox(folder));
afterAll(() => {
  cleanUp();
  rmSync(folder, { recursive: true });
});

const manifest = () => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** As npm starts it, from elsewhere, and with nothing of this repository within reach. */
function command(name: string, ...argv: string[]) {
  return commandIn(tmpdir(), name, ...argv);
}

/** npm tells a script where its caller stands (INIT_CWD), which is not where it runs. */
function commandIn(cwd: string, name: string, ...argv: string[]) {
  const env = { ...process.env, INIT_CWD: ROOT };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(folder, manifest().bin[name]), ...argv], { cwd, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('the sandbox is what the package declares', () => {
  // Checked by the compiler.
  const declared: typeof Declared.openSandbox = sandbox.openSandbox;
  expect(declared).toBe(sandbox.openSandbox);
  const names = [...readFileSync(path.join(folder, 'index.d.ts'), 'utf8').matchAll(/^export declare (?:function|class) (\w+)/gm)].map(([, name]) => name);
  expect(names.sort()).toEqual(Object.keys(sandbox).sort());
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  expect(Object.keys(require(path.join(folder, 'index.js'))).sort()).toEqual(names.sort());
});

test('it has no dependencies, and the version of the construct', () => {
  expect(Object.keys(manifest()).filter((field) => /dependencies/i.test(field))).toEqual([]);
  expect(manifest().version).toBe(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version);
  expect(readdirSync(folder).sort()).toEqual([
    'LICENSE', 'README.md', 'THIRD_PARTY_LICENSES', 'cli.js', 'index.d.ts', 'index.js', 'package.json', 'runtime.cjs', 's3.js',
  ]);
});

test('its command runs an assembly', () => {
  const app = writeAssembly([{ name: 'Stack', template: archiverTemplate() }]);
  expect(command('cdk-s3-dated-archiver-sandbox', '--app', app, '--input', '{"date":"2026-11-24"}')).toMatchObject({
    status: 0, stderr: '', stdout: expect.stringMatching(/^SUCCEEDED after /m),
  });
});

test('its command takes relative paths from where it runs, wherever npm was called', () => {
  const app = writeAssembly([{ name: 'Stack', template: archiverTemplate() }]);
  const argv = ['--app', '.', '--input', '{}', '--json', 'night.json'];
  expect(commandIn(app, 'cdk-s3-dated-archiver-sandbox', ...argv)).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(path.join(app, 'night.json'))).toBe(true);
});

test.each(['cdk-s3-dated-archiver-sandbox', 'cdk-s3-dated-archiver-s3'])('the usage of %s says how it is called', (name) => {
  expect(command(name, '--nonsense')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(`usage: npx ${name} `) });
});

test('what its README links to exists', () => {
  const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const targets = [...readme.matchAll(/\/cdk-s3-dated-archiver\/blob\/main\/([^\s)#]+)/g)].map(([, target]) => target);
  expect(targets.filter((target) => !existsSync(path.join(ROOT, target)))).toEqual([]);
});
