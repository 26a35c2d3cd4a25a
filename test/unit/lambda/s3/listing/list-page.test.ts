import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { ShardedListing } from '../../../../../src/features/selective/lambda/sharded-listing';
import { compareKeys } from '../../../../../src/lambda/s3/listing/compare-keys';
import { listPage, listUploads } from '../../../../../src/lambda/s3/listing/list-page';
import { findListed } from '../../../../../src/lambda/s3/object-lookup';
import { findObject, listObjects } from '../../../../../src/lambda/s3/read-objects';
import { bucketClient, type Harness, startHarness } from '../../../../helpers/harness';

async function collectKeys(s3: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Key: key } of listObjects(s3, bucket, prefix)) {
    keys.push(key!);
  }
  return keys;
}

describe('against the S3 double', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startHarness();
  });
  afterEach(() => harness.close());

  /**
   * What XML cannot represent, what decoding would change, what encoding would change, and what has
   * four bytes.
   */
  const unit = fc.oneof(
    fc.constantFrom(
      '+',
      ' ',
      '%',
      '%41',
      '&#x1F600;',
      '&amp;',
      '<',
      '\u0000',
      '\u0001',
      '\r',
      '\n',
      '\u0085',
      '\ufffe',
      '\uffff',
      '\u202e',
      'é',
      '日',
      '😀',
      '/',
      '~',
      "'",
      '*',
    ),
    fc
      .integer({ min: 0, max: 0x10ffff })
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code)),
  );
  const keys = fc.uniqueArray(
    fc.string({ unit, maxLength: 40 }).map((key) => `in/${key}`),
    { minLength: 1, maxLength: 20 },
  );

  test('every way of listing finds any key, and only it', async () => {
    await fc.assert(
      fc.asyncProperty(keys, async (all) => {
        all.forEach((key) => harness.put(key, 'x'));
        const present = harness.store.keys('source');
        expect(await collectKeys(harness.s3, 'source', 'in/')).toEqual(present);
        const source = bucketClient(harness, 'source');
        const [gone, ...left] = present;
        harness.store.bucket('source').delete(gone, 0);
        expect(new Set((await findListed(source, present)).keys())).toEqual(new Set(left));
        expect([
          (await findObject(harness.s3, 'source', gone))?.Key,
          (await source.find(gone))?.Key,
        ]).toEqual([undefined, undefined]);
        for (const key of left) {
          expect([
            (await findObject(harness.s3, 'source', key))?.Key,
            (await source.find(key))?.Key,
          ]).toEqual([key, key]);
        }
        left.forEach((key) => harness.store.bucket('source').delete(key, 0));
      }),
      { numRuns: 25 },
    );
  });

  test('common prefixes are decoded, too', async () => {
    const folders = ['in/a+b c%41/', 'in/\u0001/', 'in/\ufffe/', 'in/😀/'];
    folders.forEach((folder) => harness.put(`${folder}x`));
    const page = await listPage(harness.s3, { Bucket: 'source', Prefix: 'in/', Delimiter: '/' });
    expect(page.CommonPrefixes!.map(({ Prefix }) => Prefix).sort()).toEqual([...folders].sort());
  });

  test('uploads are found under any key', async () => {
    for (const key of ['in/a+b c%41', 'in/\u0001', 'in/\ufffe', 'in/😀']) {
      const { UploadId } = await harness.s3.send(
        new CreateMultipartUploadCommand({ Bucket: 'source', Key: key }),
      );
      expect(await listUploads(harness.s3, 'source', key)).toMatchObject([{ Key: key, UploadId }]);
    }
  });
});

