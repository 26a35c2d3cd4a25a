/**
 * Denies each call of a clean-up in turn, after scenarios with locks were played. What the call is
 * needed for is left, and named; everything else is gone. Without the denial nothing is left.
 */
import { Account, Shared } from './account';
import { deploymentOfEntry } from '../journal';
import { lockedBucketsOf } from '../names';
import { choose } from '../scenarios';

jest.setTimeout(600_000);

const PLAYED = choose('', ['locks']).filter(({ name }) => /^(locks|a dry run)/.test(name));
const shared = new Shared();
afterAll(() => shared.close());
let account: Account;
beforeEach(() => {
  account = new Account(PLAYED, shared);
});
afterEach(() => account.close());

const lockedOf = (given: Account) => lockedBucketsOf(deploymentOfEntry(given.entry));
const all = (given: Account) => [...given.buckets()];

/** Which buckets are left, and of what the refusals are. */
const LEFT: Record<
  string,
  [buckets: (given: Account) => string[], what: RegExp, changed: boolean]
> = {
  GetCallerIdentity: [all, /^account/, false],
  DescribeStacks: [all, /^stack/, false],
  ListTagsForResource: [all, /^state machine/, false],
  GetBucketTagging: [all, /^bucket/, false],
  ListObjectVersions: [all, /^(bucket|stack)/, true],
  DeleteObjects: [all, /^(bucket|stack)/, true],
  PutObjectLegalHold: [lockedOf, /^(bucket .*-locked\w+: |stack)/, true],
  PutObjectRetention: [lockedOf, /^(bucket .*-locked\w+: |stack)/, true],
  HeadObject: [lockedOf, /^(bucket .*-locked\w+: |stack)/, true],
  DeleteStack: [all, /^(bucket|stack)/, true],
};

test.each(Object.keys(LEFT))('%s is denied to the clean-up', async (call) => {
  await account.verify({ keep: true });
  const rows = account.reports[0]!.filter(({ status }) => status !== 'passed');
  expect(rows).toEqual([]);
  const [leftOf, what, changed] = LEFT[call]!;
  const before = all(account);
  account.interference.deny = call;
  const refusals = await account.cleanUp();
  expect(refusals.length).toBeGreaterThan(0);
  for (const refusal of refusals) {
    expect(refusal.what).toMatch(what);
    expect(refusal.why.startsWith('nothing was changed: ')).toBe(!changed);
  }
  expect(refusals.some(({ why }) => why.includes(`not authorized to perform ${call}`))).toBe(true);
  const left = leftOf(account);
  expect(left.filter((bucket) => !before.includes(bucket))).toEqual([]);
  expect(account.buckets().filter((bucket) => !left.includes(bucket))).toEqual([]);
  expect(account.journal.ids()).toEqual([account.entry.id]);
  account.interference = {};
  expect(await account.cleanUp()).toEqual([]);
  expect([account.buckets(), account.stacks.ids(), account.journal.ids()]).toEqual([[], [], []]);
});

test.each(['ListExecutions', 'StopExecution', 'HeadBucket'])(
  '%s is denied to the clean-up: everything is gone, and seen to be',
  async (call) => {
    await account.verify({ keep: true });
    account.interference.deny = call;
    expect(await account.cleanUp()).toEqual([]);
    expect([account.buckets(), account.stacks.ids(), account.journal.ids()]).toEqual([[], [], []]);
  },
);
