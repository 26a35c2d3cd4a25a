/**
 * Runs the script for AWS CloudShell in an empty home, with nothing on the PATH but what CloudShell
 * has: bash and its usual programs, Node.js, Python, git and the AWS CLI. The first test installs
 * and bundles for real, unless INSTALL=stub: npm then takes what its cache has from there, and the
 * rest from the registry. The others take what this repository has. The CDK CLI is always a stub.
 * https://docs.aws.amazon.com/cloudshell/latest/userguide/vm-specs.html
 */
import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { BOOTSTRAP, Endpoints } from './endpoints';

/** `npm ci` takes most of it. */
jest.setTimeout(900_000);

const ROOT = path.resolve(__dirname, '../../../..');
const SCRIPT = path.join(ROOT, 'scripts/verify-in-cloudshell.sh');
const PROGRAMS = [
  'bash',
  'env',
  'node',
  'python3',
  'git',
  'aws',
  'mktemp',
  'rm',
  'rmdir',
  'mkdir',
  'find',
  'grep',
  'cat',
  'cut',
  'sha256sum',
  'sh',
  'dirname',
  'uname',
  'ln',
  'cp',
];

const ofPath = (program: string) =>
  execFileSync('bash', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();

const head = () =>
  execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();

/** `npm ci` and `npx projen bundle` find what this repository has installed and built. */
const STUBS = {
  npm: `#!/usr/bin/env bash
[ "$1" = ci ] && ln -s ${ROOT}/node_modules node_modules`,
  npx: `#!/usr/bin/env bash
case "$*" in
  'projen bundle') cp -r ${ROOT}/assets . ;;
  *) exit 1 ;;
esac`,
};
/** Asks the rehearsal's account to create or to delete what the assembly has. */
const CDK = `
const [command, stack] = process.argv.slice(1);
const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const assembly = option('--app');
const machines = command === 'deploy' ? JSON.parse(require('fs').readFileSync(assembly + '/../journal.json')).machines.join() : '';
fetch(process.env.AWS_ENDPOINT_URL + '/' + command + '?' + new URLSearchParams({ stack, assembly, machines })).then((answer) => {
  if (!answer.ok) process.exit(1);
  const urls = { MessagesUrl: 'http://queue/Messages', ScheduleMessagesUrl: 'http://queue/ScheduleMessages' };
  if (command === 'deploy') require('fs').writeFileSync(option('--outputs-file'), JSON.stringify({ [stack]: urls }));
});`;

/** npm itself, with the cache and the configuration of the user who runs the test. */
function installForReal(): void {
  const of = (name: string) =>
    execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
  Object.assign(environment, {
    npm_config_userconfig: of('userconfig'),
    npm_config_prefer_offline: 'true',
  });
  for (const name of ['npm', 'npx']) {
    fs.writeFileSync(
      path.join(directory, 'bin', name),
      '#!/usr/bin/env bash\n' +
        `npm_config_cache='${of('cache')}' exec ${fs.realpathSync(ofPath(name))} "$@"\n`,
      { mode: 0o755 },
    );
  }
}

let directory: string;
let endpoints: Endpoints;
let environment: NodeJS.ProcessEnv;
beforeEach(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'cloudshell-'));
  const bin = path.join(directory, 'bin');
  for (const folder of ['bin', 'home', 'tmp']) {
    fs.mkdirSync(path.join(directory, folder));
  }
  for (const program of PROGRAMS) {
    fs.symlinkSync(fs.realpathSync(ofPath(program)), path.join(bin, program));
  }
  fs.rmSync(path.join(bin, 'aws'));
  fs.writeFileSync(path.join(bin, 'aws'), `#!/bin/sh\nPATH='${process.env.PATH}' exec aws "$@"\n`, {
    mode: 0o755,
  });
  for (const [name, text] of Object.entries(STUBS)) {
    fs.writeFileSync(path.join(bin, name), text, { mode: 0o755 });
  }
  endpoints = new Endpoints();
  environment = {
    PATH: bin,
    HOME: path.join(directory, 'home'),
    TMPDIR: path.join(directory, 'tmp'),
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: await endpoints.open(),
    NODE_NO_WARNINGS: '1',
    VERIFY_REPOSITORY: `file://${ROOT}`,
    VERIFY_COMMIT: head(),
    VERIFY_CDK: JSON.stringify([process.execPath, '-e', CDK, '--']),
  };
});
afterEach(async () => {
  await endpoints.close();
  fs.rmSync(directory, { recursive: true });
});

