/**
 * A clean-up destroys what the verification created. Whatever else a journal names, it leaves
 * alone.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { cleanUp, describeCleanUp } from './clean-up';
import { type Entry, Journal } from './journal';
import { type S3Double, startS3 } from '../../../packages/s3-double/src';

const ENTRY: Entry = {
  id: '1a2b3c4d',
  profile: 'test',
  region: 'eu-central-1',
  account: '111122223333',
  started: '2026-11-25T00:00:00Z',
  machines: ['Standard'],
};
const [SOURCE, ARCHIVE, REPORTS] = ['source', 'archive', 'reports'].map(
  (place) => `archiver-verify-1a2b3c4d-${place}`,
) as [string, string, string];
const BUCKETS = [SOURCE, ARCHIVE, REPORTS];

const LOCKED: Entry = { ...ENTRY, machines: ['Locked'] };
const LOCKED_BUCKETS = [
  'archiver-verify-1a2b3c4d-lockedsource',
  'archiver-verify-1a2b3c4d-lockedarchive',
];
const DAY_MS = 86_400_000;

let directory: string;
/** The buckets that were asked to bypass governance. */
let bypassed: Set<string>;
/** Milliseconds by which the clock of S3 is ahead. */
let later: number;
let journal: Journal;
let double: S3Double;
let s3: S3Client;
/** What was asked of AWS, `COMMAND OWNER`. */
let asked: string[];
let machineTags: object[];
/** The tag of each bucket. The double has no tags of buckets. */
let bucketTags: Record<string, string>;
/** How often S3 still shows a bucket that is deleted. */
let stale: number;
/** How often CloudFormation does not delete the stack. */
let stuck: number;
beforeEach(async () => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'clean-up-'));
  journal = new Journal(directory);
  journal.write(ENTRY);
  later = 0;
  double = await startS3({ account: '111122223333', now: () => new Date(Date.now() + later) });
  s3 = new S3Client({
    endpoint: double.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    forcePathStyle: true,
  });
  asked = [];
  bypassed = new Set();
  stale = 0;
  bucketTags = Object.fromEntries(BUCKETS.map((bucket) => [bucket, 'verify-1a2b3c4d']));
  stuck = 0;
  machineTags = [{ key: 'cdk-s3-dated-archiver', value: 'verify-1a2b3c4d' }];
  for (const Bucket of [...BUCKETS, 'mine']) {
    double.store.createBucket(Bucket);
    double.store.put(Bucket, 'object', 'content');
  }
});
afterEach(async () => {
  s3.destroy();
  await double.close();
  fs.rmSync(directory, { recursive: true });
});

interface Request {
  readonly Bucket?: string;
  readonly ExpectedBucketOwner?: string;
  readonly BypassGovernanceRetention?: boolean;
}

function clean(entry: Entry, account = '111122223333'): Promise<void> {
  const send = async (command: { input: Request }): Promise<unknown> => {
    const {
      constructor: { name },
      input: { Bucket = '', ExpectedBucketOwner, BypassGovernanceRetention },
    } = command;
    asked.push(`${name} ${ExpectedBucketOwner}`);
    if (BypassGovernanceRetention) {
      bypassed.add(Bucket);
    }
    if (name === 'HeadBucketCommand' && stale-- > 0) {
      return {};
    }
    if (name !== 'GetBucketTaggingCommand') {
      return s3.send(command as never);
    }
    if (bucketTags[Bucket] === undefined) {
      throw Object.assign(new Error('The TagSet does not exist'), { name: 'NoSuchTagSet' });
    }
    return { TagSet: [{ Key: 'cdk-s3-dated-archiver', Value: bucketTags[Bucket] }] };
  };
  const sfn = async (command: object) => {
    asked.push(command.constructor.name);
    return { tags: machineTags, executions: [] };
  };
  return cleanUp(
    {
      s3: { send } as never,
      sfn: { send: sfn } as never,
      account: async () => account,
      cdk: {
        deploy: async () => ({}),
        destroy: async () => {
          asked.push('destroy');
          if (stuck-- > 0) {
            // A run that ended late.
            double.store.put(REPORTS, 'late', 'content');
            throw new Error('cdk destroy ended with status 1');
          }
          for (const name of [...BUCKETS, ...LOCKED_BUCKETS]) {
            if (double.store.buckets.get(name)?.empty) {
              double.store.buckets.delete(name);
            }
          }
          if (LOCKED_BUCKETS.some((name) => double.store.buckets.has(name))) {
            throw new Error('cdk destroy ended with status 1');
          }
        },
      },
      journal,
      tell: () => undefined,
      sleep: async (milliseconds) => asked.push(`wait ${milliseconds}`),
    },
    entry,
  );
}

