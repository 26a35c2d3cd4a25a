import { hasObjectLock } from '../../../../src/lambda/move/object-lock';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';
import { replaceBodies, UNREADABLE, type Unreadable } from '../../../helpers/unreadable-answers';

let harness: Harness;
beforeEach(async () => { harness = await startHarness(); });
afterEach(() => harness.close());

const ask = (bucket: string) => hasObjectLock(bucketClient(harness, bucket));

test('a bucket with Object Lock has it, another has not', async () => {
  harness.store.createBucket('vault', { objectLock: true });
  expect([await ask('vault'), await ask('source')]).toEqual([true, false]);
});

test('a bucket that does not say may have it: its objects are looked at', async () => {
  harness.before = () => ({ kind: 'Error', status: 403, code: 'AccessDenied' });
  expect(await ask('source')).toBe(true);
});

test('an S3 that does not know Object Lock has none', async () => {
  harness.before = () => ({ kind: 'Error', status: 501, code: 'NotImplemented' });
  expect(await ask('source')).toBe(false);
});

test.each(Object.keys(UNREADABLE) as Unreadable[])('an answer that is the %s does not say that there is none', async (kind) => {
  harness.store.createBucket('vault', { objectLock: true });
  replaceBodies(harness.s3, () => kind);
  expect(await ask('vault')).toBe(true);
});
