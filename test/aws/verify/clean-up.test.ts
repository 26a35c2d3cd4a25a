/**
 * A clean-up destroys what the verification created. It leaves alone all else that a journal
 * names.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describeCleanUp } from './clean-up';
import type { Entry } from './journal';
import { rowsOfCleanUp } from './refusals';
import {
  ARCHIVE,
  BUCKETS,
  type CleanUpRig,
  DENIED,
  ENTRY,
  named,
  openRig,
  OURS,
  REPORTS,
  RUNNING_CLI,
  SOURCE,
  TAG,
  THROTTLED,
} from './slow/clean-up-rig';

let rig: CleanUpRig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

test('what has the tag is destroyed, and each request to S3 names the owner', async () => {
  rig.running = ['a', 'b'];
  expect(await rig.clean()).toEqual([]);
  expect([rig.full(), rig.running, rig.stacks.ids()]).toEqual([['mine'], [], []]);
  expect(
    rig.asked.filter(
      (command) => /Bucket|Object/.test(command) && !command.endsWith(' 111122223333'),
    ),
  ).toEqual([]);
  expect(rig.journal.ids()).toEqual([]);
});

test('a deleted bucket that S3 still shows is looked at again', async () => {
  rig.stale = 2;
  expect(await rig.clean()).toEqual([]);
  expect(rig.asked.filter((command) => command.startsWith('wait'))).toEqual([
    'wait 6000',
    'wait 6000',
  ]);
  expect(rig.journal.ids()).toEqual([]);
});

test('a bucket that S3 shows for ever is told', async () => {
  rig.stale = Infinity;
  expect(await rig.clean()).toEqual([
    { what: `bucket ${SOURCE}`, why: 'it should be gone, and is there' },
    { what: `bucket ${ARCHIVE}`, why: 'it should be gone, and is there' },
    { what: `bucket ${REPORTS}`, why: 'it should be gone, and is there' },
  ]);
  expect(rig.journal.ids()).toEqual([ENTRY.id]);
});

const stackOf = (name: string, account = '111122223333') =>
  `arn:aws:cloudformation:eu-central-1:${account}:stack/${name}/uuid`;
const OTHER_STACK = (uuid: string) =>
  `arn:aws:cloudformation:eu-central-1:111122223333:stack/archiver-verify-1a2b3c4d/${uuid}`;

/** Resources that belong to another owner, or to an unknown one. */
const UNCLEAR: Record<string, [prepare: () => void, what: string]> = {
  'a bucket without tags': [
    () => {
      delete rig.tagsOf[REPORTS];
    },
    `bucket ${REPORTS} does not have the tag ${TAG}=${OURS}`,
  ],
  'a bucket with the tag of another verification': [
    () => {
      rig.tagsOf[REPORTS] = { ...rig.tagsOfStack(), [TAG]: 'verify-ffffffff' };
    },
    `bucket ${REPORTS} does not have the tag ${TAG}=${OURS}`,
  ],
  'a bucket of another stack': [
    () => {
      rig.tagsOf[REPORTS] = rig.tagsOfStack(OTHER_STACK('other'));
    },
    `bucket ${REPORTS} does not have the tag aws:cloudformation:stack-id=`,
  ],
  'a bucket with the tag, which no stack made': [
    () => {
      rig.tagsOf[REPORTS] = { [TAG]: OURS };
    },
    `bucket ${REPORTS} does not have the tag aws:cloudformation:stack-id=`,
  ],
  'a bucket whose tags are denied': [
    () => {
      rig.errors[`GetBucketTagging ${REPORTS}`] = DENIED;
    },
    'AccessDenied: User: ann is not authorized',
  ],
  'a bucket whose tags are throttled': [
    () => {
      rig.errors[`GetBucketTagging ${REPORTS}`] = THROTTLED;
    },
    'ThrottlingException: Rate exceeded',
  ],
  'a state machine without the tag': [
    () => {
      rig.tagsOf.machine = {};
    },
    'stateMachine:archiver-verify-1a2b3c4d-Standard does not have the tag',
  ],
  'a state machine of another stack': [
    () => {
      rig.tagsOf.machine = rig.tagsOfStack(OTHER_STACK('other'));
    },
    'stateMachine:archiver-verify-1a2b3c4d-Standard does not have the tag aws:cloudformation',
  ],
  'a state machine whose tags are denied': [
    () => {
      rig.errors.ListTagsForResource = DENIED;
    },
    'AccessDenied',
  ],
  'a stack that is denied': [
    () => {
      rig.errors.DescribeStacks = DENIED;
    },
    'AccessDenied',
  ],
  'a stack that is throttled': [
    () => {
      rig.errors.DescribeStacks = THROTTLED;
    },
    'Rate exceeded',
  ],
  'a request about the stack that is not valid': [
    () => {
      rig.errors.DescribeStacks = named('ValidationError', '1 validation error detected');
    },
    '1 validation error detected',
  ],
  'a journal without the id of the stack, and a stack of the name without the tag': [
    () => {
      rig.journal.write(ENTRY);
      rig.forgetStacks();
      rig.stacks.create('archiver-verify-1a2b3c4d', {});
    },
    `does not have the tag ${TAG}=${OURS}, so nothing shows that 1a2b3c4d created it`,
  ],
  'a journal without the id of the stack, and no stack, but its buckets': [
    () => {
      rig.journal.write(ENTRY);
      rig.forgetStacks();
    },
    'of the stack that was deployed, which the journal does not know',
  ],
  'a CDK CLI that outlived its process, and has made no stack yet': [
    () => {
      rig.journal.write({ ...ENTRY, cli: RUNNING_CLI });
      rig.forgetStacks();
      rig.removeBuckets();
    },
    'the CDK CLI that deploys it, may still run. End it with: kill -- -4711',
  ],
};

