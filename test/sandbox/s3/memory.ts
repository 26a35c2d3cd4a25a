/* How much memory a million objects of 1 KiB take: tsx test/sandbox/s3/memory.ts [COUNT]. Status 1 if it is more than 2 GiB. */
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { startS3 } from '../../../sandbox/s3';

const LIMIT_MIB = 2048;

async function main(count: number): Promise<void> {
  const double = await startS3();
  const client = new S3Client({
    endpoint: double.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
  });
  double.store.createBucket('bucket');
  const began = Date.now();
  for (let i = 0; i < count; i++) {
    // A content of its own each, and keys that do not come in order.
    double.store.put('bucket', `incoming/host-${i % 997}/2026-11-24-${i}.json`, String(i).padEnd(1024, '.'));
  }
  console.log(`${count} objects put in ${seconds(began)} s`);
  console.log(`${await listed(client)} listed in ${seconds(began)} s`);
  await double.close();
  client.destroy();
  const mib = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`at most ${mib} MiB in memory`);
  process.exitCode = mib > LIMIT_MIB ? 1 : 0;
}

async function listed(client: S3Client): Promise<number> {
  let sum = 0;
  let token: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket: 'bucket', ContinuationToken: token }));
    sum += page.KeyCount ?? 0;
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return sum;
}

function seconds(began: number): number {
  return Math.round((Date.now() - began) / 1000);
}

void main(Number(process.argv[2] ?? 1_000_000));
