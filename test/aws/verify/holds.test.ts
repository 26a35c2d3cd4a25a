/** Locks are ended one by one. What a lock still holds is named, and everything else is gone. */
import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { rowsOfCleanUp } from './refusals';
import {
  ARCHIVE,
  type CleanUpRig,
  DENIED,
  ENTRY,
  LOCKED,
  LOCKED_BUCKETS,
  openRig,
  REPORTS,
  SOURCE,
} from './slow/clean-up-rig';

const DAY_MS = 86_400_000;

let rig: CleanUpRig;
beforeEach(async () => {
  rig = await openRig();
  rig.journal.write({ ...LOCKED, stackId: rig.stackId });
  // These are not of this app.
  [SOURCE, ARCHIVE].forEach((bucket) => rig.double.store.buckets.delete(bucket));
});
afterEach(() => rig.close());

/** Puts the objects `a` and `b` with each lock, and a delete marker onto `a`. */
async function lock(locks: Partial<PutObjectCommandInput>[]): Promise<void> {
  const { store } = rig.double;
  for (const Bucket of LOCKED_BUCKETS) {
    store.createBucket(Bucket, { objectLock: true });
    for (const more of locks) {
      for (const Key of ['a', 'b']) {
        await rig.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }));
      }
      store.bucket(Bucket).delete('a', store.time());
    }
  }
}

const EVENT_HOLD = { ObjectLockEventHold: 'ON', ObjectLockEventHoldDurationDays: 1 } as const;
const retained = (ObjectLockMode: 'GOVERNANCE' | 'COMPLIANCE', milliseconds = 60_000) => ({
  ObjectLockMode,
  ObjectLockRetainUntilDate: new Date(Date.now() + milliseconds),
});
const ALL_LOCKS = {
  ...EVENT_HOLD,
  ...retained('GOVERNANCE'),
  ObjectLockLegalHoldStatus: 'ON',
} as const;

test(
  'holds are turned off, governance is bypassed where there is Object Lock, and no lock is ' +
    'touched that is not there',
  async () => {
    await lock([{}, { ObjectLockLegalHoldStatus: 'ON' }, retained('GOVERNANCE'), ALL_LOCKS]);
    expect(await rig.clean()).toEqual([]);
    expect([...rig.bypassed].sort()).toEqual([...LOCKED_BUCKETS].sort());
    expect([rig.journal.ids(), rig.lockedBuckets(), rig.stacks.ids()]).toEqual([[], [], []]);
    expect(
      rig.asked.filter((command) => /Object/.test(command) && !command.endsWith(' 111122223333')),
    ).toEqual([]);
    expect(
      ['PutObjectLegalHold', 'PutObjectRetention'].map(
        (call) => rig.asked.filter((command) => command.startsWith(call)).length,
      ),
    ).toEqual([8, 4]);
  },
);

test('an event hold is released with the mode, the date and the bypass', async () => {
  const until = new Date(Date.now() + 60_000);
  await lock([{ ...EVENT_HOLD, ...retained('GOVERNANCE'), ObjectLockRetainUntilDate: until }]);
  await rig.clean();
  const releases = rig.requests.filter(({ call }) => call === 'PutObjectRetention');
  expect(releases).toHaveLength(4);
  for (const { input } of releases) {
    expect(input).toMatchObject({
      Retention: { Mode: 'GOVERNANCE', EventHold: 'OFF' },
      BypassGovernanceRetention: true,
    });
    expect(Math.abs(input.Retention!.RetainUntilDate!.getTime() - until.getTime())).toBeLessThan(
      1000,
    );
  }
});

test.each(['PutObjectLegalHold', 'PutObjectRetention', 'HeadObject'])(
  'one refusal of %s: that version is named, and every other one is gone',
  async (call) => {
    await lock([ALL_LOCKS]);
    const [source] = LOCKED_BUCKETS as [string];
    rig.errors[`${call} "Bucket":"${source}","ExpectedBucketOwner":"111122223333","Key":"b"`] =
      DENIED;
    const refusals = await rig.clean();
    expect(refusals.map(({ what }) => what)).toEqual([
      `bucket ${source}: b`,
      'stack archiver-verify-1a2b3c4d',
    ]);
    expect(refusals[0]!.why).toMatch(/was refused: AccessDenied: User: ann is not authorized/);
    const { store } = rig.double;
    expect([rig.lockedBuckets(), store.keys(source), store.buckets.has(REPORTS)]).toEqual([
      [source],
      ['b'],
      false,
    ]);
    expect(rig.journal.ids()).toEqual([ENTRY.id]);
    rig.errors = {};
    expect(await rig.clean()).toEqual([]);
    expect([rig.lockedBuckets(), rig.journal.ids()]).toEqual([[], []]);
  },
);

