import * as v from 'valibot';
import { type Environment, number, prefix, readVariables, text } from './variables';
import { Env, RESTORE_LOCK_NAME } from '../../contract/settings';

const seconds = (what: string) => number(what, 'a number of seconds above 0', (n) => n > 0);

const LockEnvironment = v.object({
  [Env.REPORT_BUCKET]: text('reportBucket'),
  [Env.REPORT_PREFIX]: prefix('reportPrefix'),
  [Env.BATCH_TIMEOUT]: seconds('batchTimeout'),
  [Env.RESTORE_WAIT_SECONDS]: v.optional(seconds(Env.RESTORE_WAIT_SECONDS)),
  [Env.RUN_TIMEOUT]: seconds('timeout'),
});

export interface LockSettings {
  readonly reportBucket: string;
  /** The key of the lock. */
  readonly key: string;
  /** How long each state of the lock must be visible before it counts. */
  readonly lockWaitSeconds: number;
  readonly runTimeoutSeconds: number;
}

/**
 * Lambda ends an invocation at its timeout, but S3 may execute a little later what it had sent. A delete takes seconds at
 * most. A copy may take minutes, but it cannot lose anything: it writes only to a free key. The margin also covers that the
 * lock's times are whole seconds, and that S3 may have dated a write when it began.
 */
const MARGIN_SECONDS = 60;

/** Undefined if restores are not allowed. Then there is no lock. */
export function readLockSettings(environment: Environment): LockSettings | undefined {
  if (!environment[Env.BATCH_TIMEOUT]) { return undefined; }
  const values = readVariables(LockEnvironment, environment);
  return {
    reportBucket: values.REPORT_BUCKET,
    key: `${values.REPORT_PREFIX}${RESTORE_LOCK_NAME}`,
    lockWaitSeconds: values.RESTORE_WAIT_SECONDS ?? values.BATCH_TIMEOUT + MARGIN_SECONDS,
    runTimeoutSeconds: values.RUN_TIMEOUT,
  };
}
