/** What a run of the command sends to S3, and what never leaves the process. */
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { createClient } from '../../src/cli/client';
import {
  expectOwners,
  findViolation,
  guardRequests,
  RefusedRequestError,
} from '../../src/guard/guard-requests';
import type { RequestLimits } from '../../src/guard/limits';
import type { Command } from '../../src/guard/request';
import { type RuleName, RULES } from '../../src/guard/rules';

const OWNER = '111122223333';
const OTHER = '999988887777';
/** The archive lies inside of the source, and the guard tells them apart. */
const LIMITS: RequestLimits = {
  source: { bucket: 'logs', prefix: 'incoming/', owner: OWNER },
  destination: { bucket: 'logs', prefix: 'incoming/archive/', owner: OWNER },
  reports: { bucket: 'reports', prefix: 'runs/', owner: OWNER },
  isDryRun: false,
};
const DRY_RUN = { ...LIMITS, isDryRun: true };

const OWNED = { Bucket: 'logs', ExpectedBucketOwner: OWNER };
const KEY = 'incoming/a-2026-11-24.csv';
const COPY = {
  ...OWNED,
  Key: 'incoming/archive/2026/11/24/a-2026-11-24.csv',
  CopySource: 'logs/incoming/a-2026-11-24.csv',
  CopySourceIfMatch: '"e"',
  IfNoneMatch: '*',
  ExpectedSourceBucketOwner: OWNER,
};
const PART = { ...COPY, IfNoneMatch: undefined, UploadId: 'u', PartNumber: 1 };
const REPORT = { Bucket: 'reports', ExpectedBucketOwner: OWNER, Key: 'runs/report.json', Body: '' };
const deleting = (object: object, more: object = {}) =>
  new DeleteObjectsCommand({
    ...OWNED,
    Delete: {
      Objects: [
        { Key: KEY, ETag: '"e"' },
        { Key: KEY, ETag: '"e"', ...object },
      ],
    },
    ...more,
  });

/** What a run sends. */
const ALLOWED: ReadonlyArray<readonly [string, object]> = [
  ['lists the source', new ListObjectsV2Command({ ...OWNED, Prefix: 'incoming/2026' })],
  ['reads the source', new GetObjectCommand({ ...OWNED, Key: KEY })],
  ['asks whether there are locks', new GetObjectLockConfigurationCommand(OWNED)],
  ['copies', new CopyObjectCommand(COPY)],
  ['copies a part', new UploadPartCopyCommand(PART)],
  ['writes a report', new PutObjectCommand(REPORT)],
  ['deletes what it copied', deleting({})],
  ['has S3 restore the source', new RestoreObjectCommand({ ...OWNED, Key: KEY })],
  ['deletes one object', new DeleteObjectCommand({ ...OWNED, Key: KEY, IfMatch: '"e"' })],
];

/** Each breaks one rule, and no other. */
const REFUSED: { readonly [rule in RuleName]: readonly [string, object, RequestLimits?][] } = {
  knownOperation: [['lists versions', new ListObjectVersionsCommand({ ...OWNED })]],
  knownBucket: [
    ['another bucket', new GetObjectLockConfigurationCommand({ ...OWNED, Bucket: 'theirs' })],
  ],
  expectedOwner: [
    ['no owner', new GetObjectCommand({ Bucket: 'logs', Key: KEY })],
    ['another owner', new GetObjectCommand({ ...OWNED, ExpectedBucketOwner: OTHER, Key: KEY })],
    ['deletes, and says no owner', deleting({}, { ExpectedBucketOwner: undefined })],
  ],
  expectedSourceOwner: [
    ['no owner', new CopyObjectCommand({ ...COPY, ExpectedSourceBucketOwner: undefined })],
    ['another owner', new UploadPartCopyCommand({ ...PART, ExpectedSourceBucketOwner: OTHER })],
  ],
  noVersion: [
    ['deletes a version', deleting({ VersionId: 'v' })],
    [
      'deletes one version',
      new DeleteObjectCommand({ ...OWNED, Key: KEY, IfMatch: '"e"', VersionId: 'v' }),
    ],
    ['deletes the null version', deleting({ VersionId: 'null' })],
    ['copies a version', new CopyObjectCommand({ ...COPY, CopySource: `logs/${KEY}?versionId=v` })],
    ['reads a version', new GetObjectCommand({ ...OWNED, Key: KEY, VersionId: 'v' })],
  ],
  noBypass: [
    ['bypasses governance', deleting({}, { BypassGovernanceRetention: true })],
    ['with a token', deleting({}, { MFA: '1 2' })],
  ],
  deletesBelowSource: [
    ['another key', deleting({ Key: 'a-2026-11-24.csv' })],
    ['a key that only begins alike', deleting({ Key: 'incoming-2/a' })],
    ['no key', deleting({ Key: undefined })],
    ['one other key', new DeleteObjectCommand({ ...OWNED, Key: 'a', IfMatch: '"e"' })],
  ],
  deletesNoArchive: [
    ['deletes the copy', deleting({ Key: COPY.Key })],
    [
      'deletes a report',
      deleting({ Key: 'incoming/r/1' }),
      { ...LIMITS, reports: { ...LIMITS.source, prefix: 'incoming/r/' } },
    ],
  ],
  deletesOneContent: [
    ['deletes any content', deleting({ ETag: undefined })],
    ['deletes what is there', deleting({ ETag: '*' })],
    ['deletes one, whatever it is', new DeleteObjectCommand({ ...OWNED, Key: KEY })],
  ],
  writesBelowDestination: [
    ['copies onto the source', new CopyObjectCommand({ ...COPY, Key: 'incoming/b' })],
    ['copies a part elsewhere', new UploadPartCopyCommand({ ...PART, Key: 'elsewhere' })],
    ['reports elsewhere', new PutObjectCommand({ ...REPORT, Key: 'x', IfNoneMatch: '*' })],
  ],
  overwritesNothing: [
    ['copies over something', new CopyObjectCommand({ ...COPY, IfNoneMatch: undefined })],
    ['puts over something', new PutObjectCommand({ ...OWNED, Key: COPY.Key })],
  ],
  thawsBelowSource: [
    ['has S3 restore the copy', new RestoreObjectCommand({ ...OWNED, Key: 'archive/a' })],
  ],
  copiesFromSource: [
    ['copies another key', new CopyObjectCommand({ ...COPY, CopySource: 'logs/secret' })],
    ['copies from another bucket', new CopyObjectCommand({ ...COPY, CopySource: `x/${KEY}` })],
    [
      'copies what only looks encoded alike',
      new CopyObjectCommand({ ...COPY, CopySource: 'logs/incoming%252Fa' }),
    ],
    ['copies nothing that can be read', new CopyObjectCommand({ ...COPY, CopySource: 'logs' })],
  ],
  copiesOneContent: [
    ['copies any content', new CopyObjectCommand({ ...COPY, CopySourceIfMatch: undefined })],
    ['copies a part of any', new UploadPartCopyCommand({ ...PART, CopySourceIfMatch: '*' })],
  ],
  readsOwnPlaces: [
    ['reads elsewhere', new GetObjectCommand({ ...OWNED, Key: 'secret' })],
    ['lists everything', new ListObjectsV2Command(OWNED)],
    ['lists reports of others', new ListObjectsV2Command({ ...REPORT, Prefix: 'other/' })],
  ],
  dryRunMovesNothing: [
    ['copies', new CopyObjectCommand(COPY), DRY_RUN],
    ['copies a part', new UploadPartCopyCommand(PART), DRY_RUN],
    ['deletes', deleting({}), DRY_RUN],
  ],
};
const CASES = (Object.keys(RULES) as RuleName[]).flatMap((rule) =>
  REFUSED[rule].map(([title, command, limits = LIMITS]) => ({ rule, title, command, limits })),
);

