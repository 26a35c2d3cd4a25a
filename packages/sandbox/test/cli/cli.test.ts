import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import {
  DescribeExecutionCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { bundleSandbox } from '../../../../test/helpers/bundle-command';
import { openSandbox } from '../../src/internal';
import { archiverTemplate, cleanUp, temporaryDirectory, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const root = path.join(__dirname, '../../../..');

let command: string;
beforeAll(() => {
  command = bundleSandbox();
});

function cli(
  ...argv: string[]
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...argv], { cwd: root });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/**
 * Returns an assembly with two archivers in stacks that differ only in the bucket of the first
 * archiver.
 */
function assembly(source: object = { Ref: 'Source' }): string {
  const template = { Parameters: { Needed: { Type: 'String' } }, ...archiverTemplate() };
  template.Resources.BatchFunction.Properties.Environment.Variables.SOURCE_BUCKET = source;
  return writeAssembly([
    { name: 'One', template },
    { name: 'Two', template: archiverTemplate() },
  ]);
}

test('0: --help explains the flags, --version says the version', async () => {
  expect(await cli('--help')).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('--bucket LOGICALID=NAME'),
  });
  expect(await cli('--version')).toEqual({ status: 0, stderr: '', stdout: '0.0.0\n' });
});

test('0: the run succeeded; the summary is for people on stdout and as JSON in the file', async () => {
  const json = path.join(temporaryDirectory(), 'out.json');
  const { status, stdout, stderr } = await cli(
    '--app',
    writeAssembly([{ name: 'Stack', template: archiverTemplate() }]),
    '--input',
    '{"date":"2026-11-24"}',
    '--json',
    json,
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^SUCCEEDED after /m);
  expect(stdout).not.toContain('\x1b');
  expect(Object.keys(JSON.parse(fs.readFileSync(json, 'utf8')))).toEqual([
    'status',
    'error',
    'cause',
    'action',
    'dryRun',
    'counts',
    'bytes',
    'seconds',
    'requests',
    'transitions',
    'children',
    'invocations',
    'alerts',
    'events',
    'report',
    'estimate',
  ]);
});

test('1: the run failed; the summary is written all the same', async () => {
  const json = path.join(temporaryDirectory(), 'out.json');
  const plan =
    'exports.handler = async () => { throw Object.assign(new Error("bad date"), { name: ' +
    '"InvalidRunInput" }); };';
  const { status, stdout } = await cli(
    '--app',
    writeAssembly([{ name: 'Stack', template: archiverTemplate({ plan }) }]),
    '--json',
    json,
  );
  expect(status).toBe(1);
  expect(stdout).toContain('FAILED: InvalidRunInput');
  expect(JSON.parse(fs.readFileSync(json, 'utf8'))).toMatchObject({
    status: 'FAILED',
    error: 'InvalidRunInput',
    counts: null,
    report: null,
  });
});

test.each([
  ['an unknown flag', () => ['--fast'], "Unknown option '--fast'"],
  ['a directory that is not there', () => ['--app', '/absent'], 'no such directory'],
  [
    'a directory that is no assembly',
    () => ['--app', temporaryDirectory()],
    'not a cloud assembly',
  ],
  [
    'a summary that cannot be written',
    () => ['--app', assembly(), '--json', `${__filename}/out.json`],
    'cannot be written',
  ],
  [
    'a parameter without a value',
    () => ['--app', assembly({ Ref: 'Needed' }), '--stack', 'One'],
    'give it with --bucket Needed=NAME',
  ],
  [
    'a bucket that may be one of several',
    () => ['--app', assembly(), '--bucket', 'Source=mine'],
    'choose one\n  One/Source\n  Two/Source',
  ],
])('2: %s; what is wrong and the usage are on stderr', async (_name, argv, message) => {
  const { status, stdout, stderr } = await cli(...argv());
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
  expect(stderr).toContain('usage: npm run --silent sandbox -- --app DIR');
});