const left = () =>
  [...BUCKETS, 'mine'].filter(
    (bucket) => double.store.buckets.has(bucket) && double.store.keys(bucket).length > 0,
  );
const changes = () => asked.filter((command) => /Delete|Stop|destroy/.test(command));

test('what has the tag is destroyed, and each request to S3 names the owner', async () => {
  await clean(ENTRY);
  expect(left()).toEqual(['mine']);
  expect(
    asked.filter((command) => /Bucket|Object/.test(command) && !command.endsWith(' 111122223333')),
  ).toEqual([]);
  expect(journal.ids()).toEqual([]);
});

test('a deleted bucket that S3 still shows is looked at again, and one that stays is told', async () => {
  stale = 2;
  await clean(ENTRY);
  expect(asked.filter((command) => command.startsWith('wait'))).toEqual(['wait 6000', 'wait 6000']);
  expect(journal.ids()).toEqual([]);
  journal.write(ENTRY);
  stale = Infinity;
  await expect(clean(ENTRY)).rejects.toThrow(`bucket ${SOURCE} should be gone, and is there`);
  expect(journal.ids()).toEqual([ENTRY.id]);
});

test.each<[string, () => Entry, string | undefined, string]>([
  [
    'a bucket without a tag',
    () => {
      delete bucketTags[REPORTS];
      return ENTRY;
    },
    undefined,
    `bucket ${REPORTS} does not have the tag cdk-s3-dated-archiver=verify-1a2b3c4d`,
  ],
  [
    'a bucket with the tag of another verification',
    () => {
      bucketTags[REPORTS] = 'verify-ffffffff';
      return ENTRY;
    },
    undefined,
    `bucket ${REPORTS} does not have the tag`,
  ],
  [
    'a state machine without the tag',
    () => {
      machineTags = [];
      return ENTRY;
    },
    undefined,
    'stateMachine:archiver-verify-1a2b3c4d-Standard does not have the tag',
  ],
  [
    'credentials of another account',
    () => ENTRY,
    '999988887777',
    'created in account 111122223333, but profile test now means account 999988887777',
  ],
])('%s: nothing is changed, and the journal stays', async (_name, entry, account, message) => {
  await expect(clean(entry(), account)).rejects.toThrow('nothing was changed: ');
  await expect(clean(entry(), account)).rejects.toThrow(message);
  expect(left()).toEqual([...BUCKETS, 'mine']);
  expect(changes()).toEqual([]);
  expect(journal.ids()).toEqual(['1a2b3c4d']);
});

test('a stack that is not deleted because a run ended late: the buckets are emptied again', async () => {
  stuck = 2;
  await clean(ENTRY);
  expect(changes().filter((command) => command === 'destroy')).toHaveLength(3);
  expect([left(), journal.ids()]).toEqual([['mine'], []]);
});

test('a stack that stays is told, and can be cleaned up later', async () => {
  stuck = 3;
  await expect(clean(ENTRY)).rejects.toThrow('cdk destroy ended with status 1');
  expect(journal.ids()).toEqual([ENTRY.id]);
  await clean(ENTRY);
  expect([left(), journal.ids()]).toEqual([['mine'], []]);
});

async function lock(locks: Partial<PutObjectCommandInput>[]): Promise<void> {
  for (const Bucket of LOCKED_BUCKETS) {
    bucketTags[Bucket] = 'verify-1a2b3c4d';
    double.store.createBucket(Bucket, { objectLock: true });
    for (const more of locks) {
      for (const Key of ['a', 'b']) {
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }));
      }
      double.store.bucket(Bucket).delete('a', double.store.time());
    }
  }
}
const EVENT_HOLD = { ObjectLockEventHold: 'ON', ObjectLockEventHoldDurationDays: 1 } as const;
const retained = (ObjectLockMode: 'GOVERNANCE' | 'COMPLIANCE') => ({
  ObjectLockMode,
  ObjectLockRetainUntilDate: new Date(Date.now() + 1000),
});

