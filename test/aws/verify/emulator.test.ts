/** An emulator is asked only as one, and AWS only as AWS. */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArguments } from './arguments';
import { demandEmulator, describeEmulator, LEFT_OUT, parseEndpoint, useEndpoint } from './emulator';
import { parseReport } from './report/kept';
import { createReport, describeReport, linkToIssue } from './report/report';
import { UsageError } from './usage';

const URL_OF_EMULATOR = 'http://127.0.0.1:4566';
const ROOT = path.resolve(__dirname, '../../..');
const TSX = ['--import', pathToFileURL(require.resolve('tsx')).href];

test.each([
  'https://sts.amazonaws.com',
  'https://s3.eu-central-1.amazonaws.com/',
  'https://vpce-1-x.s3.eu-central-1.vpce.amazonaws.com',
  'https://s3.cn-north-1.amazonaws.com.cn',
  'https://s3.dualstack.eusc-de-east-1.amazonaws.eu',
  'https://lambda.us-east-1.api.aws',
])('%s is AWS, and no emulator', (url) => {
  expect(() => parseEndpoint(url)).toThrow(UsageError);
  expect(() => parseEndpoint(url)).toThrow('is AWS itself');
  expect(useEndpoint(undefined, { AWS_ENDPOINT_URL_S3: url })).toBeUndefined();
});

test.each(['4566', 'localhost:4566', 'file:///tmp/x', ''])('%j is no address', (url) => {
  expect(() => parseEndpoint(url)).toThrow(`--endpoint ${url} is no address`);
});

test.each(['http://localhost:4566', 'https://127.0.0.1:9297', 'https://notamazonaws.com'])(
  '%s may be an emulator',
  (url) => expect(parseEndpoint(url)).toBe(url),
);

test('the option is for a verification and for a clean-up', () => {
  const where = ['--profile', 'test', '--region', 'eu-central-1'];
  expect(parseArguments([...where, '--endpoint', URL_OF_EMULATOR])).toMatchObject({
    endpoint: URL_OF_EMULATOR,
  });
  expect(parseArguments(['--clean-up', 'x', '--endpoint', URL_OF_EMULATOR])).toEqual({
    cleanUp: 'x',
    yes: false,
    endpoint: URL_OF_EMULATOR,
  });
  expect(() => parseArguments([...where, '--endpoint', 'https://sts.amazonaws.com'])).toThrow(
    UsageError,
  );
});

test('every client is led to the emulator, and so is the CDK CLI, which has the variables', async () => {
  const environment: NodeJS.ProcessEnv = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
  expect(useEndpoint(URL_OF_EMULATOR, environment)).toBe(URL_OF_EMULATOR);
  expect(environment).toEqual({
    AWS_ENDPOINT_URL: URL_OF_EMULATOR,
    AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
  });
  // In a process of its own, as in the command: the SDK reads the variables once.
  const asked = execFileSync(
    process.execPath,
    [
      '-e',
      `const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
       const sts = new STSClient({ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' } });
       sts.middlewareStack.add(() => async ({ request }) => {
         console.log(request.protocol + '//' + request.hostname + ':' + request.port);
         return { response: {}, output: { $metadata: {} } };
       }, { step: 'finalizeRequest', priority: 'low' });
       sts.send(new GetCallerIdentityCommand({}));`,
    ],
    {
      cwd: ROOT,
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...environment },
      encoding: 'utf8',
    },
  );
  expect(asked).toBe(`${URL_OF_EMULATOR}\n`);
});

test('one service elsewhere is refused', () => {
  const environment = { AWS_ENDPOINT_URL_S3: 'https://s3.eu-central-1.amazonaws.com' };
  expect(() => useEndpoint(URL_OF_EMULATOR, environment)).toThrow(UsageError);
  expect(() => useEndpoint(URL_OF_EMULATOR, environment)).toThrow(/^AWS_ENDPOINT_URL_S3 is set to/);
  expect(environment).not.toHaveProperty('AWS_ENDPOINT_URL');
});

test('an emulator that the variables of the shell name is one, too', () => {
  expect(useEndpoint(undefined, { AWS_ENDPOINT_URL: URL_OF_EMULATOR })).toBe(URL_OF_EMULATOR);
  expect(useEndpoint(undefined, { AWS_ENDPOINT_URL_SFN: URL_OF_EMULATOR })).toBe(URL_OF_EMULATOR);
  expect(useEndpoint(undefined, { AWS_ENDPOINT_URL: '' })).toBeUndefined();
  expect(useEndpoint(undefined, {})).toBeUndefined();
});