let double: S3Double;
let s3: S3Client;
beforeEach(async () => {
  double = await startS3();
  double.store.createBucket('logs', { account: OWNER });
  double.store.createBucket('reports', { account: OWNER });
  double.store.createBucket('theirs');
  double.store.put('logs', KEY, 'content');
  double.store.put('logs', COPY.Key, 'archived');
  s3 = createClient({
    endpoint: double.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  });
});
afterEach(async () => {
  s3.destroy();
  await double.close();
});

test.each(CASES)('$rule: $title, which never leaves the process', async (refused) => {
  const guarded = guardRequests(s3, refused.limits);
  await expect(guarded.send(refused.command as never)).rejects.toThrow(RefusedRequestError);
  expect(double.requests).toEqual({});
});

test.each(CASES)('without the rule $rule: $title would pass', ({ rule, command, limits }) => {
  const others = Object.entries(RULES).filter(([name]) => name !== rule);
  const rules = others.map(([, each]) => each);
  expect(findViolation(command as Command, limits, rules)).toBeUndefined();
});

test.each(ALLOWED)('a run %s', (_, command) => {
  expect(findViolation(command as Command, LIMITS)).toBeUndefined();
});

test('a dry run reads, and writes its reports', () => {
  const passed = ALLOWED.filter(
    ([, command]) => findViolation(command as Command, DRY_RUN) === undefined,
  );
  expect(passed.map(([title]) => title)).toEqual([
    'lists the source',
    'reads the source',
    'asks whether there are locks',
    'writes a report',
  ]);
});

test('what passes is sent as it was given', async () => {
  const guarded = guardRequests(s3, LIMITS);
  const answer = await guarded.send(new GetObjectCommand({ ...OWNED, Key: KEY }));
  expect(await answer.Body!.transformToString()).toBe('content');
  expect(double.requests).toEqual({ GetObject: 1 });
});

test('what is sent is what was checked, also if its input changes meanwhile', async () => {
  const { etag } = double.store.get('logs', KEY)!;
  const Objects = [{ Key: KEY, ETag: etag }];
  const sent = guardRequests(s3, LIMITS).send(
    new DeleteObjectsCommand({ ...OWNED, Delete: { Objects } }),
  );
  Objects[0].Key = COPY.Key;
  await sent;
  expect(double.store.keys('logs')).toEqual([COPY.Key]);
});

test('owners are in each request, so S3 refuses a bucket of another account', async () => {
  const theirs = { ...LIMITS, source: { ...LIMITS.source, owner: OTHER } };
  const send = (limits: RequestLimits) =>
    expectOwners(guardRequests(s3, limits), limits).send(
      new GetObjectCommand({ Bucket: 'logs', Key: KEY }),
    );
  await expect(send(LIMITS)).resolves.toBeDefined();
  await expect(send(theirs)).rejects.toThrow(/Access Denied/);
});
