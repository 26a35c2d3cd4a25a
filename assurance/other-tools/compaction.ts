/**
 * Does what AWS's sample for compaction does: it joins all objects below a prefix of a day into one
 * object, without a condition, and leaves the sources. A run that is repeated joins them again.
 *
 * https://github.com/aws-samples/s3-small-object-compaction/blob/main/lambda/distributed_map_compact/index.py
 */
import {
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { BUCKET, DAY, DESTINATION, SOURCE } from '../../benchmark/dataset';

const s3 = new S3Client({ forcePathStyle: true });

async function main(): Promise<void> {
  const bodies: Uint8Array[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: BUCKET, Prefix: SOURCE + DAY },
  )) {
    for (const { Key } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      bodies.push(await Body!.transformToByteArray());
    }
  }
  await s3.send(
    new PutObjectCommand({
      Bucket: BUCKET,
      Key: `${DESTINATION}${DAY}.log`,
      Body: Buffer.concat(bodies),
    }),
  );
  console.log(`merged ${bodies.length} objects`);
}

void main();
