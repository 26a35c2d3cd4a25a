import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { S3Double, Throttling } from '../../src';
import { startDouble } from '../start-double';

let double: S3Double;
let client: S3Client;
let seconds = 0;

async function start(throttling: Throttling): Promise<void> {
  seconds = 0;
  ({ double, client } = await startDouble('source', {
    throttling: { seconds: () => seconds, ...throttling },
  }));
}

async function accepted(count: number, prefix: string): Promise<number> {
  const copies = Array.from({ length: count }, (_, i) =>
    client.send(
      new CopyObjectCommand({
        Bucket: 'bucket',
        Key: `${prefix}${i}`,
        CopySource: 'bucket/source',
      }),
    ),
  );
  const outcomes = await Promise.allSettled(copies);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      expect(outcome.reason).toMatchObject({
        name: 'SlowDown',
        $metadata: { httpStatusCode: 503 },
      });
    }
  }
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

test('writes beyond the rate of their prefix are refused, those of another prefix are not', async () => {
  await start({ writesPerSecond: 10 });
  expect(await accepted(15, 'a/')).toBe(10);
  expect(await accepted(5, 'b/')).toBe(5);
  expect(double.faultsInjected).toEqual({ SlowDown: 5 });
});

test('the allowance comes back with time, and is not saved up', async () => {
  await start({ writesPerSecond: 10 });
  await accepted(10, 'a/');
  seconds += 0.5;
  expect(await accepted(10, 'a/')).toBe(5);
  seconds += 60;
  expect(await accepted(20, 'a/')).toBe(10);
});

test('a burst of its own size', async () => {
  await start({ writesPerSecond: 10, burst: 3 });
  expect(await accepted(5, 'a/')).toBe(3);
});

test('prefixes can be those of the first segments only', async () => {
  await start({ writesPerSecond: 10, prefixSegments: 1 });
  expect((await accepted(6, 'a/b/')) + (await accepted(6, 'a/c/'))).toBe(10);
});

test('the rate halves and recovers', async () => {
  await start({ writesPerSecond: 10, halving: { everySeconds: 20, forSeconds: 5 } });
  await accepted(10, 'a/');
  const acceptedInASecond = async () => {
    seconds += 1;
    return accepted(15, 'a/');
  };
  expect(await acceptedInASecond()).toBe(10);
  seconds = 16;
  await accepted(15, 'a/');
  expect(await acceptedInASecond()).toBe(5);
  seconds = 20;
  await accepted(15, 'a/');
  expect(await acceptedInASecond()).toBe(10);
});

test('each key of a bulk delete is a write, and is refused inside the 200', async () => {
  await start({ writesPerSecond: 2 });
  const output = await client.send(
    new DeleteObjectsCommand({
      Bucket: 'bucket',
      Delete: { Objects: ['a/1', 'a/2', 'a/3', 'b/1'].map((Key) => ({ Key })) },
    }),
  );
  expect(output.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([['a/3', 'SlowDown']]);
  expect(double.faultsInjected).toEqual({ KeySlowDown: 1 });
});

test('reads are not held up', async () => {
  await start({ writesPerSecond: 1 });
  await accepted(2, '');
  for (let i = 0; i < 3; i++) {
    await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'source' }));
  }
});