test('governance that the deletion does not bypass is ended, and the version deleted then', async () => {
  await lock([retained('GOVERNANCE')]);
  let refused = 0;
  rig.answer = (call, { Bucket, Delete }) => {
    if (call !== 'DeleteObjects' || Bucket !== LOCKED_BUCKETS[0] || refused++ > 0) {
      return undefined;
    }
    return { Errors: Delete!.Objects.map((each) => ({ ...each, Code: 'AccessDenied' })) };
  };
  expect(await rig.clean()).toEqual([]);
  const ended = rig.requests.filter(({ call }) => call === 'PutObjectRetention');
  expect(ended).toHaveLength(2);
  expect(ended[0]!.input).toMatchObject({ Retention: {}, BypassGovernanceRetention: true });
});

test('a version of a bucket without Object Lock that is refused is named, and the rest is gone', async () => {
  rig.journal.write({ ...ENTRY, stackId: rig.stackId });
  rig.double.store.put(REPORTS, 'second', 'content');
  rig.answer = (call, { Bucket, Delete }) => {
    const kept = Delete?.Objects.filter(({ Key }) => Key === 'object') ?? [];
    if (call !== 'DeleteObjects' || Bucket !== REPORTS || kept.length === 0) {
      return undefined;
    }
    rig.double.store.bucket(REPORTS).delete('second', rig.double.store.time());
    return { Errors: kept.map((each) => ({ ...each, Code: 'AccessDenied', Message: 'denied' })) };
  };
  expect((await rig.clean()).map(({ what, why }) => `${what}: ${why}`)).toEqual([
    `bucket ${REPORTS}: object: S3 does not delete it: AccessDenied: denied`,
    expect.stringContaining('stack archiver-verify-1a2b3c4d: it is DELETE_FAILED'),
  ]);
  expect([rig.double.store.keys(REPORTS), rig.full()]).toEqual([['object'], [REPORTS, 'mine']]);
});

test(
  'a version that stays protected after its hold: everything else is destroyed, and a person is ' +
    'told until when and what to type then',
  async () => {
    // Nobody has recorded whether S3 bypasses what follows an event hold. In this mode, the double
    // does not.
    await lock([{}, { ...EVENT_HOLD, ...retained('COMPLIANCE') }]);
    const refusals = await rig.clean();
    const locked = refusals.filter(({ until }) => until !== undefined);
    // Each version has an end of its own.
    const keys = LOCKED_BUCKETS.map((name) =>
      locked
        .filter(({ what }) => what.startsWith(`bucket ${name}: `))
        .flatMap(({ what }) => what.split(': ')[1]!.split(', ')),
    );
    expect(keys.map((of) => of.sort())).toEqual(LOCKED_BUCKETS.map(() => ['a', 'b']));
    const end = locked
      .map(({ until }) => until!)
      .sort()
      .pop()!;
    expect(Math.abs(Date.parse(end) - Date.now() - DAY_MS)).toBeLessThan(60_000);
    for (const { why, until } of locked) {
      expect(why).toContain(`Object Lock keeps it until ${until} (COMPLIANCE)`);
    }
    expect(rowsOfCleanUp(ENTRY.id, refusals)[0]!.details[0]).toBe(
      `${refusals.length} things are left, each in a row. After ${end}, type: npm run verify:aws ` +
        `-- --clean-up ${ENTRY.id}`,
    );
    expect([rig.double.store.buckets.has(REPORTS), rig.journal.ids()]).toEqual([false, [ENTRY.id]]);
    expect(rig.changes().filter((command) => command === 'destroy')).toHaveLength(1);
    rig.later = Date.parse(end) - Date.now() + 1000;
    expect(await rig.clean()).toEqual([]);
    expect([rig.lockedBuckets(), rig.journal.ids()]).toEqual([[], []]);
  },
);

test('what a lock keeps does not keep what a late run wrote from being removed', async () => {
  await lock([retained('COMPLIANCE')]);
  rig.late = 1;
  const refusals = await rig.clean();
  expect(refusals.map(({ what }) => what)).toEqual([
    ...LOCKED_BUCKETS.map((name) => `bucket ${name}: a, b`),
    'stack archiver-verify-1a2b3c4d',
  ]);
  expect([rig.double.store.buckets.has(REPORTS), rig.lockedBuckets()]).toEqual([
    false,
    LOCKED_BUCKETS,
  ]);
});
