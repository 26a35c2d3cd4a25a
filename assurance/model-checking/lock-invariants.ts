/** What must hold where a restore and runs that archive share one lock, and how time passes there. */
import { LOCK_KEY } from './lock-programs';
import type { S3State } from './s3-model';
import type { Stage } from './scenario';
import { isDone, type Point, type State } from './state';
import { RESTORE_ERRORS } from '../../src/contract/errors';

/** The invocation reached the timeout of its function. Nothing of it comes later. */
const ENDED: Point = { id: -1, waiting: [], timed: false, outcomes: {} };

/** Remembers who began before the lock was written, if it was written by what was just executed. */
export function noticeLock(state: State, before: S3State): State {
  if (state.s3.ledger[LOCK_KEY] === before.ledger[LOCK_KEY]) { return state; }
  return {
    ...state,
    // Who has not sent anything yet may begin at any later time.
    attempts: state.attempts.map((each) => (each.point.id > 0 ? { ...each, isEarly: true } : each)),
    orphans: state.orphans.map((each) => ({ ...each, isEarly: true })),
  };
}

/** Whether the lock was written, and not long ago. */
export function canPass({ s3 }: State): boolean {
  const lock = s3.ledger[LOCK_KEY];
  return lock !== undefined && !lock.isOld;
}

/**
 * The lock's wait passes. Lambda's timeout has ended every invocation that began before the lock was written, and S3 has
 * executed what it had sent, or never will. Nothing else is assumed about time.
 */
export function passTime({ scenario: { outlives = [], movers } }: Stage, state: State): State {
  const lock = state.s3.ledger[LOCK_KEY];
  return {
    ...state,
    s3: { ...state.s3, ledger: { ...state.s3.ledger, [LOCK_KEY]: { ...lock, isOld: true } } },
    attempts: state.attempts.map(({ isEarly, ...each }) => (isEarly && !outlives.includes(movers[each.mover]) ? { ...each, late: [], point: isDone(each.point) ? each.point : ENDED } : each)),
    orphans: state.orphans.filter(({ isEarly }) => !isEarly),
  };
}

/** Checks an executed call: it overwrote nothing, and removed no content that no other key holds. */
export function findLoss({ s3, ghost }: State, before: S3State, operation: string): string | undefined {
  for (const key of new Set([...Object.keys(before.objects), ...Object.keys(s3.objects)])) {
    const old = before.objects[key];
    const now = s3.objects[key];
    if (!old || old.written === now?.written) { continue; }
    if (now) { return `${operation} overwrote ${key}`; }
    const isElsewhere = Object.values(s3.objects).some(({ content }) => content === old.content);
    // The other writer may destroy the copy that we have just looked at.
    const isDestroyed = ghost.lost.some((lost) => lost.endsWith(` ${old.content}`) && !lost.startsWith(`${key} `));
    if (!isElsewhere && !isDestroyed) { return `${operation} removed ${old.content} from ${key}, and nothing else holds it`; }
  }
  return undefined;
}

/** Whether the code may throw this: the lock refuses. */
export function isRefusal(thrown: string): boolean {
  return RESTORE_ERRORS.some((name) => thrown.startsWith(`${name}: `));
}
