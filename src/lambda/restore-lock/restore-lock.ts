/**
 * The lock that keeps a restore apart from runs that archive.
 *
 * Both delete what the other end holds, too. A run that archives finds the same content at both ends and deletes the source;
 * a restore finds it and deletes the archived copy. Each delete alone is right. Both together lose the object. No condition of
 * S3 spans two keys, so the two must never work at the same time, including invocations that were given up and still run.
 *
 * One object says who may work: no object, or one that was released long enough ago: runs that archive. Held long enough:
 * the restore that holds it. Everybody else is refused. Each invocation looks once, before its first request. So one that saw
 * an older state began before the lock was written, and Lambda's timeout ends it before the new state is old enough to count.
 * The clock is S3's own: the object's `LastModified`, and the `Date` of the answer.
 *
 * Who writes the lock needs no permission of anybody: each write only starts a new wait, in which nobody works. So it does not
 * matter whether a holder was believed dead by mistake. docs/safety.md has the whole argument, and
 * `npm run interleavings -- lock` checks it.
 */
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { ErrorName, namedError } from '../../contract/errors';
import type { BucketClient } from '../s3/bucket-client';
import { getDated } from '../s3/response-date';
import { toS3Error } from '../s3/s3-error';

/** The run that holds or held the lock. */
export const LockHolder = v.object({
  executionArn: v.string(),
  runId: v.string(),
  /** When the run began, and when it is over at the latest, in ISO format. */
  startTime: v.string(),
  latestEnd: v.string(),
});
export type LockHolder = v.InferOutput<typeof LockHolder>;

const RestoreLock = v.object({
  v: v.literal(1),
  state: v.picklist(['held', 'released']),
  holder: LockHolder,
  /** How long the state must be visible before it counts, in seconds: longer than any invocation lasts. */
  waitSeconds: v.number(),
});
export type RestoreLock = v.InferOutput<typeof RestoreLock>;

/** The lock at one moment. */
export type LockView =
  | { readonly state: 'none' }
  | (RestoreLock & {
    readonly etag: string;
    /** How much longer nobody may work, in milliseconds, and until when. */
    readonly remaining: number;
    readonly until: Date;
    /** When S3 showed it. */
    readonly now: Date;
  });

/** Where the lock is. */
export interface LockPlace {
  readonly reports: BucketClient;
  readonly key: string;
}

/** How often the lock may change while it is being written. */
const MAX_ATTEMPTS = 5;

export async function readLock({ reports, key }: LockPlace): Promise<LockView> {
  try {
    const { answer, now, text } = await reports.request(async (s3) => {
      const dated = await getDated(s3, new GetObjectCommand({ Bucket: reports.name, Key: key }));
      return { ...dated, text: await dated.answer.Body!.transformToString() };
    });
    const lock = v.parse(RestoreLock, JSON.parse(text));
    const until = new Date(answer.LastModified!.getTime() + lock.waitSeconds * 1_000);
    return { ...lock, etag: answer.ETag!, remaining: Math.max(0, until.getTime() - now.getTime()), until, now };
  } catch (error) {
    const { kind } = toS3Error(error);
    if (kind === 'missing' || (kind === 'denied' && !await reports.has(key))) { return { state: 'none' }; }
    throw error;
  }
}

/**
 * The look of an invocation that archives, before its first request that changes something.
 *
 * @throws RestoreInProgress if a restore may be active, or was until a moment ago
 */
export async function assertNoRestore(place: LockPlace): Promise<void> {
  const lock = await readLock(place);
  if (lock.state === 'none' || (lock.state === 'released' && lock.remaining === 0)) { return; }
  throw namedError(ErrorName.RESTORE_IN_PROGRESS, `${describeLock(lock)}, so nothing is archived before that: start the run again then`);
}

/**
 * The look of an invocation that restores.
 *
 * @throws RestoreRefused if another run may work now
 */
export async function assertHeld(place: LockPlace, executionArn: string): Promise<void> {
  const lock = await readLock(place);
  if (lock.state === 'held' && lock.holder.executionArn === executionArn && lock.remaining === 0) { return; }
  const found = lock.state === 'none' ? 'there is no lock' : describeLock(lock);
  throw namedError(ErrorName.RESTORE_REFUSED, `this restore does not hold the lock s3://${place.reports.name}/${place.key} (any more): ${found}. `
    + 'A restore that failed gave its lock back, and a redrive cannot take it again: start a new restore of the same run');
}

/** Names the run in the way, since when, and until when. */
export function describeLock(lock: Exclude<LockView, { state: 'none' }>): string {
  const { state, holder: { runId, startTime, latestEnd }, until } = lock;
  return state === 'held'
    ? `the restore ${runId} is in the way since ${startTime}, and until ${latestEnd} at the latest`
    : `the restore ${runId}, which began at ${startTime}, has ended, and its last invocations may run until ${until.toISOString()}`;
}

/**
 * Takes the lock for a restore, unless it holds it already. Returns undefined if somebody else changes the lock meanwhile.
 *
 * @param seen the lock as the caller knows it, who has decided that its holder is over
 */
export async function takeLock(place: LockPlace, seen: LockView, holder: LockHolder, waitSeconds: number): Promise<LockView | undefined> {
  if (isHeldBy(seen, holder.executionArn)) { return seen; }
  return await writeLock(place, seen, { v: 1, state: 'held', holder, waitSeconds }) ? readLock(place) : undefined;
}

/** Gives a lock back, whoever holds it. Returns false if somebody else changed it meanwhile. */
export async function releaseLock(place: LockPlace, seen: LockView): Promise<boolean> {
  if (seen.state !== 'held') { return true; }
  const { holder, waitSeconds } = seen;
  return writeLock(place, seen, { v: 1, state: 'released', holder, waitSeconds });
}

/** Gives the lock back that this run may hold: at its end, however it ended. */
export async function releaseOwnLock(place: LockPlace, executionArn: string): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const seen = await readLock(place);
    if (!isHeldBy(seen, executionArn) || await releaseLock(place, seen)) { return; }
  }
}

export function isHeldBy(lock: LockView, executionArn: string): boolean {
  return lock.state === 'held' && lock.holder.executionArn === executionArn;
}

/** Returns false if the lock is not any more what the caller has seen, or if nobody can tell. */
async function writeLock({ reports, key }: LockPlace, seen: LockView, lock: RestoreLock): Promise<boolean> {
  const condition = seen.state === 'none' ? { IfNoneMatch: '*' } : { IfMatch: seen.etag };
  const input = { Bucket: reports.name, Key: key, Body: `${JSON.stringify(lock)}\n`, ContentType: 'application/json', ...condition };
  try {
    await reports.request((s3) => s3.send(new PutObjectCommand(input)));
    return true;
  } catch (error) {
    // A lost answer looks the same as a write of somebody else: the caller reads the lock again.
    if (['ambiguous', 'missing'].includes(toS3Error(error).kind)) { return false; }
    throw error;
  }
}
