/**
 * Sends the requests of AWS's sample for CloudFront's access logs: for each new object, it copies
 * the object into the folder of the hour in its name, without a condition, and deletes it. Here the
 * folder is that of the day. Folders of the source are dropped, as the sample drops them.
 *
 * https://github.com/aws-samples/amazon-cloudfront-access-logs-queries: moveAccessLogs.mjs
 */
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { BUCKET, DAY, SOURCE } from '../../benchmark/dataset';

const s3 = new S3Client({ forcePathStyle: true });

/** Lambda invokes a function for an event again, twice at most, if it fails. */
const INVOCATIONS = 3;

/** Lambda runs functions for several events at once. */
const AT_ONCE = 10;

const DATE = /[^\d](\d{4})-(\d{2})-(\d{2})[^\d]/;

/** Returns the key as an event of S3 has it: encoded. The sample uses it as it is. */
function toEventKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
}

async function move(key: string): Promise<void> {
  const match = DATE.exec(key);
  if (!match) {
    return;
  }
  const [, year, month, day] = match;
  const name = key.slice(key.lastIndexOf('/') + 1);
  await s3.send(
    new CopyObjectCommand({
      Bucket: BUCKET,
      Key: `archive/${year}/${month}/${day}/${name}`,
      CopySource: `${BUCKET}/${key}`,
    }),
  );
  await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
}

async function handle(key: string): Promise<boolean> {
  for (let invocation = 1; invocation <= INVOCATIONS; invocation++) {
    try {
      await move(key);
      return true;
    } catch {
      // The next invocation gets the same event.
    }
  }
  return false;
}

async function main(): Promise<void> {
  const events: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: BUCKET, Prefix: SOURCE },
  )) {
    // The events of other objects came on other days.
    const ofTheDay = Contents.map(({ Key }) => Key!).filter((key) => key.includes(DAY));
    events.push(...ofTheDay.map(toEventKey));
  }
  let failed = 0;
  for (let at = 0; at < events.length; at += AT_ONCE) {
    const handled = await Promise.all(events.slice(at, at + AT_ONCE).map(handle));
    failed += handled.filter((isHandled) => !isHandled).length;
  }
  console.log(`${events.length} events, ${failed} failed`);
}

void main();
