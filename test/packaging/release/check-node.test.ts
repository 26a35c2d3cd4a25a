/** Every command tells an old Node.js in a sentence, before anything else is loaded. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { transformSync } from 'esbuild';
import { bundle, ENTRIES } from '../../../scripts/packages/sandbox';

const ROOT = path.resolve(__dirname, '../../..');
const CHECK = path.join(ROOT, 'scripts/check-node.cjs');
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');

let directory: string;
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'check-node-'));
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

/** Runs a file in a process that takes itself for another version. */
function runOn(version: string, file: string) {
  const stub = path.join(directory, 'stub.cjs');
  fs.writeFileSync(
    stub,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', stub, file, '--version'],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

test.each(['20.15.0', '20.20.2', '22.2.0', '22.11.0', '23.0.0', '24.1.0', '100.0.0'])(
  '%s is enough',
  (version) => {
    expect(runOn(version, CHECK)).toEqual({ status: 0, stdout: '', stderr: '' });
  },
);

test.each(['0.10.48', '8.17.0', '18.20.8', '20.0.0', '20.14.0', '21.7.3', '22.1.0'])(
  '%s is too old',
  (version) => {
    const { status, stderr } = runOn(version, CHECK);
    expect([status, stderr]).toEqual([
      2,
      `Node.js ${version} is too old for this command: install 20.15 or newer, of a line with ` +
        'long-term support (20, 22, 24), and repeat.\n',
    ]);
  },
);

test('any Node.js can read it', () => {
  const text = fs.readFileSync(CHECK, 'utf8');
  const print = (target: string) => transformSync(text, { target }).code;
  expect(print('es5')).toBe(print('esnext'));
  expect(text).not.toMatch(/\brequire\b|\bimport\b/);
});

test('each command in a clone begins with it', () => {
  const { scripts, engines } = JSON.parse(read('package.json')) as {
    scripts: Record<string, string>;
    engines: { node: string };
  };
  const checked = Object.keys(scripts).filter((name) =>
    scripts[name]!.startsWith('node scripts/check-node.cjs && exec '),
  );
  expect(checked.sort()).toEqual([
    'assurance',
    'bench',
    'conformance',
    'demo',
    'interleavings',
    'look',
    'probe',
    's3-dated-archiver',
    'sandbox',
    'sandbox:s3',
    'soak',
    'verify:aws',
  ]);
  for (const manifest of [
    'package.json',
    'packages/sandbox/package.json',
    'packages/command/package.json',
    'packages/engine/package.json',
  ]) {
    expect((JSON.parse(read(manifest)) as { engines: object }).engines).toEqual(engines);
  }
  expect(engines.node).toBe('>= 20.15.0');
});

test('npm test and npx jest begin with it', () => {
  expect(read('test/helpers/jest-setup/setup.ts')).toMatch(
    /^import '..\/..\/..\/scripts\/check-node.cjs';\n/,
  );
});

test.each(['cli', 's3'] as const)(
  'the command %s of the published sandbox begins with it',
  (name) => {
    const file = path.join(directory, `${name}.js`);
    bundle(ENTRIES[name], file);
    fs.writeFileSync(path.join(directory, 'package.json'), '{"version": "1.2.3"}');
    expect(runOn('20.14.0', file)).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Node\.js 20\.14\.0 is too old for this command/),
    });
    expect(runOn('20.15.0', file)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1.2.3'),
    });
  },
);
