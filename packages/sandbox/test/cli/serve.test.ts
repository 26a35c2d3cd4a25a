import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { type S3Call, type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { describeEndpoints } from '../../src/cli/serve';
import { openSandbox, type Sandbox } from '../../src/internal';
import { archiverTemplate, cleanUp, temporaryDirectory, writeAssembly } from '../fixtures/assembly';

const CLIENTS = path.resolve(__dirname, '../../../../node_modules/@aws-sdk');

/** An S3 other than the embedded one, and a server that stands for AWS: no request may reach it. */
let double: S3Double;
let aws: Server;
let calls: S3Call[];
let requestsToAws: number;
const open: Sandbox[] = [];
const environment = { ...process.env };
beforeEach(async () => {
  calls = [];
  requestsToAws = 0;
  double = await startS3({
    hooks: {
      before: (call) => {
        calls.push(call);
        return undefined;
      },
    },
  });
  aws = createServer((_, response) => {
    requestsToAws++;
    response.writeHead(403).end();
  });
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIAREALREALREALREAL',
    AWS_SECRET_ACCESS_KEY: 'real-secret',
    AWS_SESSION_TOKEN: 'real-token',
  });
});
afterEach(async () => {
  process.env = { ...environment };
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  await double.close();
  aws.close();
  aws.closeAllConnections();
});
afterAll(cleanUp);

/**
 * Returns the environment of a user who works with AWS: by its variables and its profile, every
 * request goes there.
 */
function environmentOfSomebody(): Record<string, string> {
  const url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  const [config, credentials] = ['config', 'credentials'].map((name) =>
    path.join(temporaryDirectory(), name),
  ) as [string, string];
  const settings =
    'region = eu-west-1\nignore_configured_endpoint_urls = true\nendpoint_url = ' +
    `${url}\nuse_fips_endpoint = true\n`;
  fs.writeFileSync(config, `[default]\n${settings}[profile real]\n${settings}`);
  fs.writeFileSync(
    credentials,
    '[real]\naws_access_key_id = AKIAREAL\naws_secret_access_key = real-secret\n',
  );
  return {
    PATH: process.env.PATH!,
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_PROFILE: 'real',
    AWS_DEFAULT_PROFILE: 'real',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAREAL',
    AWS_SECRET_ACCESS_KEY: 'real-secret',
    AWS_SESSION_TOKEN: 'real-token',
    AWS_SECURITY_TOKEN: 'real-token',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ENDPOINT_URL_SFN: url,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
  };
}

/** Runs a script in the shell of that person, after the lines that the command prints. */
async function inShell(sandbox: Sandbox, script: string): Promise<string> {
  const lines = describeEndpoints(sandbox)
    .split('\n')
    .filter((line) => /^ {2}(unset|export) /.test(line));
  const { stdout } = await promisify(execFile)('/bin/sh', ['-ec', [...lines, script].join('\n')], {
    env: environmentOfSomebody(),
  });
  return stdout;
}

async function serving(endpoint?: string): Promise<Sandbox> {
  const sandbox = await openSandbox({
    app: writeAssembly([{ name: 'Stack', template: archiverTemplate() }]),
    endpoint,
  });
  open.push(sandbox);
  calls.length = 0;
  return sandbox;
}

const LIST = `node -e "
  const { S3Client, ListObjectsV2Command } = require('${CLIENTS}/client-s3');
  const { SFNClient, ListExecutionsCommand } = require('${CLIENTS}/client-sfn');
  (async () => {
    const { Contents } = await new S3Client({}).send(new ListObjectsV2Command({ Bucket: '$BUCKET' }));
    const { executions } = await new SFNClient({}).send(new ListExecutionsCommand({ stateMachineArn: '$MACHINE' }));
    console.log(JSON.stringify([Contents.map(({ Key }) => Key), executions.length]));
  })();"`;

describe.each([
  ['the embedded S3', () => undefined],
  ['another S3', () => double.endpoint],
])('with %s', (_, endpoint) => {
  test('the printed lines lead to the sandbox, whatever the variables and the profile say', async () => {
    const sandbox = await serving(endpoint());
    (sandbox.s3 ?? double).store.put(sandbox.sourceBucket, 'in/1', 'x');
    const listed = await inShell(
      sandbox,
      LIST.replace('$BUCKET', sandbox.sourceBucket).replace('$MACHINE', sandbox.stateMachineArn),
    );
    expect(JSON.parse(listed)).toEqual([['in/1'], 0]);
    expect(requestsToAws).toBe(0);
  });

  test('the printed lines leave nothing that leads elsewhere, and give no real credentials', async () => {
    const sandbox = await serving(endpoint());
    const variables = Object.fromEntries(
      (await inShell(sandbox, 'env'))
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s).slice(0, 2))
        .filter(([name]) => name!.startsWith('AWS_')),
    );
    expect(variables).toEqual({
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_ENDPOINT_URL: sandbox.awsEndpoint,
      AWS_ENDPOINT_URL_S3: sandbox.s3Endpoint,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^sandbox/i),
      AWS_SECRET_ACCESS_KEY: 'sandbox',
    });
  });
});

test("the other S3 sees the credentials of the sandbox's caller, as in a run", async () => {
  const sandbox = await serving(double.endpoint);
  double.store.put(sandbox.sourceBucket, 'in/1', 'x');
  await inShell(
    sandbox,
    LIST.replace('$BUCKET', sandbox.sourceBucket).replace('$MACHINE', sandbox.stateMachineArn),
  );
  expect(calls.map(({ operation, accessKeyId }) => [operation, accessKeyId])).toEqual([
    ['ListObjectsV2', 'AKIAREALREALREALREAL'],
  ]);
});
