/**
 * Whose turn it is: a restore's, or that of runs that archive (restore-lock/restore-lock.ts). Safety rests on the looks of
 * the rounds alone. PlanRun takes and gives the lock, waits, and tells people why.
 */
import { ErrorName, namedError } from '../../contract/errors';
import type { Action, PlanRunEvent, RunInput } from '../../contract/payloads/run';
import { startExecutionCommand } from '../alerts/cli-commands';
import {
  describeLock, isHeldBy, type LockHolder, type LockPlace, type LockView, readLock, releaseLock, takeLock,
} from '../restore-lock/restore-lock';
import { toStateMachineArn } from '../text/arn';
import { escapeUnprintable } from '../text/escape';
import { formatKey } from '../text/format';

/** An execution of the same state machine that has not ended. */
export interface RunningRun {
  readonly executionArn: string;
  readonly name: string;
  /** When it was started or, if it was redriven, when the last redrive began. */
  readonly startTime: Date;
  readonly input: string | undefined;
}

export interface TurnContext {
  readonly lock: LockPlace;
  readonly settings: {
    /** Seconds after which nothing of an earlier invocation can come any more. */
    readonly lockWaitSeconds: number;
    readonly runTimeoutSeconds: number;
  };
  /** Both may be out of date: Step Functions is eventually consistent. Undefined: not known, as of runs of another archiver. */
  readonly isRunning: (executionArn: string) => Promise<boolean | undefined>;
  readonly listRunning: () => Promise<RunningRun[]>;
}

/** PlanRun's result for a run that has to wait, and then asks again. */
export interface Turn {
  readonly waitSeconds: number;
  readonly waitsFor: string;
}

/** Thrown if the run has to wait. */
export class NotYet extends Error {
  constructor(readonly turn: Turn) {
    super(turn.waitsFor);
  }
}

/** A run asks at least this often whether a restore has ended, in seconds. */
const MAX_POLL_SECONDS = 60;
/** The lock's age is known in whole seconds. */
const ROUNDING_SECONDS = 1;
/** Somebody else may change the lock at the same time. */
const MAX_ATTEMPTS = 5;

/**
 * Returns undefined if the run may begin, or else how long to wait.
 *
 * @throws RestoreRefused if the run would restore, and another run is in the way
 */
export async function takeTurn(context: TurnContext, event: PlanRunEvent, input: RunInput): Promise<Turn | undefined> {
  if (input.dryRun || input.action === 'verify') { return undefined; }
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const lock = await (input.action === 'restore' ? lockForRestore(context, event) : lockForArchive(context));
    if (lock) { return toTurn(lock, event, Math.min(MAX_POLL_SECONDS, context.settings.lockWaitSeconds)); }
  }
  throw new Error(`the lock s3://${context.lock.reports.name}/${context.lock.key} was changed again and again by other runs`);
}

function toTurn(lock: LockView, { executionId }: PlanRunEvent, pollSeconds: number): Turn | undefined {
  if (lock.state === 'none') { return undefined; }
  if (lock.state === 'held' && !isHeldBy(lock, executionId)) { return { waitSeconds: pollSeconds, waitsFor: `${describeLock(lock)}; then this run begins` }; }
  if (lock.remaining === 0) { return undefined; }
  const waitsFor = lock.state === 'held' ? `invocations of earlier runs may run until ${lock.until.toISOString()}; then this restore begins` : `${describeLock(lock)}; then this run begins`;
  return { waitSeconds: Math.ceil(lock.remaining / 1_000) + ROUNDING_SECONDS, waitsFor };
}

/** Returns the lock as it stands, after the lock of a restore that ended without giving it back was released. */
async function lockForArchive(context: TurnContext): Promise<LockView | undefined> {
  const lock = await readLock(context.lock);
  if (lock.state !== 'held' || await isActive(context, lock)) { return lock; }
  return await releaseLock(context.lock, lock) ? readLock(context.lock) : undefined;
}

/** Archivers that share a report prefix share the lock. Who cannot ask for the other one's runs waits until they must be over. */
async function isActive({ isRunning }: TurnContext, { holder, now }: Extract<LockView, { state: 'held' | 'released' }>): Promise<boolean> {
  return await isRunning(holder.executionArn) ?? now.getTime() < Date.parse(holder.latestEnd);
}

/** Takes the lock. Returns undefined if somebody else changed it at the same time. */
async function lockForRestore(context: TurnContext, event: PlanRunEvent): Promise<LockView | undefined> {
  const { lock: place, settings } = context;
  const lock = await readLock(place);
  if (isHeldBy(lock, event.executionId)) { return lock; }
  if (lock.state === 'held' && await isActive(context, lock)) { refuse(event, describeLock(lock)); }
  const [other] = (await context.listRunning()).filter((run) => run.executionArn !== event.executionId && changesObjects(run));
  if (other) {
    const latestEnd = toLatestEnd(other.startTime, settings.runTimeoutSeconds);
    refuse(event, `the run ${formatKey(other.name)} is in the way since ${other.startTime.toISOString()}, and until ${latestEnd} at the latest`);
  }
  const holder: LockHolder = {
    executionArn: event.executionId,
    runId: escapeUnprintable(event.runId),
    startTime: event.startTime,
    latestEnd: toLatestEnd(new Date(event.startTime), settings.runTimeoutSeconds),
  };
  return takeLock(place, lock, holder, settings.lockWaitSeconds);
}

function toLatestEnd(start: Date, seconds: number): string {
  return new Date(start.getTime() + seconds * 1_000).toISOString();
}

/** Whether a run may change objects, as far as its input tells. */
function changesObjects({ input }: RunningRun): boolean {
  try {
    const { action = 'archive', dryRun } = JSON.parse(input || '{}') as { action?: Action; dryRun?: boolean };
    return action !== 'verify' && dryRun !== true;
  } catch {
    return true;
  }
}

function refuse({ executionId, input }: PlanRunEvent, why: string): never {
  const command = startExecutionCommand(toStateMachineArn(executionId), input as object);
  throw namedError(ErrorName.RESTORE_REFUSED, `${why}. A restore never runs beside a run that archives, or beside another restore. When that run has ended, type:\n${command}`);
}