describe('the account', () => {
  const never = jest.fn(async () => undefined);

  test.each(['000000000000', '123456789012'])(
    '%s belongs to no person: no question is asked',
    async (account) => {
      await demandEmulator(URL_OF_EMULATOR, account, never);
      expect(never).not.toHaveBeenCalled();
    },
  );

  test.each([undefined, '', 'yes', '210987654322'])(
    'somebody’s, and %j: refused',
    async (typed) => {
      await expect(
        demandEmulator(URL_OF_EMULATOR, '210987654321', async () => typed),
      ).rejects.toThrow(/^nothing was created: nobody typed that account 210987654321/);
    },
  );

  test('an account of a person, whose number is typed', async () => {
    const ask = jest.fn(async () => '210987654321\n');
    await demandEmulator(URL_OF_EMULATOR, '210987654321', ask);
    expect(ask).toHaveBeenCalledWith(expect.stringContaining('a proxy leads to AWS'));
  });
});

test('plan and report say what it leaves out, and that the rows are those of an emulator', () => {
  for (const word of ['bucket policies', 'KMS key policies', 'second account', 'not of AWS']) {
    expect(LEFT_OUT).toContain(word);
  }
  expect(describeEmulator(URL_OF_EMULATOR)).toContain(
    `${URL_OF_EMULATOR}, which is not AWS. ${LEFT_OUT}`,
  );
  const report = createReport(
    {
      started: '2026-11-25T00:00:00Z',
      ended: Date.parse('2026-11-25T00:06:00Z'),
      commit: 'unknown',
      region: 'eu-central-1',
      versions: {},
      played: 'all',
      emulator: LEFT_OUT,
      secrets: {},
    },
    [],
  );
  expect(describeReport(report)).toContain(
    `# verify:aws of an emulator, in eu-central-1 on 2026-11-25\n`,
  );
  expect(describeReport(report)).toContain(`\n**${LEFT_OUT}**\n`);
  expect(linkToIssue(report)).toContain('verify%3Aaws+of+an+emulator');
  expect(parseReport(JSON.stringify(report)).emulator).toBe(LEFT_OUT);
});

test('a report of an emulator is not kept as one of AWS', () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'emulator-')), 'report.json');
  const report = {
    version: 1,
    date: '2026-11-25',
    commit: 'unknown',
    region: 'eu-central-1',
    versions: {},
    played: 'all',
    minutes: 1,
    passed: 0,
    total: 0,
    summary: '0 passed, 0 failed',
    emulator: LEFT_OUT,
    rows: [],
  };
  fs.writeFileSync(file, JSON.stringify(report));
  expect(() =>
    execFileSync(process.execPath, [...TSX, path.join(__dirname, 'report/record.ts'), file], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json') },
    }),
  ).toThrow(
    expect.objectContaining({ status: 2, stderr: expect.stringContaining('is of an emulator') }),
  );
});

test.each([
  [
    'in an emulator',
    { endpoint: URL_OF_EMULATOR },
    [],
    /in the emulator at http:\/\/127.0.0.1:4566/,
  ],
  ['on AWS', {}, ['--endpoint', URL_OF_EMULATOR], /it is on AWS, and http:.* would be asked/],
])('what is %s is cleaned up nowhere else', (_, where, args, message) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'emulator-'));
  const entry = {
    id: '1a2b3c4d',
    region: 'eu-central-1',
    account: '000000000000',
    started: '2026-11-25T00:00:00Z',
    machines: ['Smoke'],
    ...where,
  };
  fs.mkdirSync(path.join(directory, 'journal', entry.id), { recursive: true });
  fs.writeFileSync(
    path.join(directory, 'journal', entry.id, 'journal.json'),
    JSON.stringify(entry),
  );
  const { status, stdout } = spawnSync(
    process.execPath,
    [...TSX, path.join(__dirname, 'main.ts'), '--clean-up', '--yes', ...args],
    {
      cwd: directory,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        NODE_NO_WARNINGS: '1',
        AWS_EC2_METADATA_DISABLED: 'true',
        TSX_TSCONFIG_PATH: path.join(ROOT, 'tsconfig.dev.json'),
        VERIFY_JOURNAL: path.join(directory, 'journal'),
        VERIFY_REPORTS: directory,
        // Nothing is to be asked, and nothing is where these lead.
        HTTPS_PROXY: 'http://127.0.0.1:1',
      },
    },
  );
  expect([status, stdout]).toEqual([1, expect.stringMatching(message)]);
  expect(fs.existsSync(path.join(directory, 'journal', entry.id, 'journal.json'))).toBe(true);
});
