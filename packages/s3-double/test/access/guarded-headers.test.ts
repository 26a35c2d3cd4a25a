import {
  CopyObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { DenyRule, S3Double } from '../../src';
import { startDouble } from '../start-double';

const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

let double: S3Double;
let client: S3Client;
beforeEach(async () => {
  ({ double, client } = await startDouble('untagged'));
  double.store.createBucket('locked', { objectLock: true });
  for (const key of ['in/a', 'in/b']) {
    double.store.put('bucket', key, key, { tags: { project: 'x', owner: 'y' } });
  }
});

const head = (Key: string) => client.send(new HeadObjectCommand({ Bucket: 'bucket', Key }));
const getTags = (Key: string) =>
  client.send(new GetObjectTaggingCommand({ Bucket: 'bucket', Key }));
const countOf = async (key: string) => (await head(key)).TagCount;

/** A denial as a rule of the double, and as a statement of the bucket's policy. */
const WAYS: Record<string, (key: string) => void> = {
  'a rule for one key': (key) => {
    double.store.deny({ operations: ['GetObjectTagging'], key });
  },
  'a bucket policy': (key) => {
    double.store.putPolicy('bucket', {
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:GetObjectTagging',
        Resource: `arn:aws:s3:::bucket/${key}`,
      },
    });
  },
};

describe.each(Object.entries(WAYS))('where %s denies GetObjectTagging', (_, deny) => {
  test('HEAD and GET leave out the count of tags of that object only', async () => {
    expect(await countOf('in/a')).toBe(2);
    deny('in/a');
    expect([await countOf('in/a'), await countOf('in/b')]).toEqual([undefined, 2]);
    const { TagCount } = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'in/a' }));
    expect(TagCount).toBeUndefined();
    await expect(getTags('in/a')).rejects.toMatchObject(DENIED);
    expect((await getTags('in/b')).TagSet).toHaveLength(2);
  });

  test('a copy that would read the tags is denied, one that replaces them is not', async () => {
    deny('in/a');
    const copy = { Bucket: 'bucket', Key: 'copy', CopySource: 'bucket/in/a' };
    await expect(client.send(new CopyObjectCommand(copy))).rejects.toMatchObject(DENIED);
    expect(double.store.keys('bucket')).not.toContain('copy');
    await client.send(new CopyObjectCommand({ ...copy, TaggingDirective: 'REPLACE' }));
    expect(await countOf('copy')).toBeUndefined();
  });
});

test('a rule for a prefix hides the counts below it until it is lifted', async () => {
  const allow = double.store.deny({ operations: ['GetObjectTagging'], keyPrefix: 'in/' });
  expect([await countOf('in/a'), await countOf('in/b')]).toEqual([undefined, undefined]);
  allow();
  expect(await countOf('in/a')).toBe(2);
});

test.each<[string, DenyRule]>([
  ['tags', { operations: ['PutObjectTagging'], key: 'copy' }],
  ['annotations', { operations: ['PutObjectAnnotation'], key: 'copy' }],
])('a copy is denied where its %s may not be written', async (_, rule) => {
  const options = { tags: { a: 'b' }, annotations: { note: 'x' } };
  double.store.put('bucket', 'source', 'x', options);
  double.store.deny(rule);
  const copy = { Bucket: 'bucket', Key: 'copy', CopySource: 'bucket/source' };
  await expect(client.send(new CopyObjectCommand(copy))).rejects.toMatchObject(DENIED);
  await client.send(new CopyObjectCommand({ ...copy, CopySource: 'bucket/untagged' }));
});

test('locks are hidden, each from who may not read it', async () => {
  const lock = { mode: 'GOVERNANCE', retainUntil: Date.UTC(2100, 0, 1), legalHold: true };
  double.store.put('locked', 'key', 'x', { lock: { ...lock, eventHold: { days: 1 } } });
  const locks = async () => {
    const answer = await client.send(new HeadObjectCommand({ Bucket: 'locked', Key: 'key' }));
    return [
      answer.ObjectLockMode,
      answer.ObjectLockRetainUntilDate?.getUTCFullYear(),
      answer.ObjectLockEventHold,
      answer.ObjectLockEventHoldDurationDays,
      answer.ObjectLockLegalHoldStatus,
    ];
  };
  expect(await locks()).toEqual(['GOVERNANCE', 2100, 'ON', 1, 'ON']);
  const allow = double.store.deny({ operations: ['GetObjectRetention'] });
  expect(await locks()).toEqual([undefined, undefined, undefined, undefined, 'ON']);
  allow();
  double.store.deny({ operations: ['GetObjectLegalHold'] });
  expect(await locks()).toEqual(['GOVERNANCE', 2100, 'ON', 1, undefined]);
});
