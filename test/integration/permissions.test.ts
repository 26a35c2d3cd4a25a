import { DeleteObjectCommand, DeleteObjectsCommand, S3Client } from '@aws-sdk/client-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { listsByMap } from '../helpers/default-listing';
import { rehearse, type Rehearsal } from '../helpers/run-in-sandbox';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await rehearse({
    prefix: '',
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0' }),
  });
});
afterAll(() => rehearsal.close());

/** Returns an S3 client with the credentials of a role. */
function clientOf({ arn, name }: { arn: string; name: string }): S3Client {
  rehearsal.sandbox.access.addCaller(name, arn, 'trial');
  return new S3Client({
    region: 'us-east-1',
    endpoint: rehearsal.sandbox.s3Endpoint,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: name, secretAccessKey: 'x' },
  });
}

test('a run moves objects, and afterwards no role can delete what it archived', async () => {
  rehearsal.put('a-2026-11-24.log');
  const { status } = await rehearsal.sandbox.run({ now: '2026-11-25T01:00:00Z' });
  expect(status).toBe('SUCCEEDED');
  const archived = Object.keys(rehearsal.archive());
  expect(archived).toEqual(['archive/2026/11/24/a-2026-11-24.log']);

  const roles = [...rehearsal.sandbox.access.policies.roles.values()];
  expect(roles).toHaveLength(listsByMap() ? 7 : 8);
  for (const role of roles) {
    const s3 = clientOf(role);
    const Bucket = rehearsal.sandbox.destinationBucket;
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: archived[0] }))).rejects.toThrow(
      /is not authorized to perform: s3:DeleteObject .* with an explicit deny in an identity-based policy$/,
    );
    const { Errors } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: archived[0] }] } }),
    );
    expect(Errors).toMatchObject([{ Key: archived[0], Code: 'AccessDenied' }]);
    s3.destroy();
  }
  expect(Object.keys(rehearsal.archive())).toEqual(archived);
});

test(
  'the same trial deletes a source with the role of ArchiveBatch, so refusals are those of the ' +
    'policies',
  async () => {
    rehearsal.put('b-2026-11-25.log');
    const role = [...rehearsal.sandbox.access.policies.roles.values()].find(({ path }) =>
      path.includes('/ArchiveBatch/'),
    )!;
    const s3 = clientOf(role);
    await s3.send(
      new DeleteObjectCommand({ Bucket: rehearsal.sandbox.sourceBucket, Key: 'b-2026-11-25.log' }),
    );
    expect(rehearsal.source()).toEqual([]);
    s3.destroy();
  },
);

test(
  'objects stay at their source if Object Lock was turned on outside of the app, because nobody ' +
    'may write their locks',
  async () => {
    const fresh = await rehearse({ prefix: '' });
    const { sandbox } = fresh;
    const { store } = sandbox.s3!;
    store.createBucket(sandbox.sourceBucket, { objectLock: true });
    store.put(sandbox.sourceBucket, 'c-2026-11-26.log', 'held', { lock: { legalHold: true } });
    const { counts } = await sandbox.run({
      now: '2026-11-27T01:00:00Z',
      input: { date: '2026-11-26' },
    });
    expect(counts).toMatchObject({ listed: 1, archived: 0, failed: 1 });
    expect(fresh.source()).toEqual(['c-2026-11-26.log']);
    expect(fresh.archive()).toEqual({});
    await fresh.close();
  },
);
