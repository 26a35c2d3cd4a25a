import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { archiverTemplate, cleanUp, temporaryDirectory, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const root = path.join(__dirname, '../../../..');

/** Runs the command in the same way as npm. */
function cli(...argv: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(path.join(root, 'node_modules', '.bin', 'tsx'), ['packages/sandbox/src/cli.ts', ...argv], { cwd: root });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => { stdout += chunk; });
    child.stderr.on('data', (chunk) => { stderr += chunk; });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** Returns an assembly with two archivers in stacks that differ only in the bucket of the first archiver. */
function assembly(source: object = { Ref: 'Source' }): string {
  const template = { Parameters: { Needed: { Type: 'String' } }, ...archiverTemplate() };
  template.Resources.BatchFunction.Properties.Environment.Variables.SOURCE_BUCKET = source;
  return writeAssembly([{ name: 'One', template }, { name: 'Two', template: archiverTemplate() }]);
}

test('0: --help explains the flags, --version says the version', async () => {
  expect(await cli('--help')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('--bucket LOGICALID=NAME') });
  expect(await cli('--version')).toEqual({ status: 0, stderr: '', stdout: '0.0.0\n' });
});

test('0: the run succeeded; the summary is for people on stdout and as JSON in the file', async () => {
  const json = path.join(temporaryDirectory(), 'out.json');
  const { status, stdout, stderr } = await cli('--app', writeAssembly([{ name: 'Stack', template: archiverTemplate() }]), '--input', '{"date":"2026-11-24"}', '--json', json);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^SUCCEEDED after /m);
  expect(stdout).not.toContain('\x1b');
  expect(Object.keys(JSON.parse(fs.readFileSync(json, 'utf8')))).toEqual([
    'status', 'error', 'cause', 'counts', 'bytes', 'seconds', 'requests', 'transitions', 'children', 'invocations', 'alerts', 'report', 'estimate',
  ]);
});

test('1: the run failed; the summary is written all the same', async () => {
  const json = path.join(temporaryDirectory(), 'out.json');
  const plan = 'exports.handler = async () => { throw Object.assign(new Error("bad date"), { name: "InvalidRunInput" }); };';
  const { status, stdout } = await cli('--app', writeAssembly([{ name: 'Stack', template: archiverTemplate({ plan }) }]), '--json', json);
  expect(status).toBe(1);
  expect(stdout).toContain('FAILED: InvalidRunInput');
  expect(JSON.parse(fs.readFileSync(json, 'utf8'))).toMatchObject({ status: 'FAILED', error: 'InvalidRunInput', counts: null, report: null });
});

test.each([
  ['an unknown flag', () => ['--fast'], "Unknown option '--fast'"],
  ['a directory that is not there', () => ['--app', '/absent'], 'no such directory'],
  ['a directory that is no assembly', () => ['--app', temporaryDirectory()], 'not a cloud assembly'],
  ['a summary that cannot be written', () => ['--app', assembly(), '--json', `${__filename}/out.json`], 'cannot be written'],
  ['a parameter that nobody gives a value', () => ['--app', assembly({ Ref: 'Needed' }), '--stack', 'One'], 'give it with --bucket Needed=NAME'],
  ['a bucket that may be one of several', () => ['--app', assembly(), '--bucket', 'Source=mine'], 'choose one\n  One/Source\n  Two/Source'],
])('2: %s; what is wrong and the usage are on stderr', async (_name, argv, message) => {
  const { status, stdout, stderr } = await cli(...argv());
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr).toContain('usage: npm run --silent sandbox -- --app DIR');
});