test.each(Object.entries(UNCLEAR))(
  '%s: nothing is changed, what is left is said, and the journal stays',
  async (_name, [prepare, why]) => {
    rig.running = ['a'];
    prepare();
    const before = [rig.full(), rig.stacks.ids()];
    const refusals = await rig.clean();
    expect(refusals[0]!.why).toMatch(/^nothing was changed: /);
    expect(refusals[0]!.why).toContain(why);
    expect([rig.full(), rig.stacks.ids()]).toEqual(before);
    expect([rig.changes(), rig.running, rig.journal.ids()]).toEqual([[], ['a'], [ENTRY.id]]);
  },
);

test.each<[string, () => Promise<string>, string]>([
  [
    'credentials of another account',
    async () => '999988887777',
    'created in account 111122223333, but profile test now means account 999988887777',
  ],
  ['an account that is unknown', () => Promise.reject(DENIED), 'AccessDenied'],
])('%s: nothing is changed', async (_name, account, why) => {
  const refusals = await rig.clean(account);
  expect(refusals).toEqual([
    { what: 'account 111122223333', why: expect.stringMatching(/^nothing was changed: /) },
  ]);
  expect(refusals[0]!.why).toContain(why);
  expect([rig.changes(), rig.full(), rig.journal.ids()]).toEqual([
    [],
    [...BUCKETS, 'mine'],
    [ENTRY.id],
  ]);
});

test('another stack that has the name by now is never destroyed', async () => {
  await rig.stacks.delete(rig.stackId);
  rig.removeBuckets();
  await rig.stacks.delete(rig.stackId);
  const other = rig.stacks.create('archiver-verify-1a2b3c4d', { [TAG]: OURS });
  rig.asked = [];
  expect(await rig.clean()).toEqual([]);
  expect([rig.stacks.ids(), rig.changes(), rig.journal.ids()]).toEqual([[other], [], []]);
});

test('a kill before the id was known: the stack has the name and the tag, and is recorded', async () => {
  rig.journal.write({ ...ENTRY, cli: 1 });
  rig.errors.DeleteStack = DENIED;
  await rig.clean();
  expect(rig.journal.read(ENTRY.id).stackId).toBe(rig.stackId);
  rig.errors = {};
  expect(await rig.clean()).toEqual([]);
  expect([rig.stacks.ids(), rig.journal.ids()]).toEqual([[], []]);
});

test('a stack that is still created is deleted first: its buckets may have no tags yet', async () => {
  BUCKETS.forEach((bucket) => {
    rig.double.store.buckets.delete(bucket);
    rig.double.store.createBucket(bucket);
  });
  rig.tagsOf = { machine: rig.tagsOfStack() };
  rig.forgetStacks();
  const id = rig.stacks.create('archiver-verify-1a2b3c4d', {}, 'CREATE_IN_PROGRESS');
  rig.journal.write({ ...ENTRY, stackId: id });
  rig.tagsOf.machine = rig.tagsOfStack(id);
  expect(await rig.clean()).toEqual([]);
  expect([rig.stacks.ids(), rig.journal.ids()]).toEqual([[], []]);
});

test('a throttled answer is asked for again', async () => {
  let throttled = 3;
  Object.defineProperty(rig.errors, 'DescribeStacks', {
    enumerable: true,
    get: () => (throttled-- > 0 ? THROTTLED : undefined),
  });
  expect(await rig.clean()).toEqual([]);
  expect(rig.asked.slice(0, 3)).toEqual(['wait 2000', 'wait 4000', 'wait 6000']);
});

