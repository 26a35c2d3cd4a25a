/**
 * The lines of the plan, typed into a shell with the AWS CLI, remove every version of every object
 * and the stack. It needs the AWS CLI.
 */
import { spawn } from 'node:child_process';
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
import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { type S3Double, startS3 } from '../../../../packages/s3-double/src';
import { linesByHand } from '../by-hand';
import { deploymentOfEntry, type Entry } from '../journal';
import { bucketName, bucketsOf, lockedBucketsOf } from '../names';

jest.setTimeout(300_000);

const ENTRY: Entry = {
  id: '1a2b3c4d',
  region: 'eu-central-1',
  account: '111122223333',
  started: '2026-11-25T00:00:00Z',
  machines: ['Standard'],
};
const [SOURCE, ARCHIVE, REPORTS] = (['Source', 'Archive', 'Reports'] as const).map((place) =>
  bucketName(ENTRY.id, place),
) as [string, string, string];
const VERSIONS = 700;

let directory: string;
let double: S3Double;
let aws: Server;
/** What CloudFormation was asked to change. */
let asked: string[];
/** The account of the credentials, the tag of the stack, and the stacks of other buckets. */
let account: string;
let tag: string;
let stackOf: Record<string, string>;
const OURS = 'verify-1a2b3c4d';
const STACK_ID =
  'arn:aws:cloudformation:eu-central-1:111122223333:stack/archiver-verify-1a2b3c4d/0f3a';
