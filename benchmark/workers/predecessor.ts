import { CopyObjectCommand, DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { listPages, sideBySide } from './listing';
import { signedHttp } from './signed-http';
import { BUCKET, DAY, DESTINATION } from '../dataset';

/**
 * The algorithm that this package replaces: ten at once, each object's day looked for in its base name, copied to that
 * name below the day, deleted, without a condition. There each object also was a Lambda invocation; here it is not.
 */
export async function predecessor(endpoint: string): Promise<void> {
  const s3 = new S3Client({});
  for await (const page of listPages(signedHttp(endpoint, 1))) {
    await sideBySide(page, 10, async ({ Key }) => {
      const name = Key.slice(Key.lastIndexOf('/') + 1);
      if (!name.includes(DAY)) { return; }
      try {
        await s3.send(new CopyObjectCommand({ Bucket: BUCKET, Key: DESTINATION + name, CopySource: `${BUCKET}/${Key}` }));
        await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
      } catch {
        // Told in a message there; the next object goes on.
      }
    });
  }
}
