import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Fault, type S3Call, type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { type S3Proxy, startS3Proxy } from '../../src/s3-backend/s3-proxy';
import { s3Client } from '../../src/s3-backend/s3-service';

let double: S3Double;
let proxy: S3Proxy;
let s3: S3Client;
beforeAll(async () => {
  double = await startS3();
  double.store.createBucket('bucket');
  proxy = await startS3Proxy(double.endpoint.replace('127.0.0.1', 'localhost'));
  s3 = s3Client(
    { ...proxy, credentialsFor: () => ({ accessKeyId: 'x', secretAccessKey: 'y' }) },
    'us-east-1',
    'Test',
  );
});
afterAll(async () => {
  s3.destroy();
  await proxy.close();
  await double.close();
});

test('passes bodies and answers on, and counts by operation', async () => {
  const Body = 'x'.repeat(3_000_000);
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a/../b?c', Body }));
  await s3.send(
    new CopyObjectCommand({
      Bucket: 'bucket',
      Key: 'copy',
      CopySource: `bucket/${encodeURIComponent('a/../b?c')}`,
    }),
  );
  const { Body: read } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'copy' }));
  expect(await read!.transformToString()).toBe(Body);
  expect(
    (await s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }))).Contents!.map(({ Key }) => Key),
  ).toEqual(['a/../b?c', 'copy']);
  await expect(s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'absent' }))).rejects.toThrow(
    expect.objectContaining({ name: 'NotFound' }),
  );
  expect(proxy.requests).toEqual({
    PutObject: 1,
    CopyObject: 1,
    GetObject: 1,
    ListObjectsV2: 1,
    HeadObject: 1,
  });
});

test('passes each byte of a small answer on', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'bytes', Body: bytes }));
  const { Body: read } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'bytes' }));
  expect(await read!.transformToByteArray()).toEqual(bytes);
});

test('a small answer that breaks off is a network error', async () => {
  const half = createServer((_, response) => {
    response.writeHead(200, { 'content-length': 20 });
    response.write('half of it', () => response.destroy());
  });
  await new Promise<void>((resolve) => half.listen(0, '127.0.0.1', resolve));
  const between = await startS3Proxy(`http://127.0.0.1:${(half.address() as AddressInfo).port}`);
  await expect(
    fetch(`${between.endpoint}/bucket`).then((response) => response.text()),
  ).rejects.toThrow();
  await between.close();
  half.close();
});

test('an endpoint may be an IPv6 address', async () => {
  const mapped = await startS3Proxy(double.endpoint.replace('127.0.0.1', '[::ffff:127.0.0.1]'));
  expect((await fetch(`${mapped.endpoint}/bucket?list-type=2`)).status).toBe(200);
  await mapped.close();
});

test('an endpoint that does not answer is a network error', async () => {
  const nowhere = await startS3Proxy('http://127.0.0.1:1');
  await expect(fetch(`${nowhere.endpoint}/bucket`)).rejects.toThrow();
  await nowhere.close();
});

