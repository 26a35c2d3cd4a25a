import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import type { FaultRule, S3Double, S3DoubleOptions } from '../../src';
import { startDouble } from '../start-double';

let double: S3Double;
let client: S3Client;

async function start(options: S3DoubleOptions): Promise<void> {
  ({ double, client } = await startDouble('source', options));
}

const always = (rule: Partial<FaultRule> & Pick<FaultRule, 'kind'>) => ({
  faults: { seed: 1, rules: [{ probability: 1, ...rule }] },
});

function copy(key = 'copy'): Promise<unknown> {
  return client.send(
    new CopyObjectCommand({ Bucket: 'bucket', Key: key, CopySource: 'bucket/source' }),
  );
}

async function failureOf(
  request: Promise<unknown>,
): Promise<S3ServiceException & { code?: string }> {
  return request.then(
    () => {
      throw new Error('no failure');
    },
    (error: S3ServiceException) => error,
  );
}

const copied = () => double.store.get('bucket', 'copy') !== undefined;

test('SlowDown is a 503, nothing done', async () => {
  await start(always({ kind: 'SlowDown' }));
  const failure = await failureOf(copy());
  expect([failure.name, failure.$metadata.httpStatusCode, copied()]).toEqual([
    'SlowDown',
    503,
    false,
  ]);
  expect(double.faultsInjected).toEqual({ SlowDown: 1 });
});

test('InternalError is a 500, nothing done', async () => {
  await start(always({ kind: 'InternalError' }));
  const failure = await failureOf(copy());
  expect([failure.name, failure.$metadata.httpStatusCode, copied()]).toEqual([
    'InternalError',
    500,
    false,
  ]);
});

test(
  'ErrorIn200 is an error document under status 200, nothing done, for copies and completions ' +
    'only',
  async () => {
    await start(always({ kind: 'ErrorIn200' }));
    const response = await fetch(`${double.endpoint}/bucket/copy`, {
      method: 'PUT',
      headers: { 'x-amz-copy-source': 'bucket/source' },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<Code>InternalError</Code>');
    expect((await failureOf(copy())).name).toBe('InternalError');
    expect(copied()).toBe(false);
    await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'source' }));
  },
);

test('ResetBefore breaks the connection, nothing done', async () => {
  await start(always({ kind: 'ResetBefore' }));
  await failureOf(copy());
  expect(copied()).toBe(false);
});

test('LostAnswer breaks the connection after the operation', async () => {
  await start(always({ kind: 'LostAnswer' }));
  await failureOf(copy());
  expect(copied()).toBe(true);
});

test('HalfAnswer breaks the connection in the middle of the answer', async () => {
  await start(always({ kind: 'HalfAnswer' }));
  const response = await fetch(`${double.endpoint}/bucket/copy`, {
    method: 'PUT',
    headers: { 'x-amz-copy-source': 'bucket/source' },
  });
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  expect(copied()).toBe(true);
});

test('KeySlowDown and KeyInternalError refuse single keys inside the 200 of a bulk delete', async () => {
  await start({
    faults: {
      seed: 1,
      rules: [
        { kind: 'KeySlowDown', probability: 1, keyPrefix: 'slow/' },
        { kind: 'KeyInternalError', probability: 1, keyPrefix: 'broken/' },
      ],
    },
  });
  const keys = ['slow/1', 'broken/1', 'fine/1'];
  keys.forEach((key) => double.store.put('bucket', key, ''));
  const output = await client.send(
    new DeleteObjectsCommand({
      Bucket: 'bucket',
      Delete: { Objects: keys.map((Key) => ({ Key })) },
    }),
  );
  expect(output.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([
    ['slow/1', 'SlowDown'],
    ['broken/1', 'InternalError'],
  ]);
  expect(output.Deleted?.map(({ Key }) => Key)).toEqual(['fine/1']);
  expect(double.store.keys('bucket')).toEqual(['broken/1', 'slow/1', 'source']);
  expect(double.faultsInjected).toEqual({ KeySlowDown: 1, KeyInternalError: 1 });
});

test('Conflict is a 409 for conditional writes and deletes, nothing done', async () => {
  await start(always({ kind: 'Conflict' }));
  await copy('unconditional');
  const conditional = new CopyObjectCommand({
    Bucket: 'bucket',
    Key: 'copy',
    CopySource: 'bucket/source',
    IfNoneMatch: '*',
  });
  const failure = await failureOf(client.send(conditional));
  expect([failure.name, failure.$metadata.httpStatusCode, copied()]).toEqual([
    'ConditionalRequestConflict',
    409,
    false,
  ]);
  const failedDelete = await failureOf(
    client.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'source', IfMatch: '*' })),
  );
  expect(failedDelete.name).toBe('ConditionalRequestConflict');
  expect(double.store.get('bucket', 'source')).toBeDefined();
  expect(double.faultsInjected).toEqual({ Conflict: 2 });
});

test('ExpiredToken is a 400, nothing done', async () => {
  await start(always({ kind: 'ExpiredToken' }));
  const failure = await failureOf(copy());
  expect([failure.name, failure.$metadata.httpStatusCode, copied()]).toEqual([
    'ExpiredToken',
    400,
    false,
  ]);
});

test('a rule can be bound to operations, a bucket and a prefix, and limited', async () => {
  await start(
    always({
      kind: 'SlowDown',
      operations: ['CopyObject'],
      bucket: 'bucket',
      keyPrefix: 'archive/',
      limit: 1,
    }),
  );
  await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'source' }));
  await copy('elsewhere');
  expect((await failureOf(copy('archive/copy'))).name).toBe('SlowDown');
  await copy('archive/copy');
});

test('latency does not keep other faults away', async () => {
  await start({
    faults: {
      seed: 1,
      rules: [
        { kind: 'Latency', probability: 1, ms: 1 },
        { kind: 'SlowDown', probability: 1 },
      ],
    },
  });
  await failureOf(copy());
  expect(double.faultsInjected).toEqual({ Latency: 1, SlowDown: 1 });
});

describe('a seeded plan', () => {
  const keys = Array.from({ length: 60 }, (_, i) => `copy-${i}`);

  async function failedKeys(seed: number, order: string[]): Promise<string[]> {
    await start({ faults: { seed, rules: [{ kind: 'SlowDown', probability: 0.3 }] } });
    const outcomes = await Promise.allSettled(order.map((key) => copy(key)));
    await double.close();
    return order.filter((_, i) => outcomes[i].status === 'rejected').sort();
  }

  test('hits the same keys again, in whatever order they come', async () => {
    const failed = await failedKeys(7, keys);
    expect(failed.length).toBeGreaterThan(5);
    expect(failed.length).toBeLessThan(40);
    expect(await failedKeys(7, [...keys].reverse())).toEqual(failed);
  });

  test('hits others with another seed', async () => {
    expect(await failedKeys(8, keys)).not.toEqual(await failedKeys(7, keys));
  });
});
