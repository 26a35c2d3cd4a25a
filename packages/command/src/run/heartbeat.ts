import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { HEARTBEAT_NAME, HEARTBEAT_SECONDS } from '../../../../src/contract/report-places';

/**
 * Tells others that the run is running, until the returned function is called. The first sign is
 * there before the run claims its ledger.
 */
export async function startHeartbeat(
  s3: S3Client,
  bucket: string,
  runFolder: string,
): Promise<() => void> {
  const beat = () =>
    s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${runFolder}${HEARTBEAT_NAME}`,
        Body: 'running\n',
      }),
    );
  await beat();
  // Without one of the next, the run is taken for one that ended without a report. That proves
  // less, and loses nothing.
  const timer = setInterval(() => void beat().catch(() => undefined), HEARTBEAT_SECONDS * 1_000);
  timer.unref();
  return () => clearInterval(timer);
}
