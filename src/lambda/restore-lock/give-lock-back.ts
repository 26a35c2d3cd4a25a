import type { S3Client } from '@aws-sdk/client-s3';
import { releaseOwnLock } from './restore-lock';
import { readLockSettings } from '../runtime/lock-settings';
import { BucketClient } from '../s3/bucket-client';
import { systemClock } from '../s3/retry';

const MILLISECONDS = 20_000;

/**
 * Gives the lock of a restore back that has ended. If that fails, the next run that archives finds out that it has ended, and does it:
 * neither a report nor a message may fail because of it.
 */
export async function giveLockBack(s3: S3Client, executionArn: string, log: { warn(message: string, error: Error): void }): Promise<void> {
  try {
    const lock = readLockSettings(process.env);
    if (!lock) { return; }
    const budget = { clock: systemClock, deadline: systemClock.now() + MILLISECONDS };
    await releaseOwnLock({ reports: new BucketClient({ s3, bucket: lock.reportBucket, budget }), key: lock.key }, executionArn);
  } catch (error) {
    log.warn('the lock was not given back; the next run does it', error as Error);
  }
}
