/**
 * Sends the requests of an S3 Batch Operations copy job and of a Lifecycle rule, as AWS documents
 * them, because no S3 server of others has either. The job copies each key of its manifest, without
 * a condition, and reports those that failed. The rule then removes what is below the prefix and
 * old enough, also what the job reports as failed.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
 */
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { BUCKET, DAY, DESTINATION, SOURCE } from '../../benchmark/dataset';

const s3 = new S3Client({ forcePathStyle: true });

async function list(): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: BUCKET, Prefix: SOURCE },
  )) {
    keys.push(...Contents.map(({ Key }) => Key!));
  }
  return keys;
}

async function main(): Promise<void> {
  // A manifest is an Inventory report, or a list that a filter by the name makes.
  const manifest = (await list()).filter((key) => key.includes(DAY));
  let failed = 0;
  for (const key of manifest) {
    const CopySource = `${BUCKET}/${key.split('/').map(encodeURIComponent).join('/')}`;
    await s3
      .send(
        new CopyObjectCommand({
          Bucket: BUCKET,
          Key: DESTINATION + key.slice(SOURCE.length),
          CopySource,
        }),
      )
      .catch(() => {
        failed++;
      });
  }
  const expired = (await list()).map((Key) => ({ Key }));
  for (let at = 0; at < expired.length; at += 1_000) {
    await s3.send(
      new DeleteObjectsCommand({
        Bucket: BUCKET,
        Delete: { Objects: expired.slice(at, at + 1_000), Quiet: true },
      }),
    );
  }
  console.log(`${manifest.length - failed} copied, ${failed} failed`);
}

void main();
