import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ChecksumAlgorithm } from '../../../../packages/s3-double/src/checksums/checksums';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { ConcurrencyController } from '../../../../src/lambda/throughput/concurrency-controller';
import { withFastPath } from '../../../../src/lambda/throughput/fast-path';
import { createHttpClient, type HttpResponse } from '../../../../src/lambda/throughput/http-client';
import { limitRate, WriteRates } from '../../../../src/lambda/throughput/write-rates';
import { type Harness, startHarness } from '../../../helpers/harness';

let it: Harness;
let rates: WriteRates;
let client: S3Client;
let fast: number;
/** Lets a test replace a response of the fast path. */
let replace: (response: HttpResponse) => HttpResponse;

beforeAll(async () => {
  it = await startHarness();
});
afterAll(() => it.close());
beforeEach(() => {
  fast = 0;
  replace = (response) => response;
  it.resetRequests();
  rates = new WriteRates(systemClock);
  rates.allowReads({ id: 'run', objectsPerSecond: 10_000 });
  client = new S3Client({
    endpoint: it.endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  limitRate(client, rates);
  const send = createHttpClient({
    connectionTimeout: 1_000,
    socketTimeout: 1_000,
    maxConnections: 10,
  });
  client = withFastPath(client, rates, new ConcurrencyController(), async (request, signal) => {
    fast++;
    return replace(await send(request, signal));
  });
});
afterEach(() => client.destroy());

const etagOf = (key: string) => `"${it.store.get('source', key)!.etag}"`;

async function read(
  key: string,
  more: object = {},
): Promise<{ readonly answer: GetObjectCommandOutput; readonly text: string }> {
  const answer = await client.send(
    new GetObjectCommand({
      Bucket: 'source',
      Key: key,
      IfMatch: etagOf(key),
      ChecksumMode: 'ENABLED',
      ...more,
    }),
  );
  return { answer, text: Buffer.from(await answer.Body!.transformToByteArray()).toString() };
}

/** The first read goes through the SDK, and is the template. */
async function learn(): Promise<void> {
  it.put('first');
  await read('first');
  it.resetRequests();
}

const comparable = ({
  $metadata,
  Body,
  AcceptRanges,
  Expires,
  ...answer
}: GetObjectCommandOutput & { readonly Expires?: unknown }) =>
  Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== undefined));

test.each<[string, object]>([
  ['plain', {}],
  [
    'with everything that an object can have',
    {
      metadata: { owner: 'me', note: 'a  b' },
      tags: [['team', 'data']],
      storageClass: 'STANDARD_IA',
      headers: {
        'content-type': 'text/csv',
        'cache-control': 'no-store',
        'content-encoding': 'gzip',
        'content-disposition': 'attachment; filename="ä.csv"',
        'content-language': 'de',
        expires: 'Thu, 01 Dec 2026 16:00:00 GMT',
      },
    },
  ],
  ['under KMS', { serverSideEncryption: 'aws:kms' }],
  [
    'with headers named like those of objects in JavaScript',
    { metadata: { constructor: 'x', tostring: 'y' } },
  ],
])('the answer is that of the SDK: %s', async (_, options) => {
  it.store.put('source', 'x', 'content', options);
  const expected = await read('x');
  const { answer, text } = await read('x');
  expect(fast).toBe(1);
  expect(text).toBe('content');
  expect(comparable(answer)).toEqual(comparable(expected.answer));
});

test('of versions, too', async () => {
  it.store.createBucket('versioned', { versioning: 'Enabled' });
  it.store.put('versioned', 'x', 'content');
  const input = {
    Bucket: 'versioned',
    Key: 'x',
    IfMatch: `"${it.store.get('versioned', 'x')!.etag}"`,
    ChecksumMode: 'ENABLED' as const,
  };
  const [expected, answer] = [
    await client.send(new GetObjectCommand(input)),
    await client.send(new GetObjectCommand(input)),
  ];
  expect(fast).toBe(1);
  expect(answer.VersionId).toBe(expected.VersionId);
  expect(answer.VersionId).toMatch(/./);
});

