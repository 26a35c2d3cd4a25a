/**
 * Runs the command itself in its own process, and interrupts it as Ctrl-C does, or kills it. S3 is
 * the double. STS, Step Functions, SQS, CloudFormation and the CDK CLI are stubs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startS3, type S3Double } from '../../../../packages/s3-double/src';
import { parseReport } from '../report/kept';

jest.setTimeout(240_000);

const ROOT = path.resolve(__dirname, '../../../..');
const MAIN = ['--import', 'tsx', path.join(ROOT, 'test/aws/verify/main.ts')];
/** The id of a stack. */
const stackIdOf = (stack: string) =>
  `arn:aws:cloudformation:eu-central-1:111122223333:stack/${stack}/0f3a`;
const OUTPUTS = { MessagesUrl: 'http://queue/', ScheduleMessagesUrl: 'http://queue/' };
/** Reports its call to the test, and waits for the test's answer. */
const CDK = `
const [command, stack] = process.argv.slice(1);
fetch(process.env.AWS_ENDPOINT_URL + '/cdk/' + command + '?' + stack).then((answer) => {
  if (!answer.ok) process.exit(1);
  if (command === 'deploy') require('fs').writeFileSync(process.argv[process.argv.indexOf('--outputs-file') + 1], JSON.stringify({ [stack]: ${JSON.stringify(OUTPUTS)} }));
});`;

let directory: string;
let double: S3Double;
let aws: Server;
/** The double, with the tags of buckets, which it does not have. */
let taggedS3: Server;
let child: ChildProcess;
let output: string;
/** The requests to AWS, except for those to S3. */
let asked: string[];
/** The buckets of the stack that was deployed. */
let buckets: string[];
/** The stacks that are there. */
let stacks: Set<string>;
let deployment: Promise<void>;
let destruction: Promise<void>;
let finishDestruction: () => void;
/** Step Functions tests no definition before this. */
let tests: Promise<void>;
let finishTests: () => void;
let isTested: boolean;
let finishDeployment: () => void;

beforeEach(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'interrupt-'));
  double = await startS3({ account: '111122223333' });
  output = '';
  asked = [];
  buckets = [];
  stacks = new Set();
  deployment = new Promise((resolve) => {
    finishDeployment = resolve;
  });
  destruction = new Promise((resolve) => {
    finishDestruction = resolve;
  });
  finishDestruction();
  tests = new Promise((resolve) => {
    finishTests = resolve;
  });
  finishTests();
  isTested = false;
  aws = createServer((request, response) => {
    answer(request).then(
      (text) => response.end(text),
      ({ name, message }: Error) =>
        response
          .writeHead(400)
          .end(`<Error><Code>${name}</Code><Message>${message}</Message></Error>`),
    );
  });
  taggedS3 = createServer(serveTaggedS3);
  for (const server of [aws, taggedS3]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid!, 'SIGKILL');
  }
  for (const server of [aws, taggedS3]) {
    server.closeAllConnections();
    server.close();
  }
  await double.close();
  fs.rmSync(directory, { recursive: true });
});

const s3 = () =>
  new S3Client({
    endpoint: double.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    forcePathStyle: true,
  });

