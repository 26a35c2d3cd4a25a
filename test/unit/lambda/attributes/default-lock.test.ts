/** A lock that a copy states switches the default of its bucket off, so it states both. */
import type { GivenAttributes } from '../../../../src/lambda/attributes/given';
import { readDefaultLock, stricter } from '../../../../src/lambda/attributes/lock';
import { copyVersion } from '../../../../src/lambda/move/copy-version';
import {
  type ContextOptions,
  type Harness,
  bucketClient,
  moveContext,
  startHarness,
} from '../../../helpers/harness';

const KEY = 'in/a-2026-11-24.csv';
const COPY = 'archive/2026/11/24/a-2026-11-24.csv';
const NOW = new Date('2026-11-25T01:00:00Z');
const UNTIL = new Date('2027-01-01T00:00:00Z');

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ now: () => NOW });
});
afterEach(() => harness.close());

function createVault(lockDefaults: object): void {
  harness.store.createBucket('vault', { objectLock: true, lockDefaults } as never);
}

async function copy(options: ContextOptions): Promise<unknown> {
  const destination = bucketClient(harness, 'vault', clock());
  const context = moveContext(harness, {
    destinationBucket: 'vault',
    getDefaultLock: () => readDefaultLock(destination),
    ...options,
  });
  const etag = harness.put(KEY);
  await copyVersion(context, { key: KEY, etag, size: 10, destination: COPY, day: '2026-11-24' });
  return harness.store.get('vault', COPY)!.attributes.lock;
}

const clock = () => ({
  budget: { clock: { now: () => NOW.getTime(), sleep: async () => undefined }, deadline: Infinity },
});
const given: GivenAttributes = {
  lock: {
    requests: {},
    merge: () => ({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: UNTIL }),
  },
};

test('the default event hold of the bucket stays beside a retention', async () => {
  createVault({ eventHold: { days: 30 } });
  expect(await copy({ given })).toMatchObject({
    mode: 'GOVERNANCE',
    retainUntil: UNTIL.getTime(),
    eventHold: { days: 30 },
  });
});

test('the later of a retention and the default of the bucket counts', async () => {
  createVault({ mode: 'COMPLIANCE', period: { years: 1 } });
  expect(await copy({ given })).toMatchObject({
    mode: 'COMPLIANCE',
    // The end of the day.
    retainUntil: Date.parse('2027-11-26T00:00:00Z'),
  });
});

test('without a lock of its own, a copy asks for no default, and S3 applies it', async () => {
  createVault({ mode: 'GOVERNANCE', period: { days: 10 } });
  const lock = await copy({});
  expect(lock).toMatchObject({ mode: 'GOVERNANCE', retainUntil: NOW.getTime() + 10 * 86_400_000 });
  expect(harness.requests.GetObjectLockConfiguration).toBeUndefined();
});

test('a default that may not be read keeps the object where it is', async () => {
  createVault({ eventHold: { days: 30 } });
  harness.store.denials.add({ operations: ['GetObjectLockConfiguration'], bucket: 'vault' });
  await expect(copy({ given })).rejects.toMatchObject({
    name: 'UnknownDefaultLock',
    message: expect.stringContaining('allow s3:GetBucketObjectLockConfiguration on the bucket'),
  });
  expect(harness.store.get('vault', COPY)).toBeUndefined();
});

test('a bucket without Object Lock has no default', async () => {
  expect(await readDefaultLock(bucketClient(harness, 'archive'))).toEqual({});
});

test.each([
  [{ days: 30 }, { days: 10 }, { days: 30, years: undefined }],
  [{ days: 364 }, { years: 1 }, { days: undefined, years: 1 }],
  [{ days: 366 }, { years: 1 }, { days: 366, years: undefined }],
  // A year may have 366 days.
  [{ years: 2 }, { days: 731 }, { days: 732, years: undefined }],
])('of the holds %j and %j, the longer one counts', (one, other, expected) => {
  const toHold = ({ days, years }: { days?: number; years?: number }) => ({
    ObjectLockEventHold: 'ON' as const,
    ObjectLockEventHoldDurationDays: days,
    ObjectLockEventHoldDurationYears: years,
  });
  expect(stricter(toHold(one), toHold(other))).toMatchObject(toHold(expected));
});