test('what another S3 says when it fails cannot write on the terminal', async () => {
  const message = 'no\u009b2J\u202eSUCCEEDED\nSUCCEEDED after 1 s';
  const server = createServer(({ method }, response) =>
    method === 'HEAD'
      ? response.end()
      : response.writeHead(400).end(`<Error><Code>Bad</Code><Message>${message}</Message></Error>`),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const filled = temporaryDirectory();
  fs.writeFileSync(path.join(filled, 'a'), 'x');
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { status, stdout, stderr } = await cli(
      '--app',
      writeAssembly([{ name: 'Stack', template: archiverTemplate() }]),
      '--endpoint',
      endpoint,
      '--bucket',
      'Source=mine',
      '--fill',
      filled,
    );
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim()).toBe(
      'sandbox: it broke: no\\u{9b}2J\\u{202e}SUCCEEDED\\u{a}SUCCEEDED after 1 s (DEBUG=1 shows ' +
        'where)',
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('the completion is a script', async () => {
  expect(await cli('--completion', 'bash')).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining(
      'complete -F _cdk_s3_dated_archiver_sandbox cdk-s3-dated-archiver-sandbox',
    ),
  });
});

test('what lies in a folder goes in, and what the buckets hold comes out', async () => {
  const [filled, out] = [temporaryDirectory(), path.join(temporaryDirectory(), 'out')];
  fs.mkdirSync(path.join(filled, 'in'));
  fs.writeFileSync(path.join(filled, 'in', 'a b.txt'), 'content');
  const template = archiverTemplate({ batch: 'exports.handler = async () => 1' });
  const { status, stdout } = await cli(
    '--app',
    writeAssembly([{ name: 'Stack', template }]),
    '--input',
    '{"date":"2026-11-24"}',
    '--bucket',
    'Source=given',
    '--fill',
    filled,
    '--out',
    out,
  );
  expect([status, fs.readFileSync(path.join(out, 'given', 'in', 'a b.txt'), 'utf8')]).toEqual([
    0,
    'content',
  ]);
  expect(stdout).toMatch(/^1 file \(7 bytes\) of .* put into s3:\/\/given\/$/m);
});

test(
  'while it serves, the printed endpoint starts runs; a signal ends it with the status of ' +
    'its own run',
  async () => {
    const plan =
      'exports.handler = async ({ input }) => { if (input.fail) throw new Error("no"); return ' +
      'input; };';
    const template = archiverTemplate({ plan });
    Object.assign(template.Resources.Alerts, { Properties: { TopicName: 'alerts' } });
    const app = writeAssembly([{ name: 'Stack', template }]);
    const { stateMachineArn, close } = await machineOf(app);
    await close();
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        'packages/sandbox/src/cli.ts',
        '--app',
        app,
        '--input',
        '{"fail":1}',
        '--keep-serving',
      ],
      { cwd: root },
    );
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    const closed = new Promise((resolve) => child.on('close', resolve));
    while (!stdout.includes('Ctrl-C ends it.') && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const [, endpoint] = /AWS_ENDPOINT_URL=(\S+)/.exec(stdout)!;
    const sfn = new SFNClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, input: '{}' }),
    );
    let status: string | undefined = 'RUNNING';
    while (status === 'RUNNING') {
      ({ status } = await sfn.send(new DescribeExecutionCommand({ executionArn })));
    }
    expect(status).toBe('SUCCEEDED');
    // So is how each of them ended, since a run without problems sends no message.
    const { executionArn: failing } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name: 'by-hand', input: '{"fail":1}' }),
    );
    const ends = () => stdout.match(/^FAILED: .*: run by-hand$/gm)?.length ?? 0;
    while (ends() < 1 && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await sfn.send(new RedriveExecutionCommand({ executionArn: failing }));
    while (ends() < 2 && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(stdout).toContain(`SUCCEEDED: run ${executionArn!.split(':').at(-1)}\n`);
    // What comes later is shown as well, also what is for a chat.
    const sns = new SNSClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const TopicArn = 'arn:aws:sns:us-east-1:123456789012:alerts';
    const chat = JSON.stringify({
      version: '1.0',
      source: 'custom',
      content: { title: 'For a chat', description: 'What happened', nextSteps: ['Do this'] },
    });
    await sns.send(
      new PublishCommand({ TopicArn, Subject: 'For a person', Message: 'Look at it' }),
    );
    await sns.send(new PublishCommand({ TopicArn, Message: chat }));
    while (!stdout.includes('Do this') && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(stdout).toMatch(
      /^alert {5}For a person\n {10}Look at it\nchat {6}For a chat\n {10}What happened\n {10}Do this\n/m,
    );
    child.kill('SIGTERM');
    expect(await closed).toBe(1);
  },
  60_000,
);

async function machineOf(app: string) {
  const sandbox = await openSandbox({ app });
  return { stateMachineArn: sandbox.stateMachineArn, close: () => sandbox.close() };
}

test('every other request fails for the archiver, and none for the sandbox', async () => {
  const { status, stdout } = await cli(
    '--app',
    writeAssembly([{ name: 'Stack', template: archiverTemplate() }]),
    '--input',
    '{}',
    '--faults',
    'ExpiredToken=1',
  );
  expect([status, stdout]).toEqual([1, expect.stringContaining('FAILED: States.ItemReaderFailed')]);
});
