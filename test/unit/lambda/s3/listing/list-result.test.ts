import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import * as vm from 'node:vm';
import {
  ListBucketsCommand,
  ListObjectsV2Command,
  type ListObjectsV2Output,
  S3Client,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { type Protocol, readListingsFast } from '../../../../../src/lambda/s3/listing/fast-listing';
import { readListResult } from '../../../../../src/lambda/s3/listing/list-result';

function createClient(body: string, headers: Record<string, string> = {}, statusCode = 200) {
  return new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({
        response: { statusCode, headers: { ...headers }, body: Readable.from([Buffer.from(body)]) },
      }),
    },
  });
}

async function list(s3: S3Client): Promise<ListObjectsV2Output> {
  const { $metadata: _, ...page } = await s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  return page;
}

/** The bytes of a body have no half of a character. */
const readByUs = (body: string) => readListResult(Buffer.from(body).toString());

/** What the SDK reads. Undefined: it cannot read the body. */
const readBySdk = (body: string) => list(createClient(body)).catch(() => undefined);

const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';
const HEAD = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="${XMLNS}">`;
const toPage = (elements: string) => `${HEAD}${elements}</ListBucketResult>`;
const element = (name: string, content: string) => `<${name}>${content}</${name}>`;
const OBJECT =
  '<Contents><Key>in/a%2B1</Key><LastModified>2026-11-24T10:00:00.000Z</LastModified>' +
  '<ETag>&quot;9b2cf535f27731c974343645a3985328&quot;</ETag><Size>5</Size>' +
  '<StorageClass>STANDARD</StorageClass></Contents>';

/** In S3's documentation: API_ListObjectsV2, the examples of responses. */
const EXAMPLES = {
  'a bucket':
    '<Name>bucket</Name><Prefix/><KeyCount>205</KeyCount><MaxKeys>1000</MaxKeys>' +
    '<IsTruncated>false</IsTruncated><Contents><Key>my-image.jpg</Key>' +
    '<LastModified>2009-10-12T17:50:30.000Z</LastModified>' +
    '<ETag>"fba9dede5f27731c9771645a39863328"</ETag><Size>434234</Size>' +
    '<StorageClass>STANDARD</StorageClass></Contents>',
  'common prefixes':
    '<Name>example-bucket</Name><Prefix></Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys>' +
    '<Delimiter>/</Delimiter><IsTruncated>false</IsTruncated><Contents><Key>sample.jpg</Key>' +
    '<LastModified>2011-02-26T01:56:20.000Z</LastModified>' +
    '<ETag>"bf1d737a4d46a19f3bced6905cc8b902"</ETag><Size>142863</Size>' +
    '<StorageClass>STANDARD</StorageClass></Contents>' +
    '<CommonPrefixes><Prefix>photos/</Prefix></CommonPrefixes>',
  owners:
    '<Name>bucket</Name><Prefix/><StartAfter>ExampleGuide.pdf</StartAfter><KeyCount>1</KeyCount>' +
    '<MaxKeys>3</MaxKeys><IsTruncated>true</IsTruncated><Contents><Key>ExampleObject.txt</Key>' +
    '<LastModified>2013-09-17T18:07:53.000Z</LastModified>' +
    '<ETag>"599bab3ed2c697f1d26842727561fd94"</ETag><Size>857</Size>' +
    '<StorageClass>REDUCED_REDUNDANCY</StorageClass><Owner><ID>owner</ID></Owner></Contents>',
  'restored objects': `<IsTruncated>false</IsTruncated>${OBJECT.replace(
    '</Contents>',
    '<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2026-12-01T00:00:00.000Z</RestoreExpiryDate></RestoreStatus></Contents>',
  )}`,
  'an empty page':
    '<Name>bucket</Name><Prefix/><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>',
};

test.each(Object.entries(EXAMPLES))('%s: read as the SDK reads it', async (_, elements) => {
  const page = readListResult(toPage(elements));
  expect(page).toBeDefined();
  expect(page).toEqual(await readBySdk(toPage(elements)));
});

const hostile = fc.constantFrom(
  ...['&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&#34;', '%2F', '+', ']]>', '>', '"', ' ', '\t'],
  ...['\u0000', '\u0001', '\u0085', '\u2028', '\ufeff', '\ufffe', 'é', '日', '😀', '\ud83d', 'a'],
);
const content = fc.oneof(
  fc.string({ unit: hostile, maxLength: 12 }),
  fc.constantFrom('incoming/2026-11-24.csv', 'INTELLIGENT_TIERING', '__proto__', 'constructor'),
);
const date = fc
  .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((each) => each.toISOString());
const boolean = fc.boolean().map(String);
const number = fc.integer({ min: 0, max: 2 ** 46 }).map(String);
const elements = (members: Record<string, fc.Arbitrary<string>>, minimum: number) =>
  fc
    .shuffledSubarray(Object.keys(members), { minLength: minimum })
    .chain((names) =>
      fc.tuple(...names.map((name) => members[name].map((each) => element(name, each)))),
    )
    .map((all) => all.join(''));
/** The elements that S3 always writes, in its order. */
const usual = fc
  .record({ key: content, date, etag: content, hasChecksum: fc.boolean(), size: number, content })
  .map(({ key, date: modified, etag, hasChecksum, size, content: storageClass }) =>
    [
      element('Key', key),
      element('LastModified', modified),
      element('ETag', `&quot;${etag}&quot;`),
      ...(hasChecksum
        ? [element('ChecksumAlgorithm', 'CRC64NVME'), element('ChecksumType', 'FULL_OBJECT')]
        : []),
      element('Size', size),
      element('StorageClass', storageClass),
    ].join(''),
  );
const inAnyOrder = elements(
  {
    Key: content,
    LastModified: date,
    ETag: content,
    ChecksumAlgorithm: content,
    ChecksumType: content,
    Size: number,
    StorageClass: content,
    Owner: elements({ ID: content, DisplayName: content }, 1),
    RestoreStatus: elements({ IsRestoreInProgress: boolean, RestoreExpiryDate: date }, 1),
  },
  1,
);
const object = fc.oneof(usual, inAnyOrder);
/** Pages as S3 writes them, in any order. */
const page = fc
  .tuple(
    elements(
      {
        Name: content,
        Prefix: content,
        Delimiter: content,
        MaxKeys: number,
        KeyCount: number,
        EncodingType: content,
        StartAfter: content,
        ContinuationToken: content,
        NextContinuationToken: content,
        IsTruncated: boolean,
      },
      0,
    ),
    fc.array(object, { maxLength: 4 }),
    fc.array(content, { maxLength: 3 }),
    fc.constantFrom('', '\n', ' \n'),
  )
  .filter(([members, objects, prefixes]) => (members + objects + prefixes).length > 0)
  .map(
    ([members, objects, prefixes, end]) =>
      toPage(
        members +
          objects.map((each) => element('Contents', each)).join('') +
          prefixes.map((prefix) => element('CommonPrefixes', element('Prefix', prefix))).join(''),
      ) + end,
  );

test('what S3 writes is read, whatever is in it, and as the SDK reads it', () =>
  fc.assert(
    fc.asyncProperty(page, async (body) => {
      const own = readByUs(body);
      expect(own).toBeDefined();
      expect(own).toEqual(await readBySdk(body));
    }),
    { numRuns: 400 },
  ));

const FRAGMENTS = [
  ...['&', ';', '&#', '&#x41;', '&nbsp;', '&constructor;', '<', '>', '/', '</', '\r', '\n', '\r\n'],
  ...['<!-- -->', '<![CDATA[x]]>', '<?pi?>', '<!DOCTYPE x>', ' a="b"', '<Key/>', '<Owner/>'],
  ...['<Key>x</Key>', '<New>x</New>', '<Error><Code>SlowDown</Code></Error>', '</Contents>'],
  ...['</ListBucketResult>', '<Contents>', '<Contents></Contents>', '<__proto__>x</__proto__>'],
  ...['-', '0', '24:00:00', '2026-02-30T00:00:00Z', '1e3', 'TRUE', ' ', '\ufeff', OBJECT],
];
/** Pages that something has changed: a part is lost, or there is one too many. */
const spoiled = fc
  .tuple(
    page,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 12 }), fc.constantFrom('', ...FRAGMENTS)), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([body, changes]) =>
    changes.reduce((text, [at, removed, added]) => {
      const index = at % text.length;
      return text.slice(0, index) + added + text.slice(index + removed);
    }, body),
  );

test('anything else is left to the SDK, or read as the SDK reads it', () =>
  fc.assert(
    fc.asyncProperty(spoiled, async (body) => {
      const own = readByUs(body);
      if (own) {
        expect(own).toEqual(await readBySdk(body));
      }
    }),
    { numRuns: 3_000 },
  ));

test.each([
  ['an error inside of a 200', '<Error><Code>InternalError</Code></Error>'],
  ['another document', '<html></html>'],
  ['nothing', ''],
  ['half a page', toPage(OBJECT).slice(0, -30)],
  ['an element that is new', toPage(OBJECT.replace('<Size>', '<New>1</New><Size>'))],
  ['an attribute', toPage(OBJECT.replace('<Key>', '<Key a="b">'))],
  ['two keys of one object', toPage(OBJECT.replace('<Size>', '<Key>b</Key><Size>'))],
  ['lines', toPage(`\n  ${OBJECT}\n`)],
  ['a comment', toPage(`<!-- -->${OBJECT}`)],
  ['CDATA', toPage(OBJECT.replace('in/a%2B1', '<![CDATA[in/a]]>'))],
  ['an entity that is not of XML', toPage(OBJECT.replace('in/a', 'in/&eacute;'))],
  ['a number in letters', toPage(OBJECT.replace('>5<', '>1e3<'))],
  ['a number with 16 digits', toPage(OBJECT.replace('>5<', '>1234567890123456<'))],
  ['no number', toPage(OBJECT.replace('>5<', '><'))],
  ['a day with 25 hours', toPage(OBJECT.replace('T10', 'T24'))],
  ['an object without anything', toPage('<Contents></Contents>')],
  ['something after the end', `${toPage(OBJECT)}<a/>`],
])('not read: %s', (_, body) => {
  expect(readListResult(body)).toBeUndefined();
});

describe('a client', () => {
  const read = jest.fn();
  /** Whether the SDK had to read the body. */
  async function listFast(s3: S3Client) {
    read.mockClear();
    const protocol = s3.config.protocol as unknown as Protocol;
    const deserialize = protocol.deserializeResponse.bind(protocol);
    protocol.deserializeResponse = (operation, context, response) => {
      read((response.body as Uint8Array).length > 0);
      return deserialize(operation, context, response);
    };
    return readListingsFast(s3).send(new ListObjectsV2Command({ Bucket: 'bucket' }));
  }

  test('answers what the SDK answers, headers and metadata included', async () => {
    const headers = {
      'x-amz-request-id': '1',
      'x-amz-id-2': '2',
      'x-amz-request-charged': 'requester',
    };
    const body = toPage(EXAMPLES.owners);
    const answer = await listFast(createClient(body, headers));
    expect(read.mock.calls).toEqual([[false]]);
    expect(answer).toEqual(
      await createClient(body, headers).send(new ListObjectsV2Command({ Bucket: 'bucket' })),
    );
    expect(answer).toMatchObject({ RequestCharged: 'requester', $metadata: { requestId: '1' } });
  });

  test('has the SDK read what another server writes', async () => {
    const body = toPage(`\n${OBJECT.replace('<Key>', '<UserMetadata/><Key>')}\n`);
    const answer = await listFast(createClient(body));
    expect(read.mock.calls).toEqual([[true]]);
    expect(answer.Contents).toMatchObject([{ Key: 'in/a%2B1', Size: 5 }]);
  });

  test('reads keys that a server did not encode', async () => {
    const body = toPage(OBJECT.replace('in/a%2B1', 'in/ä 日本 🚀'));
    const answer = await listFast(createClient(body));
    expect(read.mock.calls).toEqual([[false]]);
    expect(answer.Contents).toMatchObject([{ Key: 'in/ä 日本 🚀', Size: 5 }]);
  });

  test('throws the errors of the SDK', async () => {
    const body = '<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>';
    await expect(listFast(createClient(body, {}, 404))).rejects.toMatchObject({
      name: 'NoSuchBucket',
      message: 'none',
    });
    const half = toPage(OBJECT).slice(0, -30);
    await expect(listFast(createClient(half))).rejects.toThrow('XML');
  });

  test('leaves other answers alone', async () => {
    const body = `<ListAllMyBucketsResult><Buckets><Bucket><Name>a</Name></Bucket></Buckets></ListAllMyBucketsResult>`;
    const { Buckets } = await readListingsFast(createClient(body)).send(new ListBucketsCommand({}));
    expect(Buckets).toEqual([{ Name: 'a' }]);
  });
});

test('a key that is kept does not keep its page', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = vm.runInNewContext('gc') as () => void;
  const key = 'incoming/some/folder/2026-11-24';
  const kept: unknown[] = [];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 100; i++) {
    const objects = OBJECT.replace('in/a%2B1', `${key}-${i}`).repeat(1_000);
    const { Contents } = readListResult(toPage(objects))!;
    kept.push([Contents![0].Key, Contents![0].ETag, Contents![0].StorageClass]);
  }
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(5 * 1024 ** 2);
  expect(kept).toHaveLength(100);
});
