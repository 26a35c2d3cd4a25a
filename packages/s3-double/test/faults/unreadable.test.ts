import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { XMLValidator } from 'fast-xml-parser';
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

const copied = () => double.store.get('bucket', 'copy') !== undefined;

/** Sends a request as it is, since an SDK hides what a body looks like. */
async function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
) {
  const response = await fetch(`${double.endpoint}/bucket/${path}`, { method, headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const copy = () => send('PUT', 'copy', { 'x-amz-copy-source': 'bucket/source' });

describe.each([
  [true, 'executed'],
  [false, 'not executed'],
])('a 2xx answer that says nothing, executed: %s', (executed) => {
  test('CutXml is a 200 whose XML ends in the middle, with the length that it announces', async () => {
    await start(always({ kind: 'CutXml', executed }));
    for (let i = 0; i < 20; i++) {
      const { status, headers, text } = await copy();
      expect([status, headers.get('content-type'), headers.get('content-length')]).toEqual([
        200,
        'application/xml',
        String(Buffer.byteLength(text)),
      ]);
      expect([text, XMLValidator.validate(text)]).not.toEqual([text, true]);
    }
    expect(copied()).toBe(executed);
  });

  test("ProxyPage is HTML without S3's headers", async () => {
    await start(always({ kind: 'ProxyPage', executed }));
    const { status, headers, text } = await copy();
    expect([
      status,
      headers.get('content-type'),
      headers.get('x-amz-request-id'),
      headers.get('server'),
    ]).toEqual([200, 'text/html; charset=utf-8', null, null]);
    expect(text).toContain('<html>');
    expect(copied()).toBe(executed);
  });

  test("EmptyAnswer has neither a body nor S3's headers", async () => {
    await start(always({ kind: 'EmptyAnswer', executed }));
    const { status, headers, text } = await copy();
    expect([status, text, headers.get('x-amz-request-id')]).toEqual([200, '', null]);
    expect(copied()).toBe(executed);
  });

  test('a write without XML has no ETag', async () => {
    await start({ ...always({ kind: 'EmptyAnswer', executed }) });
    expect(
      (await client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'copy', Body: 'content' })))
        .ETag,
    ).toBeUndefined();
    expect(copied()).toBe(executed);
  });

  test.each(['CutXml', 'ProxyPage', 'EmptyAnswer'] as const)(
    '%s hits the operations of a multipart upload',
    async (kind) => {
      const hooks = {
        before: ({ operation }: { operation: string }) =>
          operation === 'CompleteMultipartUpload' ? { kind, executed } : undefined,
      };
      await start({ hooks });
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({ Bucket: 'bucket', Key: 'copy' }),
      );
      const { ETag } = await client.send(
        new UploadPartCommand({
          Bucket: 'bucket',
          Key: 'copy',
          UploadId,
          PartNumber: 1,
          Body: 'content',
        }),
      );
      const complete = new CompleteMultipartUploadCommand({
        Bucket: 'bucket',
        Key: 'copy',
        UploadId,
        MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
      });
      await client.send(complete).catch(() => undefined);
      expect(copied()).toBe(executed);
    },
  );

  test('KeyUnnamed leaves keys out of the answer of a bulk delete', async () => {
    await start(always({ kind: 'KeyUnnamed', keyPrefix: 'unnamed/', executed }));
    const keys = ['unnamed/1', 'unnamed/2', 'named/1'];
    keys.forEach((key) => double.store.put('bucket', key, ''));
    const output = await client.send(
      new DeleteObjectsCommand({
        Bucket: 'bucket',
        Delete: { Objects: keys.map((Key) => ({ Key })) },
      }),
    );
    expect([output.Deleted, output.Errors]).toEqual([[{ Key: 'named/1' }], undefined]);
    expect(double.store.keys('bucket')).toEqual(
      executed ? ['source'] : ['source', 'unnamed/1', 'unnamed/2'].sort(),
    );
    expect(double.faultsInjected).toEqual({ KeyUnnamed: 2 });
  });

  test('KeyUnnamed without keys names none, not even with its error', async () => {
    await start({
      hooks: {
        before: ({ operation }) =>
          operation === 'DeleteObjects' ? { kind: 'KeyUnnamed', executed } : undefined,
      },
    });
    double.store.deny({ operations: ['DeleteObject'], keyPrefix: 'denied' });
    double.store.put('bucket', 'denied', '');
    const output = await client.send(
      new DeleteObjectsCommand({
        Bucket: 'bucket',
        Delete: { Objects: [{ Key: 'denied' }, { Key: 'source' }] },
      }),
    );
    expect([output.Deleted, output.Errors]).toEqual([undefined, undefined]);
    expect(double.store.keys('bucket')).toEqual(executed ? ['denied'] : ['denied', 'source']);
  });
});

test("an error of S3's arrives as it is", async () => {
  await start(always({ kind: 'ProxyPage' }));
  const { status, text } = await send('GET', 'nothing');
  expect([status, text]).toEqual([404, expect.stringContaining('<Code>NoSuchKey</Code>')]);
});

test('CutXml leaves answers alone that have no XML', async () => {
  await start(always({ kind: 'CutXml' }));
  expect((await send('GET', 'source')).text).toBe('content');
  expect(
    (await client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'source' }))).ContentLength,
  ).toBe(7);
  await client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'other', Body: 'content' }));
  expect(double.faultsInjected).toEqual({});
  await expect(
    client.send(
      new CopyObjectCommand({ Bucket: 'bucket', Key: 'copy', CopySource: 'bucket/source' }),
    ),
  ).rejects.toThrow();
  expect(double.faultsInjected).toEqual({ CutXml: 1 });
});
