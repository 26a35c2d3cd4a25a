import { hasObjectLock, keepsLock, ObjectLockCheck } from '../../../../src/lambda/attributes/lock';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';
import { replaceBodies, UNREADABLE, type Unreadable } from '../../../helpers/unreadable-answers';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
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

test.each(Object.keys(UNREADABLE) as Unreadable[])(
  'an answer that is the %s does not say that there is none',
  async (kind) => {
    harness.store.createBucket('vault', { objectLock: true });
    replaceBodies(harness.s3, () => kind);
    expect(await ask('vault')).toBe(true);
  },
);

test('an event hold of unknown duration is kept only by one that is on', () => {
  const head = (status?: 'ON' | 'OFF') => ({
    $metadata: {},
    ETag: '"e"',
    ObjectLockEventHold: status,
  });
  expect(
    [head(), head('OFF'), head('ON')].map((archived) => keepsLock(head('ON'), archived, 0)),
  ).toEqual([false, false, true]);
});

describe('a function instance', () => {
  const check = (given: ObjectLockCheck, bucket: string, now: number) =>
    given.isEnabled(
      bucketClient(harness, bucket, {
        budget: { clock: { now: () => now, sleep: async () => undefined }, deadline: Infinity },
      }),
    );

  test('asks again after a minute whether a bucket has Object Lock by now', async () => {
    const given = new ObjectLockCheck();
    expect([await check(given, 'source', 0), await check(given, 'source', 59_999)]).toEqual([
      false,
      false,
    ]);
    expect(harness.requests.GetObjectLockConfiguration).toBe(1);
    harness.store.createBucket('source', { objectLock: true });
    expect(await check(given, 'source', 60_000)).toBe(true);
  });

  test('asks for each bucket, and again after each answer that is not no', async () => {
    const given = new ObjectLockCheck();
    harness.store.createBucket('vault', { objectLock: true });
    const answers = [];
    for (const bucket of ['source', 'vault', 'vault', 'source']) {
      answers.push(await check(given, bucket, 0));
    }
    expect(answers).toEqual([false, true, true, false]);
    expect(harness.requests.GetObjectLockConfiguration).toBe(4);
  });
});