test('keys that have to be encoded, large bodies, and empty ones', async () => {
  await learn();
  const large = 'x'.repeat(3 * 1024 ** 2);
  for (const [key, content] of [
    ["a b+c%d?e#f!'()*🚀/x", 'odd'],
    ['large', large],
    ['empty', ''],
  ] as const) {
    it.put(key, content);
    expect((await read(key)).text === content).toBe(true);
  }
  expect(fast).toBe(3);
  expect(it.requests.GetObject).toBe(3);
});

test('outside a batch that packs, reads go through the SDK', async () => {
  await learn();
  rates.endReads();
  it.put('x');
  await read('x');
  expect(fast).toBe(0);
});

test('a read of a part of an object goes through the SDK', async () => {
  await learn();
  it.put('x', '0123456789');
  expect((await read('x', { Range: 'bytes=2-3' })).text).toBe('23');
  expect(fast).toBe(0);
});

test('a version that has changed is refused as by the SDK', async () => {
  await learn();
  it.put('x');
  await expect(read('x', { IfMatch: '"other"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await expect(read('x', { Key: 'none' })).rejects.toMatchObject({ name: 'NoSuchKey' });
});

const ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];
test.each(ALGORITHMS)(
  'a body with another checksum of the algorithm %s is none, and the SDK reads it again',
  async (algorithm) => {
    await learn();
    it.store.put('source', 'x', 'content', {
      serverSideEncryption: 'aws:kms',
      checksum: { algorithm, type: 'FULL_OBJECT' },
    });
    expect((await read('x')).text).toBe('content');
    expect(it.requests.GetObject).toBe(1);
    replace = (response) => ({ ...response, body: Buffer.from('c0ntent') });
    expect((await read('x')).text).toBe('content');
    expect(it.requests.GetObject).toBe(3);
  },
);

test('a body whose ETag is its digest is not compared twice: its reader compares it', async () => {
  await learn();
  it.put('x', 'content');
  expect(etagOf('x')).toBe(`"${createHash('md5').update('content').digest('hex')}"`);
  replace = (response) => ({ ...response, body: Buffer.from('c0ntent') });
  expect((await read('x')).text).toBe('c0ntent');
});

test.each<[string, (response: HttpResponse) => HttpResponse]>([
  [
    'with the ETag of another object',
    (response) => ({ ...response, headers: { ...response.headers, etag: '"other"' } }),
  ],
  [
    'without an ETag',
    ({ headers: { etag, ...headers }, ...response }) => ({ ...response, headers }),
  ],
  [
    'with a header that comes twice',
    (response) => ({ ...response, headers: { ...response.headers, 'x-amz-meta-a': ['1', '2'] } }),
  ],
])('a response %s is none', async (_, change) => {
  await learn();
  it.put('x');
  replace = change;
  expect((await read('x')).text).toBe('content of x');
  expect(it.requests.GetObject).toBe(2);
});

test('after a response that came twice, neither reads nor copies trust the connections', async () => {
  await learn();
  it.put('x');
  const copy = (key: string) =>
    client.send(
      new CopyObjectCommand({
        Bucket: 'archive',
        Key: key,
        CopySource: 'source/x',
        CopySourceIfMatch: etagOf('x'),
      }),
    );
  await copy('1');
  await copy('2');
  expect(fast).toBe(1);
  let first: HttpResponse | undefined;
  replace = (response) => (first ??= response);
  await read('x');
  expect((await read('x')).text).toBe('content of x');
  expect(fast).toBe(3);
  await read('x');
  await copy('3');
  expect(fast).toBe(3);
});

test('S3 that is too slow lowers the rate of the reads, and not that of the copies', async () => {
  await learn();
  it.put('x');
  let refused = 0;
  it.before = ({ operation }) =>
    operation === 'GetObject' && refused++ === 0 ? { kind: 'SlowDown' } : undefined;
  expect((await read('x')).text).toBe('content of x');
  it.before = undefined;
  expect(rates.reads.isThrottled).toBe(true);
  expect(rates.copies.isThrottled).toBe(false);
});
