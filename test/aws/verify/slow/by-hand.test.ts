/**
 * The lines of the plan, typed into a shell with the AWS CLI, remove every version of every object
 * and the stack. It needs the AWS CLI.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
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
/** What CloudFormation was asked. */
let asked: string[];
beforeEach(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'by-hand-'));
  asked = [];
  double = await startS3({ account: ENTRY.account });
  aws = createServer((request, response) => {
    if (/\/cloudformation\//.test(request.headers.authorization ?? '')) {
      let body = '';
      request
        .on('data', (chunk: Buffer) => {
          body += String(chunk);
        })
        .on('end', () => {
          asked.push(body);
          response.end('<DeleteStackResponse/>');
        });
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
  });
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  aws.closeAllConnections();
  aws.close();
  await double.close();
  fs.rmSync(directory, { recursive: true });
});

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
      expect.stringMatching(/Action=DeleteStack.*StackName=archiver-verify-1a2b3c4d/),
    ]);
  },
);

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

test('a version that nobody can delete yet: the lines say so, and end', async () => {
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