test(
  'holds are turned off, governance is bypassed where there is Object Lock, and no lock is ' +
    'touched that is not there',
  async () => {
    await lock([
      {},
      { ObjectLockLegalHoldStatus: 'ON' },
      retained('GOVERNANCE'),
      { ...EVENT_HOLD, ...retained('GOVERNANCE'), ObjectLockLegalHoldStatus: 'ON' },
    ]);
    await clean(LOCKED);
    expect([...bypassed].sort()).toEqual([...LOCKED_BUCKETS].sort());
    expect([
      journal.ids(),
      [...LOCKED_BUCKETS, REPORTS].filter((name) => double.store.buckets.has(name)),
    ]).toEqual([[], []]);
    expect(
      asked.filter((command) => /Object/.test(command) && !command.endsWith(' 111122223333')),
    ).toEqual([]);
    expect(
      ['PutObjectLegalHold', 'PutObjectRetention'].map(
        (call) => asked.filter((command) => command.startsWith(call)).length,
      ),
    ).toEqual([8, 4]);
  },
);

test(
  'a version that stays protected after its hold: everything else is destroyed, and a person is ' +
    'told until when and what to type then',
  async () => {
    // Nobody has recorded whether S3 bypasses what follows an event hold. In this mode, the double
    // does not.
    await lock([{}, { ...EVENT_HOLD, ...retained('COMPLIANCE') }]);
    const until =
      /lockedsource: Object Lock keeps [ab] until (\S+Z);.*lockedarchive: Object Lock keeps.*type: npm run verify:aws -- --clean-up 1a2b3c4d$/;
    const { message } = await clean(LOCKED).then(
      () => new Error('cleaned up'),
      (error: Error) => error,
    );
    expect(message).toMatch(until);
    const end = Date.parse(until.exec(message)![1]!);
    expect(Math.abs(end - Date.now() - DAY_MS)).toBeLessThan(60_000);
    expect([double.store.buckets.has(REPORTS), journal.ids()]).toEqual([false, [ENTRY.id]]);
    expect(changes().filter((command) => command === 'destroy')).toHaveLength(1);
    later = end - Date.now() + 1000;
    await clean(LOCKED);
    expect([
      LOCKED_BUCKETS.filter((name) => double.store.buckets.has(name)),
      journal.ids(),
    ]).toEqual([[], []]);
  },
);

test('a journal that is not of its folder, and an id that is no id, are refused', () => {
  fs.mkdirSync(path.join(directory, 'copy'));
  fs.copyFileSync(
    path.join(directory, '1a2b3c4d/journal.json'),
    path.join(directory, 'copy/journal.json'),
  );
  expect(() => journal.read('copy')).toThrow('is the journal of 1a2b3c4d, not of copy');
  for (const id of ['../1a2b3c4d', '..', '', 'a/b']) {
    expect(() => journal.read(id)).toThrow('is no id');
    expect(() => journal.remove(id)).toThrow('is no id');
  }
});

test('what is destroyed and not reported yet stays known, until there is a report', async () => {
  const facts = {
    started: ENTRY.started,
    commit: 'unknown',
    region: ENTRY.region,
    versions: {},
    played: 'all',
    secrets: {},
  };
  journal.record(ENTRY.id, {
    doing: 'cleaned up',
    at: ENTRY.started,
    pid: 1,
    facts,
    names: [],
    rows: [],
  });
  await clean(ENTRY);
  expect([journal.ids(), journal.unreported()]).toEqual([[], [ENTRY.id]]);
  journal.reported(ENTRY.id);
  expect(fs.readdirSync(directory)).toEqual([]);
});

test('a person is told every bucket that will be emptied', () => {
  const text = describeCleanUp(ENTRY);
  for (const part of [
    'account 111122223333',
    'stack archiver-verify-1a2b3c4d',
    ...BUCKETS.map((bucket) => `bucket ${bucket}`),
    'every version',
  ]) {
    expect(text).toContain(part);
  }
});
