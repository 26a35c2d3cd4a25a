import {
  assertHeld, assertNoRestore, type LockHolder, type LockPlace, readLock, releaseLock, releaseOwnLock, takeLock,
} from '../../../../src/lambda/restore-lock/restore-lock';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';

const START = Date.parse('2026-11-25T01:00:00Z');
const KEY = 'runs/restore-lock.json';
const WAIT = 360;
let now: number;
let harness: Harness;
let place: LockPlace;
beforeEach(async () => {
  now = START;
  harness = await startHarness({ now: () => new Date(now) });
  harness.store.createBucket('reports');
  place = { reports: bucketClient(harness, 'reports'), key: KEY };
});
afterEach(() => harness.close());

function holder(runId = 'undo'): LockHolder {
  return { executionArn: `arn:${runId}`, runId, startTime: '2026-11-25T01:00:00Z', latestEnd: '2026-11-26T01:00:00Z' };
}

async function take(runId = 'undo') {
  return takeLock(place, await readLock(place), holder(runId), WAIT);
}

const later = (seconds: number) => { now += seconds * 1_000; };
const mayArchive = () => assertNoRestore(place).then(() => true, (error: Error) => {
  expect(error.name).toBe('RestoreInProgress');
  return false;
});
const mayRestore = (runId = 'undo') => assertHeld(place, `arn:${runId}`).then(() => true, (error: Error) => {
  expect(error.name).toBe('RestoreRefused');
  return false;
});

test('without a lock, runs archive, and no restore works', async () => {
  await expect(mayArchive()).resolves.toBe(true);
  await expect(mayRestore()).resolves.toBe(false);
});

test('a caller who may list the reports only is told by a listing that there is no lock', async () => {
  harness.store.deny({ operations: ['GetObject'], keyPrefix: KEY });
  await expect(mayArchive()).resolves.toBe(true);
  harness.store.put('reports', KEY, '{}');
  await expect(assertNoRestore(place)).rejects.toThrow('Access Denied');
});

test('a lock stops runs that archive at once, and lets its restore work after the wait only', async () => {
  await expect(take()).resolves.toMatchObject({ state: 'held', remaining: WAIT * 1_000 });
  await expect(mayArchive()).resolves.toBe(false);
  later(WAIT - 1);
  await expect(mayRestore()).resolves.toBe(false);
  later(1);
  await expect(mayRestore()).resolves.toBe(true);
  await expect(mayRestore('other')).resolves.toBe(false);
  await expect(mayArchive()).resolves.toBe(false);
});

test('a lock that was given back stops its restore at once, and lets runs archive after the wait only', async () => {
  await take();
  later(WAIT + 10);
  await releaseOwnLock(place, 'arn:undo');
  await expect(mayRestore()).resolves.toBe(false);
  later(WAIT - 1);
  await expect(mayArchive()).resolves.toBe(false);
  later(1);
  await expect(mayArchive()).resolves.toBe(true);
  await expect(mayRestore()).resolves.toBe(false);
});

test('a restore that takes the lock again, as a retry does, waits no longer', async () => {
  await take();
  later(100);
  await expect(take()).resolves.toMatchObject({ remaining: (WAIT - 100) * 1_000 });
});

test('a restore that takes the lock of another waits from the beginning', async () => {
  await take('dead');
  later(WAIT);
  await take('next');
  await expect(mayRestore('dead')).resolves.toBe(false);
  await expect(mayRestore('next')).resolves.toBe(false);
  later(WAIT);
  await expect(mayRestore('next')).resolves.toBe(true);
});

test('of two restores that saw the same lock, one gets it', async () => {
  const seen = await readLock(place);
  const taken = await Promise.all(['one', 'two'].map((runId) => takeLock(place, seen, holder(runId), WAIT)));
  expect(taken.filter((view) => view?.state === 'held')).toHaveLength(1);
  expect(taken).toContain(undefined);
});

test('the lock of another restore is not given back', async () => {
  await take('one');
  await releaseOwnLock(place, 'arn:two');
  await expect(readLock(place)).resolves.toMatchObject({ state: 'held', holder: { runId: 'one' } });
});

test('a lock that changed since it was seen is not given back', async () => {
  await take('one');
  const seen = await readLock(place);
  await take('two');
  await expect(releaseLock(place, seen)).resolves.toBe(false);
  await expect(readLock(place)).resolves.toMatchObject({ state: 'held', holder: { runId: 'two' } });
});

test('the waiting time is that of the lock, so a deployment with another timeout changes nothing for it', async () => {
  await takeLock(place, { state: 'none' }, holder(), 1_000);
  later(999);
  await expect(mayRestore()).resolves.toBe(false);
  later(1);
  await expect(mayRestore()).resolves.toBe(true);
});

test('whoever is refused learns which run is in the way, since when, and until when', async () => {
  await take();
  await expect(assertNoRestore(place)).rejects.toThrow('the restore undo is in the way since 2026-11-25T01:00:00Z, and until 2026-11-26T01:00:00Z at the latest');
  await expect(assertHeld(place, 'arn:other')).rejects.toThrow('the restore undo is in the way since');
  await releaseOwnLock(place, 'arn:undo');
  await expect(assertNoRestore(place)).rejects.toThrow('its last invocations may run until 2026-11-25T01:06:00.000Z');
});
