import { CopyObjectCommand, DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { listPages, sideBySide } from './listing';
import { signedHttp } from './signed-http';
import { BUCKET, DAY, DESTINATION } from '../dataset';

/**
 * The algorithm that this package replaces: ten objects at a time, the day is searched in the base
 * name, the object is copied to that name below the day and deleted, without conditions. There,
 * each object was a Lambda invocation too.
 */
export async function predecessor(endpoint: string): Promise<void> {
  const s3 = new S3Client({});
  for await (const page of listPages(signedHttp(endpoint, 1))) {
    await sideBySide(page, 10, async ({ Key }) => {
      const name = Key.slice(Key.lastIndexOf('/') + 1);
      if (!name.includes(DAY)) {
        return;
      }
      try {
        await s3.send(
          new CopyObjectCommand({
            Bucket: BUCKET,
            Key: DESTINATION + name,
            CopySource: `${BUCKET}/${Key}`,
          }),
        );
        await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
      } catch {
        // The predecessor sends a message and continues with the next object.
      }
    });
  }
}