function serveTaggedS3(request: IncomingMessage, response: ServerResponse): void {
  const [, bucket = ''] = /^\/([^/?]+)\/?\?tagging/.exec(request.url!) ?? [];
  if (bucket !== '' && request.method === 'GET') {
    if (!double.store.buckets.has(bucket)) {
      response.writeHead(404).end('<Error><Code>NoSuchBucket</Code></Error>');
      return;
    }
    const tags = tagsOf(bucket.split('-').slice(0, 3).join('-')).map(
      ([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`,
    );
    response.end(`<Tagging><TagSet>${tags.join('')}</TagSet></Tagging>`);
    return;
  }
  request.pipe(
    httpRequest(
      `${double.endpoint}${request.url}`,
      { method: request.method, headers: request.headers },
      (answered) => {
        response.writeHead(answered.statusCode!, answered.headers);
        answered.pipe(response);
      },
    ).on('error', () => response.destroy()),
  );
}

const tagsOf = (stack: string) => [
  ['cdk-s3-dated-archiver', `verify-${stack.split('-')[2]}`],
  ['aws:cloudformation:stack-id', stackIdOf(stack)],
];

const bucketsOf = (stack: string) =>
  ['source', 'archive', 'reports'].map((place) => `${stack}-${place}`);

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += String(chunk);
  }
  return text;
}

/** What a test does not wait for. */
const QUIET = [
  'DescribeExecution',
  'ReceiveMessage',
  'DescribeStateMachine',
  'ValidateStateMachineDefinition',
  'ListTagsForResource',
  'DescribeStacks',
  'GetCallerIdentity',
];

async function answer(request: IncomingMessage): Promise<string> {
  const body = await textOf(request);
  const form = new URLSearchParams(body);
  const [action, query] = String(
    request.headers['x-amz-target'] ?? form.get('Action') ?? request.url,
  )
    .split('.')
    .pop()!
    .split('?') as [string, string];
  if (!QUIET.includes(action)) {
    asked.push(action);
  }
  switch (action) {
    case '/cdk/deploy':
      buckets = bucketsOf(query);
      buckets.forEach((name) => double.store.createBucket(name));
      stacks.add(query);
      await deployment;
      return '';
    case 'DescribeStacks':
      return describeStack(form.get('StackName')!);
    case 'DeleteStack':
      return destroyFor(child, form.get('StackName')!);
    case 'ListTagsForResource': {
      const [stack] = /archiver-verify-\w+/.exec(body)!;
      return JSON.stringify({ tags: tagsOf(stack).map(([key, value]) => ({ key, value })) });
    }
    case 'GetCallerIdentity':
      return '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
    case 'StartExecution':
      return JSON.stringify({
        executionArn: `arn:aws:states:eu-central-1:111122223333:execution:${path.basename(buckets[0]!, '-source')}-Standard:run`,
        startDate: 1,
      });
    case 'ValidateStateMachineDefinition':
      isTested = true;
      await tests;
      return '{}';
    case 'DescribeStateMachine':
      return JSON.stringify({ definition: '{"States":{}}', roleArn: 'arn:role' });
    case 'DescribeExecution':
      return JSON.stringify({ status: 'RUNNING', name: 'run', startDate: 1 });
    case 'ListExecutions':
      return JSON.stringify({ executions: [{ executionArn: 'still-running' }] });
    default:
      return '{}';
  }
}

function describeStack(nameOrId: string): string {
  const stack = nameOrId.startsWith('arn:') ? nameOrId.split('/')[1]! : nameOrId;
  if (!stacks.has(stack)) {
    throw Object.assign(new Error(`Stack with id ${nameOrId} does not exist`), {
      name: 'ValidationError',
    });
  }
  const [[key, value]] = tagsOf(stack) as [[string, string]];
  return `<Stacks><member><StackId>${stackIdOf(stack)}</StackId><StackStatus>CREATE_COMPLETE</StackStatus><Tags><member><Key>${key}</Key><Value>${value}</Value></member></Tags></member></Stacks>`;
}

/** The request of a process that was killed has not arrived. */
async function destroyFor(asking: ChildProcess, id: string): Promise<string> {
  await destruction;
  if (asking === child) {
    deleteStack(id);
  }
  return '';
}

/** S3 deletes a bucket only if it is empty. */
function deleteStack(id: string): void {
  const stack = id.split('/')[1]!;
  if (id !== stackIdOf(stack)) {
    throw new Error(`a stack is deleted by its id, not as ${id}`);
  }
  const there = bucketsOf(stack).filter((name) => double.store.buckets.has(name));
  if (there.some((name) => !double.store.bucket(name).empty)) {
    throw new Error(`${stack} has a bucket that is not empty`);
  }
  there.forEach((name) => double.store.buckets.delete(name));
  stacks.delete(stack);
}

function start(...args: string[]): void {
  fs.writeFileSync(
    path.join(directory, 'config'),
    '[profile test]\naws_access_key_id = a\naws_secret_access_key = s\n',
  );
  const { port } = aws.address() as AddressInfo;
  child = spawn(process.execPath, [...MAIN, ...args], {
    cwd: ROOT,
    // The process gets its own group, because a terminal sends its signals to all processes of a
    // group.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      NODE_NO_WARNINGS: '1',
      AWS_CONFIG_FILE: path.join(directory, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(directory, 'none'),
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(taggedS3.address() as AddressInfo).port}`,
      VERIFY_JOURNAL: path.join(directory, 'journal'),
      VERIFY_REPORTS: directory,
      VERIFY_CDK: JSON.stringify([process.execPath, '-e', CDK, '--']),
    },
  });
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
}

async function seen(what: () => boolean): Promise<void> {
  while (!what()) {
    if (child.exitCode !== null) {
      throw new Error(`it has ended with ${child.exitCode}:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const interrupt = (signal: NodeJS.Signals) => process.kill(-child.pid!, signal);
const ended = () =>
  new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  );
const journals = () =>
  fs.existsSync(path.join(directory, 'journal'))
    ? fs
        .readdirSync(path.join(directory, 'journal'))
        .filter((id) => fs.existsSync(path.join(directory, 'journal', id, 'journal.json')))
    : [];

async function expectNothingLeft(): Promise<void> {
  for (const Bucket of buckets) {
    await expect(s3().send(new HeadBucketCommand({ Bucket }))).rejects.toThrow(
      expect.objectContaining({ name: 'NotFound' }),
    );
  }
  expect([journals(), [...stacks]]).toEqual([[], []]);
}

const VERIFY = ['--profile', 'test', '--region', 'eu-central-1', '--yes', '--only', 'second run'];

test.each(['SIGINT', 'SIGTERM'] as const)('%s while scenarios are played', async (signal) => {
  start(...VERIFY);
  finishDeployment();
  await seen(() => asked.includes('StartExecution'));
  interrupt(signal);
  expect(await ended()).toBe(1);
  expect(output).toContain('Nothing is left.');
  expect(asked.slice(asked.indexOf('StartExecution') + 1)).toEqual([
    'ListExecutions',
    'StopExecution',
    'DeleteStack',
  ]);
  expect(fs.readFileSync(path.join(directory, 'verify-report.md'), 'utf8')).toMatch(
    /^# verify:aws of an emulator, in eu-central-1 on [^]*interrupted by SIG/,
  );
  await expectNothingLeft();
});

test(
  'the terminal closes while scenarios are played: the output has no reader any more, and all is ' +
    'destroyed',
  async () => {
    start(...VERIFY);
    finishDeployment();
    await seen(() => asked.includes('StartExecution'));
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.destroy();
    }
    interrupt('SIGHUP');
    expect(await ended()).toBe(1);
    expect(asked.at(-1)).toBe('DeleteStack');
    await expectNothingLeft();
  },
);

test('SIGINT while it is deployed', async () => {
  start(...VERIFY);
  await seen(() => asked.includes('/cdk/deploy'));
  interrupt('SIGINT');
  expect(await ended()).toBe(1);
  expect(asked.at(-1)).toBe('DeleteStack');
  expect(fs.existsSync(path.join(directory, 'verify-report.json'))).toBe(true);
  await expectNothingLeft();
});

interface Kill {
  readonly isThen: () => boolean;
  /** How many stacks are left. */
  readonly left: number;
  /** What the report says of it. */
  readonly doing: RegExp;
  /** The rows of the report, by their status. */
  readonly rows: Readonly<Record<string, readonly string[]>>;
}

const SCENARIO = 'a second run of the same day changes nothing';
const KILLS: Readonly<Record<string, Kill>> = {
  'before it asked': {
    isThen: () => output.includes('In the sandbox:'),
    left: 0,
    doing: /played the scenarios in the sandbox/,
    rows: { differs: ['the process'], skipped: [SCENARIO] },
  },
  'while it is deployed': {
    isThen: () => asked.includes('/cdk/deploy'),
    left: 1,
    doing: /deployed the stack/,
    rows: { differs: ['the process'], skipped: [SCENARIO], passed: ['the clean-up'] },
  },
  'while the definitions are tested': {
    isThen: () => isTested,
    left: 1,
    doing: /asked Step Functions about the definitions/,
    rows: {
      passed: ['the deployment', 'the clean-up'],
      differs: ['the process'],
      skipped: [SCENARIO],
    },
  },
  'while scenarios are played': {
    isThen: () => asked.includes('StartExecution'),
    left: 1,
    doing: /played "a second run of the same day changes nothing"/,
    rows: {
      passed: ['the deployment', 'the definition of Standard', 'the clean-up'],
      differs: ['the process'],
      skipped: [SCENARIO],
    },
  },
  'while it is destroyed': {
    isThen: () => asked.includes('DeleteStack'),
    left: 1,
    doing: /cleaned up/,
    rows: {
      passed: ['the deployment', 'the definition of Standard', 'the clean-up'],
      differs: [SCENARIO, 'the process'],
    },
  },
};

test.each(Object.keys(KILLS))(
  'killed %s: --clean-up destroys what is left, and writes the report',
  async (when) => {
    const { isThen, left, doing, rows } = KILLS[when]!;
    if (when === 'while it is destroyed') {
      destruction = new Promise((resolve) => {
        finishDestruction = resolve;
      });
    }
    if (when === 'while the definitions are tested') {
      tests = new Promise((resolve) => {
        finishTests = resolve;
      });
    }
    start(...VERIFY);
    if (when !== 'while it is deployed') {
      finishDeployment();
    }
    if (when === 'while it is destroyed') {
      await seen(() => asked.includes('StartExecution'));
      interrupt('SIGINT');
    }
    await seen(isThen);
    interrupt('SIGKILL');
    // Not its end as `ended` has it: the CDK CLI, in a group of its own, has its output as well.
    expect(
      await new Promise((resolve) =>
        child.once('exit', (_, signal) => {
          resolve(signal);
        }),
      ),
    ).toBe('SIGKILL');
    expect([journals().length, reports()]).toEqual([left, []]);
    if (when === 'while scenarios are played') {
      expect(double.store.keys(buckets[0]!)).not.toEqual([]);
    }

    asked = [];
    start('--clean-up', '--yes');
    finishDestruction();
    finishTests();
    expect([await ended(), output]).toEqual([
      0,
      expect.stringContaining('This address opens an issue that is filled in:'),
    ]);
    expect(asked.filter((call) => call === 'DeleteStack')).toHaveLength(left);
    await expectNothingLeft();
    expect(fs.readdirSync(path.join(directory, 'journal'))).toEqual([]);
    expectReportOfKill(doing, rows);
  },
);

const reports = () =>
  fs
    .readdirSync(directory)
    .filter((file) => file.startsWith('verify-report'))
    .sort();

function expectReportOfKill(doing: RegExp, rows: Kill['rows']): void {
  expect(reports()).toEqual(['verify-report.json', 'verify-report.md']);
  const [json, markdown] = reports().map((file) =>
    fs.readFileSync(path.join(directory, file), 'utf8'),
  ) as [string, string];
  const report = parseReport(json);
  expect(report.killed).toMatch(
    new RegExp(`^The process was killed while it ${doing.source}, which it had begun at 20`),
  );
  expect(markdown).toContain(`\n**${report.killed}**\n`);
  expect(report).toMatchObject({ region: 'eu-central-1', played: 'only second run' });
  expect(json).not.toContain('111122223333');
  const named = (status: string) =>
    report.rows.filter((row) => row.status === status).map(({ name }) => name);
  const found = Object.fromEntries(Object.keys(rows).map((status) => [status, named(status)]));
  expect([found, report.rows.length]).toEqual([rows, Object.values(rows).flat().length]);
}

test('two are killed, and one of them cannot be cleaned up: each has a report', async () => {
  for (const _ of [1, 2]) {
    start(...VERIFY);
    finishDeployment();
    await seen(() => asked.includes('StartExecution'));
    interrupt('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    asked = [];
  }
  const [, second] = journals() as [string, string];
  // An account of another owner: nothing is changed.
  const file = path.join(directory, 'journal', second, 'journal.json');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replaceAll('111122223333', '999988887777'));
  start('--clean-up', '--yes');
  expect(await ended()).toBe(1);
  expect(journals()).toEqual([second]);
  expect(reports()).toEqual([
    `verify-report.${second}.json`,
    `verify-report.${second}.md`,
    'verify-report.json',
    'verify-report.md',
  ]);
  const read = (name: string) =>
    parseReport(fs.readFileSync(path.join(directory, `${name}.json`), 'utf8'));
  const cleanUps = ['verify-report', `verify-report.${second}`].map((name) =>
    read(name).rows.filter((row) => row.name.startsWith('the clean-up')),
  );
  expect(cleanUps).toMatchObject([
    [{ name: 'the clean-up', status: 'passed' }],
    [
      { name: 'the clean-up', status: 'differs' },
      {
        name: 'the clean-up: account ACCOUNT',
        details: [expect.stringMatching(/^nothing was changed: /)],
      },
    ],
  ]);
});

test('without profile and region nothing is asked of AWS, and the status is 2', async () => {
  start('--yes');
  expect(await ended()).toBe(2);
  expect(output).toMatch(/^--profile is missing.*\n\nusage: npm run verify:aws/);
  expect(asked).toEqual([]);
});

test('without a terminal to ask at, nothing is created', async () => {
  start('--profile', 'test', '--region', 'eu-central-1', '--only', 'conditions');
  expect(await ended()).toBe(1);
  expect(output).toContain('--yes says that it may');
  expect(asked).toEqual([]);
});
