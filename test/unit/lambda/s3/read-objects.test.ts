import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { BucketClient } from '../../../../src/lambda/s3/bucket-client';
import {
  findObject,
  listObjects,
  readBytes,
  readVersion,
} from '../../../../src/lambda/s3/read-objects';
import { budgetOf, type Harness } from '../../../helpers/harness';
import { startReportHarness } from '../../../helpers/report-fixtures';

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of results) {
    all.push(each);
  }
  return all;
}

describe('against S3', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startReportHarness();
  });
  afterEach(() => harness.close());

  test('lists every page, in key order', async () => {
    for (let i = 0; i < 2_500; i++) {
      harness.store.put('reports', `ledger/${String(i).padStart(4, '0')}`, '');
    }
    harness.store.put('reports', 'other', '');
    const keys = (await collect(listObjects(harness.s3, 'reports', 'ledger/'))).map(
      ({ Key }) => Key,
    );
    expect(keys).toHaveLength(2_500);
    expect(keys).toEqual([...keys].sort());
  });

  test('finds the object of a key, not that of a longer one', async () => {
    harness.store.put('reports', 'a/b.txt', 'x');
    expect(await findObject(harness.s3, 'reports', 'a/b.txt')).toMatchObject({
      Key: 'a/b.txt',
      Size: 1,
    });
    expect(await findObject(harness.s3, 'reports', 'a/b')).toBeUndefined();
    expect(await findObject(harness.s3, 'reports', 'z')).toBeUndefined();
  });

  test('takes up an answer that broke off where it broke off', async () => {
    const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => `${i}\n`).join(''));
    harness.store.put('reports', 'big', content);
    let faults = 3;
    harness.before = ({ operation }) =>
      operation === 'GetObject' && faults-- > 0 ? { kind: 'HalfAnswer' } : undefined;
    expect(
      Buffer.concat(await collect(readBytes(harness.s3, 'reports', 'big'))).equals(content),
    ).toBe(true);
    expect(harness.requests.GetObject).toBe(4);
  });
});

describe('with answers of our own', () => {
  const client = new S3Client({ region: 'eu-west-1' });
  const s3 = mockClient(client);
  beforeEach(() => s3.reset());

  async function* half(text: string, error?: Error): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
    if (error) {
      throw error;
    }
  }
  const answer = (body: AsyncGenerator<Uint8Array>, length: number) => ({
    Body: body as never,
    ContentLength: length,
    ETag: '"e1"',
  });

  test('pins the second half to the ETag of the first', async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce(answer(half('abc', new Error('reset')), 6))
      .resolvesOnce(answer(half('def'), 3));
    expect(Buffer.concat(await collect(readBytes(client, 'b', 'k'))).toString()).toBe('abcdef');
    expect(s3.commandCalls(GetObjectCommand)[1].args[0].input).toEqual({
      Bucket: 'b',
      Key: 'k',
      Range: 'bytes=3-',
      IfMatch: '"e1"',
    });
  });

  test('takes an early end for a break', async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce(answer(half('abc'), 6))
      .resolvesOnce(answer(half('def'), 3));
    expect(Buffer.concat(await collect(readBytes(client, 'b', 'k'))).toString()).toBe('abcdef');
  });

  test('reads a version again whose bytes do not have the checksum that S3 gave', async () => {
    const body = (read: () => Promise<Uint8Array>) => ({
      Body: { transformToByteArray: read } as never,
      ETag: '"e1"',
    });
    s3.on(GetObjectCommand)
      .resolvesOnce(body(() => Promise.reject(new Error('Checksum mismatch'))))
      .resolvesOnce(body(async () => Buffer.from('abc')));
    const bucket = new BucketClient({ s3: client, bucket: 'b', budget: budgetOf() });
    expect(await readVersion(bucket, 'k', '"e1"')).toEqual(Buffer.from('abc'));
    expect(s3.commandCalls(GetObjectCommand)).toHaveLength(2);
  });

  test('gives up in the end', async () => {
    s3.on(GetObjectCommand).callsFake(() => answer(half('', new Error('reset')), 6));
    await expect(collect(readBytes(client, 'b', 'k'))).rejects.toThrow('reset');
    expect(s3.commandCalls(GetObjectCommand)).toHaveLength(6);
  });
});