/** Servers that answer in another way than S3. */
describe('against a server', () => {
  const KEY = 'in/😀 +%41.csv';
  let server: Server;
  let s3: S3Client;
  let canEncode: boolean;

  beforeEach(async () => {
    server = createServer((request, response) => {
      const { searchParams } = new URL(request.url!, 'http://127.0.0.1');
      const encodes = canEncode && searchParams.get('encoding-type') === 'url';
      const key = encodes
        ? encodeURIComponent(KEY).replaceAll('%20', '+')
        : KEY.replace('😀', canEncode ? '&#x1F600;' : '😀');
      const found = KEY.startsWith(searchParams.get('prefix') ?? '')
        ? `<Contents><Key>${key}</Key><Size>1</Size></Contents>`
        : '';
      response.setHeader('content-type', 'application/xml');
      response.end(
        '<?xml version="1.0" ' +
          `encoding="UTF-8"?><ListBucketResult><IsTruncated>false</IsTruncated>${encodes ? '<EncodingType>url</EncodingType>' : ''}${found}</ListBucketResult>`,
      );
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    s3 = new S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      forcePathStyle: true,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
  });
  afterEach(async () => {
    s3.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  test.each([
    ['that writes &#x1F600; unless it is asked to encode keys', true],
    ['that does not encode keys, and does not say that it did', false],
  ])('%s: the key is found as it is', async (_, encodes) => {
    canEncode = encodes;
    expect(await collectKeys(s3, 'source', 'in/')).toEqual([KEY]);
    expect((await findObject(s3, 'source', KEY))?.Key).toBe(KEY);
    const source = bucketClient({ s3 }, 'source');
    expect([(await source.find(KEY))?.Key, await source.find('in/😀 +A.csv')]).toEqual([
      KEY,
      undefined,
    ]);
    expect(new Set((await findListed(source, [KEY])).keys())).toEqual(new Set([KEY]));
  });
});

interface ListInput {
  readonly StartAfter?: string;
  readonly Prefix?: string;
  readonly ContinuationToken?: string;
}

/**
 * S3 as it lists keys between which many delete markers lie: so many empty pages come before each
 * page of a key.
 */
class WithEmptyPages {
  readonly inputs: ListInput[] = [];

  constructor(
    private readonly keys: readonly string[],
    private readonly emptyPages: number,
  ) {}

  async send({ input }: { readonly input: ListInput }): Promise<object> {
    this.inputs.push(input);
    const { StartAfter: start = '', Prefix: prefix = '', ContinuationToken: token } = input;
    const [after, emptyPages] =
      token === undefined ? [start, 0] : (JSON.parse(token) as [string, number]);
    const left = this.keys.filter((key) => compareKeys(key, after) > 0 && key.startsWith(prefix));
    const next = (...parts: [string, number]) => ({
      IsTruncated: true,
      NextContinuationToken: JSON.stringify(parts),
    });
    if (emptyPages < this.emptyPages) {
      return next(after, emptyPages + 1);
    }
    const [Key] = left;
    if (Key === undefined) {
      return { IsTruncated: false };
    }
    return {
      Contents: [{ Key, ETag: '"e"', Size: 1 }],
      ...(left.length > 1 ? next(Key, 0) : { IsTruncated: false }),
    };
  }
}

describe('pages without keys that are not the last ones', () => {
  const keys = ['in/a', 'in/b', 'in/c'];
  const connect = (emptyPages: number) => {
    const server = new WithEmptyPages(keys, emptyPages);
    return { server, s3: server as unknown as S3Client };
  };

  test('every way of listing goes on until a page has keys', async () => {
    const { s3 } = connect(150);
    expect(await collectKeys(s3, 'source', 'in/')).toEqual(keys);
    expect((await findObject(s3, 'source', 'in/b'))?.Key).toBe('in/b');
    const source = bucketClient({ s3 }, 'source');
    expect([(await source.find('in/c'))?.Key, await source.find('in/d')]).toEqual([
      'in/c',
      undefined,
    ]);
    expect(new Set((await findListed(source, [...keys, 'in/d'])).keys())).toEqual(new Set(keys));
    const listing = new ShardedListing({ source, prefix: 'in/', concurrency: 4 }, [{}]);
    const sharded: string[] = [];
    for await (const page of listing.list(() => false)) {
      sharded.push(...page.map(({ Key }) => Key!));
    }
    expect(sharded.sort()).toEqual(keys);
  });

  test('the token alone says where to go on', async () => {
    const { server, s3 } = connect(1);
    await listPage(s3, { Bucket: 'source', Prefix: 'in/', StartAfter: 'in/a' });
    expect(server.inputs).toMatchObject([
      { StartAfter: 'in/a' },
      { StartAfter: undefined, ContinuationToken: '["in/a",1]' },
    ]);
  });

  test('after some hundred of them, an error says what to do, and is not repeated', async () => {
    const { server, s3 } = connect(Infinity);
    const source = bucketClient({ s3 }, 'source');
    await expect(source.find('in/a')).rejects.toThrow(
      /^s3:\/\/source\/in\/a has 500 pages without a key in a row, as where many delete markers lie: .*NoncurrentVersionExpiration.*ExpiredObjectDeleteMarker/,
    );
    expect(server.inputs).toHaveLength(500);
  });

  test('an empty page that goes on, but does not say where, is an answer that cannot be read', async () => {
    const send = jest
      .fn()
      .mockResolvedValueOnce({ IsTruncated: true })
      .mockResolvedValueOnce({ Contents: [{ Key: 'in/a' }] });
    expect(
      await bucketClient({ s3: { send } as unknown as S3Client }, 'source').find('in/a'),
    ).toMatchObject({ Key: 'in/a' });
  });
});

test('no other file of the functions sends a listing', () => {
  const root = path.resolve(__dirname, '../../../../../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const listing = files.filter((file) =>
    /new (ListObjects|ListMultipartUploads|ListObjectVersions)\w*Command\b/.test(
      readFileSync(path.join(root, file), 'utf8'),
    ),
  );
  expect(listing).toEqual(['lambda/s3/listing/list-page.ts']);
});
