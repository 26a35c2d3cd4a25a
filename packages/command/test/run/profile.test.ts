/** Credentials of a profile, and the account that STS says they belong to. */
import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import type { CommandSummary } from '../../src/run/summarize-run';
import { spawnCommand } from '../helpers/spawn-command';

// Each run starts the processes of its functions.
jest.setTimeout(180_000);

const ACCOUNT = '777788889999';
const KEY = 'of-nightly';
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const IDENTITY =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
  `<GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/ann</Arn><UserId>ANN</UserId>` +
  `<Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

let s3: S3Double;
let sts: Server;
let folder: string;
/** The access keys that signed requests. */
let s3Keys: Set<string | undefined>;
let stsKeys: string[];

beforeEach(async () => {
  [s3Keys, stsKeys] = [new Set(), []];
  s3 = await startS3({
    hooks: {
      before: ({ accessKeyId }) => {
        s3Keys.add(accessKeyId);
        return undefined;
      },
    },
  });
  sts = createServer(({ headers: { authorization = '' } }, answer) => {
    stsKeys.push(authorization.replace(/^.*Credential=/, '').replace(/\/.*$/, ''));
    answer.writeHead(200, { 'content-type': 'text/xml' }).end(IDENTITY);
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'profile-'));
  fs.writeFileSync(
    path.join(folder, 'config'),
    '[profile nightly]\nregion = eu-central-1\n' +
      `aws_access_key_id = ${KEY}\naws_secret_access_key = secret\n`,
  );
});
afterEach(async () => {
  await s3.close();
  await new Promise((resolve) => sts.close(resolve));
  fs.rmSync(folder, { recursive: true });
});

async function run(flags: readonly string[], profile = 'nightly') {
  const argv = [
    ...['archive', 's3://logs/in/', 's3://logs/out/', '--reports', 's3://ops/runs/', '--json'],
    ...['--date', '2026-11-24', '--profile', profile],
    ...['--endpoint', s3.endpoint, '--path-style'],
  ];
  const { status, output } = await spawnCommand([...argv, ...flags], {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_REGION: undefined,
    AWS_CONFIG_FILE: path.join(folder, 'config'),
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(sts.address() as AddressInfo).port}`,
  }).ended;
  const json = /^\{.*?^\}/ms.exec(output)?.[0];
  return { status, output, summary: json && (JSON.parse(json) as CommandSummary) };
}

test('the profile signs each request, and the buckets must be of its account', async () => {
  for (const name of ['logs', 'ops']) {
    s3.store.createBucket(name, { account: ACCOUNT });
  }
  s3.store.put('logs', 'in/a-2026-11-24.csv', 'content');

  const dry = await run(['--dry-run']);
  expect(dry).toMatchObject({ status: 0, summary: { counts: { archived: 1 } } });
  const { id } = dry.summary as CommandSummary;
  expect(await run(['--confirm', id])).toMatchObject({ status: 0 });

  expect(s3.store.keys('logs')).toEqual(['out/2026/11/24/a-2026-11-24.csv']);
  expect([...s3Keys]).toEqual([KEY]);
  expect(stsKeys).toEqual([KEY, KEY]);
});

test('where the buckets are of another account, nothing is begun', async () => {
  for (const name of ['logs', 'ops']) {
    s3.store.createBucket(name, { account: '444455556666' });
  }
  s3.store.put('logs', 'in/a-2026-11-24.csv', 'content');
  const { status, output } = await run(['--dry-run']);
  expect(status).toBe(1);
  expect(output).toContain('then add --reports-owner');
  expect(s3.store.keys('ops')).toEqual([]);
});

test('an account that is given is not asked for', async () => {
  for (const name of ['logs', 'ops']) {
    s3.store.createBucket(name, { account: ACCOUNT });
  }
  expect(await run(['--dry-run', '--expected-owner', ACCOUNT])).toMatchObject({ status: 0 });
  expect(stsKeys).toEqual([]);
});

test('an unknown profile is named, and nothing is sent', async () => {
  const { status, output } = await run(['--dry-run'], 'nihgtly');
  expect(status).toBe(1);
  expect(output).toContain('nihgtly');
  expect([s3Keys.size, stsKeys.length]).toEqual([0, 0]);
});