describe('between an archiver and its S3', () => {
  let calls: S3Call[];
  let fault: Fault | undefined;
  let after: () => void;
  let broken: S3Proxy;
  let client: S3Client;
  beforeEach(async () => {
    calls = [];
    after = () => undefined;
    fault = undefined;
    const before = (call: S3Call) => {
      calls.push(call);
      return fault;
    };
    broken = await startS3Proxy(double.endpoint, { hooks: { before, after: () => after() } });
    client = new S3Client({
      endpoint: broken.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
      maxAttempts: 1,
    });
    double.store.put('bucket', 'a', 'content of a');
    double.store.delete('bucket', 'b');
  });
  afterEach(async () => {
    client.destroy();
    await broken.close();
  });
  const copy = () =>
    client.send(
      new CopyObjectCommand({
        Bucket: 'bucket',
        Key: 'b',
        CopySource: 'bucket/a',
        IfNoneMatch: '*',
      }),
    );
  const copied = () => double.store.get('bucket', 'b') !== undefined;

  test('tells hooks what is asked for, before and after', async () => {
    let wasThere: boolean | undefined;
    after = () => {
      wasThere = copied();
    };
    await copy();
    expect(calls).toEqual([
      expect.objectContaining({
        operation: 'CopyObject',
        bucket: 'bucket',
        key: 'b',
        copySource: { bucket: 'bucket', key: 'a' },
        conditional: true,
        accessKeyId: 'x',
        n: 1,
      }),
    ]);
    expect(wasThere).toBe(true);
    const { Body } = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'b' }));
    expect(await Body!.transformToString()).toBe('content of a');
    expect(
      (await client.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'b' }))).ContentLength,
    ).toBe(12);
  });

  test.each<[Fault, { name?: string; status?: number }]>([
    [{ kind: 'SlowDown' }, { name: 'SlowDown', status: 503 }],
    [{ kind: 'InternalError' }, { name: 'InternalError', status: 500 }],
    [{ kind: 'Conflict' }, { name: 'ConditionalRequestConflict', status: 409 }],
    [{ kind: 'ExpiredToken' }, { name: 'ExpiredToken', status: 400 }],
    [{ kind: 'ErrorIn200' }, { name: 'InternalError' }],
    [{ kind: 'ResetBefore' }, {}],
  ])('breaks a request before it is carried out: %j', async (given, { name, status }) => {
    fault = given;
    const error = await copy().then(
      () => undefined,
      (reason: Error & { $metadata?: { httpStatusCode?: number } }) => reason,
    );
    expect(error).toBeDefined();
    if (name) {
      expect(error!.name).toBe(name);
    }
    if (status) {
      expect(error!.$metadata?.httpStatusCode).toBe(status);
    }
    expect(copied()).toBe(false);
  });

  test.each(['LostAnswer', 'HalfAnswer'] as const)(
    'breaks an answer after the request was carried out: %s',
    async (kind) => {
      fault = { kind };
      await expect(copy()).rejects.toThrow();
      expect(copied()).toBe(true);
    },
  );

  test.each([
    [{ kind: 'CutXml' }, true],
    [{ kind: 'ProxyPage' }, true],
    [{ kind: 'CutXml', executed: false }, false],
    [{ kind: 'ProxyPage', executed: false }, false],
  ] as [Fault, boolean][])('makes an answer unreadable: %j', async (given, executed) => {
    fault = given;
    await expect(copy()).rejects.toThrow();
    expect(copied()).toBe(executed);
  });

  test.each([[true], [false]])(
    'answers a bulk delete without any key, executed: %s',
    async (executed) => {
      fault = { kind: 'KeyUnnamed', executed };
      const { Deleted, Errors } = await client.send(
        new DeleteObjectsCommand({ Bucket: 'bucket', Delete: { Objects: [{ Key: 'a' }] } }),
      );
      expect([Deleted, Errors]).toEqual([undefined, undefined]);
      expect(double.store.get('bucket', 'a') === undefined).toBe(executed);
    },
  );

  test(
    'refuses all keys of a bulk delete inside the 200, since it cannot take single ones out of ' +
      'what was signed',
    async () => {
      fault = { kind: 'KeySlowDown', keys: ['a'] };
      double.store.put('bucket', 'b & <c>', '');
      const { Deleted, Errors } = await client.send(
        new DeleteObjectsCommand({
          Bucket: 'bucket',
          Delete: { Objects: [{ Key: 'a' }, { Key: 'b & <c>' }] },
        }),
      );
      expect(Deleted ?? []).toEqual([]);
      expect(Errors).toMatchObject([
        { Key: 'a', Code: 'SlowDown' },
        { Key: 'b & <c>', Code: 'SlowDown' },
      ]);
      expect(double.store.keys('bucket')).toEqual(expect.arrayContaining(['a', 'b & <c>']));
    },
  );

  test('follows a plan of faults as the embedded double does', async () => {
    const planned = await startS3Proxy(double.endpoint, {
      faults: {
        seed: 1,
        rules: [{ kind: 'SlowDown', probability: 1, operations: ['ListObjectsV2'], limit: 1 }],
      },
    });
    const list = () => fetch(`${planned.endpoint}/bucket?list-type=2`);
    expect([(await list()).status, (await list()).status]).toEqual([503, 200]);
    await planned.close();
  });
});
