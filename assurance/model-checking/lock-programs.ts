/** The programs around the lock of a restore (src/lambda/restore-lock). Each stands for one invocation. */
import { RUN_START } from './client';
import { moveOne, ROUND, type Program, type Surroundings } from './programs';
import { ARCHIVE, REPORTS, SOURCE, WAIT_SECONDS } from './s3-model';
import { assertHeld, assertNoRestore, type LockPlace, readLock, releaseLock, releaseOwnLock, takeLock } from '../../src/lambda/restore-lock/restore-lock';
import { BucketClient } from '../../src/lambda/s3/bucket-client';

export const LOCK_KEY = 'runs/restore-lock.json';
/** The execution that restores. */
const RESTORE = 'arn:restore';

function placeOf({ s3, clock }: Surroundings): LockPlace {
  return { reports: new BucketClient({ s3, bucket: REPORTS, budget: { clock, deadline: RUN_START + ROUND } }), key: LOCK_KEY };
}

/** PlanRun of a restore takes the lock, whoever has it. In truth it refuses while the holder runs, but nothing rests on that. */
export const takeTheLock: Program = async (surroundings) => {
  const place = placeOf(surroundings);
  const seen = await readLock(place);
  const times = { startTime: '2026-11-25T01:00:00Z', latestEnd: '2026-11-26T01:00:00Z' };
  await takeLock(place, seen, { executionArn: RESTORE, runId: 'restore', ...times }, WAIT_SECONDS);
  return {};
};

/** ReportRun or ExplainFailure gives the lock back, at any time. */
export const giveBack: Program = async (surroundings) => {
  await releaseOwnLock(placeOf(surroundings), RESTORE);
  return {};
};

/** PlanRun of a run that archives takes the restore for dead. */
export const takeOver: Program = async (surroundings) => {
  const place = placeOf(surroundings);
  await releaseLock(place, await readLock(place));
  return {};
};

/** A round that archives one object. */
export const archiveOne: Program = async (surroundings) => {
  await assertNoRestore(placeOf(surroundings));
  return moveOne(surroundings, surroundings.items[0], RUN_START + ROUND);
};

/** A round that restores one object. */
export const restoreOne: Program = async (surroundings) => {
  await assertHeld(placeOf(surroundings), RESTORE);
  const { items: [{ key, etag, size }], destinationOf, archivedEtag = etag } = surroundings;
  const swapped = { ...surroundings, destinationOf: () => key };
  return moveOne(swapped, { key: destinationOf(key), etag: archivedEtag, size }, RUN_START + ROUND, { source: ARCHIVE, destination: SOURCE });
};
