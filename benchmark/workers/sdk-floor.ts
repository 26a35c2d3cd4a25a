import { CopyObjectCommand, DeleteObjectsCommand, S3Client } from '@aws-sdk/client-s3';
import { isOfTheDay, listPages, sideBySide } from './listing';
import { encodeKey, signedHttp } from './signed-http';
import { BUCKET, DESTINATION, SOURCE } from '../dataset';

/** Makes the same requests as the raw floor, through SDK v3 with its fastest settings. */
export async function sdkFloor(endpoint: string, concurrency: number): Promise<void> {
  const agent = { maxSockets: concurrency };
  const s3 = new S3Client({
    cacheMiddleware: true,
    maxAttempts: 1,
    requestHandler: { httpAgent: agent, httpsAgent: agent },
  });
  for await (const page of listPages(signedHttp(endpoint, 1))) {
    const copied: { Key: string; ETag: string }[] = [];
    await sideBySide(page.filter(isOfTheDay), concurrency, async ({ Key, Etag }) => {
      try {
        await s3.send(
          new CopyObjectCommand({
            Bucket: BUCKET,
            Key: DESTINATION + Key.slice(SOURCE.length),
            CopySource: `${BUCKET}/${encodeKey(Key)}`,
            CopySourceIfMatch: Etag,
            IfNoneMatch: '*',
          }),
        );
        copied.push({ Key, ETag: Etag });
      } catch {
        // A floor inspects nothing: an object that is refused stays.
      }
    });
    if (copied.length > 0) {
      await s3.send(
        new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: copied, Quiet: true } }),
      );
    }
  }
}