interface Run {
  readonly environment?: NodeJS.ProcessEnv;
  /** When the output has this text, Ctrl-C is typed. */
  readonly interruptAt?: string;
}

function run(
  args: string[],
  { environment: more, interruptAt }: Run = {},
): Promise<{ status: number | null; output: string }> {
  const child = spawn(path.join(directory, 'bin/bash'), [SCRIPT, ...args], {
    cwd: environment.HOME,
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let isInterrupted = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (interruptAt === undefined || isInterrupted || !output.includes(interruptAt)) {
        return;
      }
      isInterrupted = true;
      // A terminal sends it to every process of the group.
      process.kill(-child.pid!, 'SIGINT');
    });
  }
  return new Promise((resolve) => child.once('close', (status) => resolve({ status, output })));
}

const inHome = () => fs.readdirSync(environment.HOME!).sort();

test('from an empty home to a report: it installs, bundles, verifies, and removes all that it made', async () => {
  const isReal = process.env.INSTALL !== 'stub';
  if (isReal) {
    installForReal();
  }
  const { status, output } = await run(['--only', 'smoke', '--yes']);
  expect(output).toContain('0 failed');
  expect(output.includes('bundle:lambda/archive-batch/archive-batch.lambda | esbuild')).toBe(
    isReal,
  );
  expect([status, status === 0 ? '' : output.slice(-2_000)]).toEqual([0, '']);
  expect(inHome()).toEqual(['.archiver-verify', 'verify-report.json', 'verify-report.md']);
  expect(
    JSON.parse(fs.readFileSync(path.join(environment.HOME!, 'verify-report.json'), 'utf8')),
  ).toMatchObject({
    region: 'eu-central-1',
    played: 'only smoke',
    summary: expect.stringMatching(/^\d+ passed, 0 failed$/),
  });
  expect(output).toContain(`It runs commit ${environment.VERIFY_COMMIT}, as VERIFY_COMMIT says`);
  expect(endpoints.left()).toEqual(BOOTSTRAP);
  expect([
    fs.readdirSync(path.join(environment.HOME!, '.archiver-verify')),
    fs.readdirSync(environment.TMPDIR!),
  ]).toEqual([[], []]);
});

test('Ctrl-C while scenarios are played: a report, and all that it made is removed', async () => {
  const { status, output } = await run(['--only', 'smoke', '--yes'], { interruptAt: 'On AWS:' });
  expect([status, output]).toEqual([
    1,
    expect.stringContaining('SIGINT: stops, and destroys what was created'),
  ]);
  expect(fs.readFileSync(path.join(environment.HOME!, 'verify-report.md'), 'utf8')).toContain(
    'interrupted by SIGINT',
  );
  expect([endpoints.left(), fs.readdirSync(environment.TMPDIR!)]).toEqual([BOOTSTRAP, []]);
});

test('without a terminal to ask at, nothing is created', async () => {
  const { status, output } = await run(['--only', 'smoke']);
  expect([status, output]).toEqual([
    2,
    expect.stringContaining('Nobody can be asked here: --yes says that it may.'),
  ]);
  expect(endpoints.left()).toEqual(BOOTSTRAP);
});

test('where the CDK cannot deploy, it prints the line that changes that, and ends', async () => {
  endpoints.isBootstrapped = false;
  const { status, output } = await run(['--yes']);
  expect([status, output]).toEqual([
    2,
    expect.stringMatching(
      /says that the parameter .* does not exist\. Nothing was changed\.[^]* bootstrap aws:\/\/111122223333\/eu-central-1\n/,
    ),
  ]);
  expect(endpoints.asked).toEqual(['sts GetCallerIdentity', 'ssm GetParameter']);
  expect([inHome(), fs.readdirSync(environment.TMPDIR!)]).toEqual([[], []]);
});

test('the AWS CLI is denied an answer about the bootstrap: nothing is made', async () => {
  endpoints.isDenied = true;
  const { status, output } = await run(['--yes']);
  expect([status, output]).toEqual([2, expect.stringContaining('AccessDeniedException')]);
  expect(endpoints.left()).toEqual(BOOTSTRAP);
  expect([inHome(), fs.readdirSync(environment.TMPDIR!)]).toEqual([[], []]);
});

test('without a region, or without credentials, it says what to type', async () => {
  const { status, output } = await run(['--yes'], { environment: { AWS_REGION: '' } });
  expect([status, output]).toEqual([
    2,
    expect.stringContaining('type export AWS_REGION=eu-central-1'),
  ]);
});