beforeEach(async () => {
  [account, tag, stackOf] = [ENTRY.account, OURS, {}];
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'by-hand-'));
  asked = [];
  double = await startS3({ account: ENTRY.account });
  aws = createServer(answer);
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  aws.closeAllConnections();
  aws.close();
  await double.close();
  fs.rmSync(directory, { recursive: true });
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (/\/(cloudformation|sts)\//.test(request.headers.authorization ?? '')) {
    let body = '';
    request
      .on('data', (chunk: Buffer) => {
        body += String(chunk);
      })
      .on('end', () => response.end(answerTo(new URLSearchParams(body))));
    return;
  }
  const [, bucket] = /^\/([^/?]+)\/?\?tagging/.exec(request.url!) ?? [];
  if (bucket !== undefined) {
    const id = stackOf[bucket] ?? STACK_ID;
    response.end(
      `<Tagging><TagSet><Tag><Key>aws:cloudformation:stack-id</Key><Value>${id}</Value></Tag></TagSet></Tagging>`,
    );
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

function answerTo(form: URLSearchParams): string {
  switch (form.get('Action')) {
    case 'GetCallerIdentity':
      return `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
    case 'DescribeStacks':
      return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackId>${STACK_ID}</StackId><StackName>archiver-verify-1a2b3c4d</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-25T00:00:00Z</CreationTime><Tags><member><Key>cdk-s3-dated-archiver</Key><Value>${tag}</Value></member></Tags></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
    default:
      asked.push(form.toString());
      return '<DeleteStackResponse/>';
  }
}

/** Types the lines into a shell. Returns its status and what it says. */
async function type(entry: Entry): Promise<[status: number, output: string]> {
  const child = spawn('bash', ['-e', '-c', linesByHand(entry).join('\n')], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_CONFIG_FILE: path.join(directory, 'none'),
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += String(chunk);
    });
  }
  const status = await new Promise((resolve) => child.once('close', resolve));
  return [status as number, output];
}

test(
  'more versions than one request deletes, delete markers, an empty bucket, and a bucket of ' +
    'somebody else',
  async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    const s3 = new S3Client({
      endpoint: double.endpoint,
      region: 'eu-central-1',
      credentials,
      forcePathStyle: true,
    });
    for (const Bucket of [SOURCE, ARCHIVE, REPORTS, 'mine']) {
      double.store.createBucket(Bucket);
    }
    await s3.send(
      new PutBucketVersioningCommand({
        Bucket: ARCHIVE,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
    for (let i = 0; i < VERSIONS; i++) {
      await s3.send(new PutObjectCommand({ Bucket: ARCHIVE, Key: `a ${i % 600}`, Body: 'x' }));
    }
    for (let i = 0; i < 10; i++) {
      await s3.send(new DeleteObjectCommand({ Bucket: ARCHIVE, Key: `a ${i}` }));
    }
    for (const Bucket of [SOURCE, 'mine']) {
      double.store.put(Bucket, 'ümlaut/ä & "b"', 'x');
    }

    expect(await type(ENTRY)).toEqual([0, '']);
    const left = await Promise.all(
      [SOURCE, ARCHIVE, REPORTS, 'mine'].map(async (Bucket) => {
        const { Versions = [], DeleteMarkers = [] } = await s3.send(
          new ListObjectVersionsCommand({ Bucket }),
        );
        return Versions.length + DeleteMarkers.length;
      }),
    );
    expect(left).toEqual([0, 0, 0, 1]);
    expect(asked).toEqual([
      expect.stringMatching(/Action=DeleteStack.*StackName=arn.*archiver-verify-1a2b3c4d/),
    ]);
  },
);

test.each<[string, () => void, string]>([
  [
    'credentials of another account',
    () => {
      account = '999988887777';
    },
    'account 999988887777: nothing was changed\n',
  ],
  [
    'a stack of the name without the tag',
    () => {
      tag = 'verify-ffffffff';
    },
    'no stack with the tag: nothing was changed\n',
  ],
])('%s: nothing is changed', async (_name, prepare, said) => {
  for (const bucket of [SOURCE, ARCHIVE, REPORTS]) {
    double.store.createBucket(bucket);
    double.store.put(bucket, 'a', 'x');
  }
  prepare();
  expect(await type(ENTRY)).toEqual([1, said]);
  expect([asked, double.store.keys(SOURCE), double.store.keys(REPORTS)]).toEqual([
    [],
    ['a'],
    ['a'],
  ]);
});

test('a bucket of another stack is not emptied', async () => {
  for (const bucket of [SOURCE, ARCHIVE, REPORTS]) {
    double.store.createBucket(bucket);
    double.store.put(bucket, 'a', 'x');
  }
  stackOf = { [ARCHIVE]: STACK_ID.replace('0f3a', 'other') };
  expect(await type(ENTRY)).toEqual([0, '']);
  expect([SOURCE, ARCHIVE, REPORTS].map((name) => double.store.keys(name))).toEqual([
    [],
    ['a'],
    [],
  ]);
});

const LOCKED: Entry = { ...ENTRY, machines: ['Locked'] };

async function lock(more: Partial<PutObjectCommandInput>[]): Promise<string[]> {
  const buckets = bucketsOf(deploymentOfEntry(LOCKED));
  const s3 = new S3Client({
    endpoint: double.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    forcePathStyle: true,
  });
  for (const Bucket of buckets) {
    const objectLock = lockedBucketsOf(deploymentOfEntry(LOCKED)).includes(Bucket);
    double.store.createBucket(Bucket, { objectLock });
    for (const each of more) {
      await s3.send(
        new PutObjectCommand({ Bucket, Key: 'a "b"', Body: 'x', ...(objectLock && each) }),
      );
    }
  }
  s3.destroy();
  return buckets;
}
const tomorrow = () => new Date(Date.now() + 86_400_000);

test('versions under legal holds, event holds and governance', async () => {
  const governed = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: tomorrow() } as const;
  const held = { ObjectLockEventHold: 'ON', ObjectLockEventHoldDurationDays: 1 } as const;
  const buckets = await lock([
    {},
    governed,
    { ObjectLockLegalHoldStatus: 'ON' },
    held,
    { ...governed, ...held, ObjectLockLegalHoldStatus: 'ON' },
  ]);
  expect(await type(LOCKED)).toEqual([0, '']);
  expect(buckets.filter((name) => !double.store.bucket(name).empty)).toEqual([]);
});

test('of a version that cannot be deleted yet, the lines say so, and end', async () => {
  const buckets = await lock([
    {},
    { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: tomorrow() },
  ]);
  const [status, output] = await type(LOCKED);
  expect([status, output.match(/protected by object lock/g)?.length]).toEqual([0, 2]);
  expect(buckets.filter((name) => !double.store.bucket(name).empty)).toEqual(
    lockedBucketsOf(deploymentOfEntry(LOCKED)),
  );
  expect(asked).toHaveLength(1);
});