test('a stack that is not deleted because a run ended late: the buckets are emptied again', async () => {
  rig.late = 2;
  expect(await rig.clean()).toEqual([]);
  expect(rig.changes().filter((command) => command === 'destroy')).toHaveLength(3);
  expect([rig.full(), rig.journal.ids()]).toEqual([['mine'], []]);
});

test('a stack that stays is told with its reason, and can be cleaned up later', async () => {
  rig.late = 3;
  expect(await rig.clean()).toEqual([
    {
      what: 'stack archiver-verify-1a2b3c4d',
      why: `it is DELETE_FAILED: The following resources failed to delete: ${REPORTS}`,
    },
    { what: `bucket ${REPORTS}`, why: 'it should be gone, and is there' },
  ]);
  expect(rig.journal.ids()).toEqual([ENTRY.id]);
  expect(await rig.clean()).toEqual([]);
  expect([rig.full(), rig.journal.ids()]).toEqual([['mine'], []]);
});

test('one refusal is one row, and everything else is removed', async () => {
  rig.double.store.put(ARCHIVE, 'kept', 'content');
  rig.running = ['run-a', 'run-b'];
  rig.errors['StopExecution run-a'] = DENIED;
  rig.errors[`ListObjectVersions ${REPORTS}`] = DENIED;
  const refusals = await rig.clean();
  expect(refusals.map(({ what }) => what)).toEqual([
    'run run-a',
    `bucket ${REPORTS}`,
    'stack archiver-verify-1a2b3c4d',
  ]);
  expect([rig.full(), rig.running]).toEqual([[REPORTS, 'mine'], ['run-a']]);
  expect(rowsOfCleanUp(ENTRY.id, refusals)).toMatchObject([
    {
      name: 'the clean-up',
      status: 'differs',
      details: [
        '3 things are left, each in a row. To try again, type: npm run verify:aws -- --clean-up ' +
          ENTRY.id,
      ],
    },
    {
      name: 'the clean-up: run run-a',
      status: 'differs',
      details: [`AccessDenied: ${DENIED.message}`],
    },
    { name: `the clean-up: bucket ${REPORTS}`, status: 'differs' },
    { name: 'the clean-up: stack archiver-verify-1a2b3c4d', status: 'differs' },
  ]);
});

test('a journal that is not of its folder, and an id that is no id, are refused', () => {
  fs.mkdirSync(path.join(rig.directory, 'copy'));
  fs.copyFileSync(
    path.join(rig.directory, '1a2b3c4d/journal.json'),
    path.join(rig.directory, 'copy/journal.json'),
  );
  expect(() => rig.journal.read('copy')).toThrow('is the journal of 1a2b3c4d, not of copy');
  for (const id of ['../1a2b3c4d', '..', '', 'a/b']) {
    expect(() => rig.journal.read(id)).toThrow('is no id');
    expect(() => rig.journal.remove(id)).toThrow('is no id');
  }
});

test.each<[string, Partial<Entry>, string]>([
  ['an account', { account: 'payroll' }, 'has an account, a region or an archiver that cannot be'],
  ['a region', { region: '../x' }, 'has an account, a region or an archiver that cannot be'],
  ['an archiver', { machines: ['payroll' as never] }, 'an archiver that cannot be'],
  ['a stack of another name', { stackId: stackOf('payroll') }, 'is not the stack of 1a2b3c4d'],
  [
    'a stack of another account',
    { stackId: stackOf('archiver-verify-1a2b3c4d', '999988887777') },
    'is not the stack of 1a2b3c4d in 111122223333, eu-central-1',
  ],
  ['another region than its stack', { region: 'us-east-1' }, 'in 111122223333, us-east-1'],
])('a journal with %s is not used', (_what, more, why) => {
  rig.journal.write({ ...ENTRY, stackId: rig.stackId, ...more });
  expect(() => rig.journal.read(ENTRY.id)).toThrow(why);
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
  rig.journal.record(ENTRY.id, {
    doing: 'cleaned up',
    at: ENTRY.started,
    pid: 1,
    facts,
    names: [],
    rows: [],
  });
  await rig.clean();
  expect([rig.journal.ids(), rig.journal.unreported()]).toEqual([[], [ENTRY.id]]);
  rig.journal.reported(ENTRY.id);
  expect(fs.readdirSync(rig.directory)).toEqual([]);
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
  expect(describeCleanUp({ ...ENTRY, stackId: rig.stackId })).toContain(`stack ${rig.stackId}`);
});
