/**
 * A clean-up that is killed at each of its calls, before the call arrives and before its answer
 * does: the next clean-up removes what is left, and nothing of another owner.
 */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type CleanUpRig, ENTRY, LOCKED_BUCKETS, openRig } from './clean-up-rig';

jest.setTimeout(300_000);

let rig: CleanUpRig;
afterEach(() => rig.close());

/** Two archivers with all that a clean-up meets: runs, versions, markers, holds and retentions. */
async function open(): Promise<CleanUpRig> {
  const opened = await openRig();
  opened.journal.write({
    ...ENTRY,
    machines: ['Standard', 'Locked'],
    stackId: opened.stackId,
  });
  opened.running = ['run-a', 'run-b'];
  for (const Bucket of LOCKED_BUCKETS) {
    opened.double.store.createBucket(Bucket, { objectLock: true });
    await opened.s3.send(
      new PutObjectCommand({
        Bucket,
        Key: 'a',
        Body: 'x',
        ObjectLockMode: 'GOVERNANCE',
        ObjectLockRetainUntilDate: new Date(Date.now() + 3_600_000),
        ObjectLockLegalHoldStatus: 'ON',
        ObjectLockEventHold: 'ON',
        ObjectLockEventHoldDurationDays: 1,
      }),
    );
    opened.double.store.bucket(Bucket).delete('a', opened.double.store.time());
  }
  return opened;
}

/** Cleans up until it is killed. */
async function killed(at: number, isDone: boolean): Promise<void> {
  rig.kill = { at, isDone };
  let isOver = false;
  const cleaning = rig.clean().then(() => {
    isOver = true;
  });
  await Promise.race([
    cleaning,
    (async () => {
      while (rig.calls < at) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      // What the call does takes a while.
      await new Promise((resolve) => setTimeout(resolve, 20));
    })(),
  ]);
  expect([at, isOver]).toEqual([at, false]);
  rig.kill = undefined;
}

test.each([false, true])('killed at each call, its work done: %s', async (isDone) => {
  rig = await open();
  expect(await rig.clean()).toEqual([]);
  const { calls } = rig;
  expect(calls).toBeGreaterThan(30);
  for (let at = 1; at <= calls; at++) {
    await rig.close();
    rig = await open();
    await killed(at, isDone);
    expect([at, rig.journal.ids()]).toEqual([at, [ENTRY.id]]);
    expect([at, await rig.clean()]).toEqual([at, []]);
    expect([at, rig.full(), rig.lockedBuckets(), rig.stacks.ids(), rig.running]).toEqual([
      at,
      ['mine'],
      [],
      [],
      [],
    ]);
    expect([at, rig.journal.ids()]).toEqual([at, []]);
  }
});
