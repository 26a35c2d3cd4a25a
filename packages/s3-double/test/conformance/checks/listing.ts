import assert from 'node:assert/strict';
import {
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { type Check, refused, type Subject } from '../subject';

const PAGE = 'API/API_ListObjectsV2.html';
const ORDER = 'userguide/ListingKeysUsingAPIs.html';

function check(
  name: string,
  seeded: string[],
  run: (list: List, subject: Subject, bucket: string) => Promise<void>,
  page = PAGE,
): Check {
  return {
    name,
    page,
    run: async (subject) => {
      const bucket = await subject.bucket();
      for (const key of seeded) {
        await subject.put(bucket, key);
      }
      await run(
        (input = {}) => subject.client.send(new ListObjectsV2Command({ Bucket: bucket, ...input })),
        subject,
        bucket,
      );
    },
  };
}

type List = (input?: Partial<ListObjectsV2CommandInput>) => Promise<ListObjectsV2CommandOutput>;

const keysOf = (output: ListObjectsV2CommandOutput) =>
  (output.Contents ?? []).map((object) => object.Key);
const prefixesOf = (output: ListObjectsV2CommandOutput) =>
  (output.CommonPrefixes ?? []).map((entry) => entry.Prefix);

/** Returns all pages of a listing that has one key or common prefix per page. */
async function onePerPage(
  list: List,
  input: Partial<ListObjectsV2CommandInput>,
): Promise<(string | undefined)[]> {
  const entries: (string | undefined)[] = [];
  let token: string | undefined;
  do {
    const page = await list({ ...input, MaxKeys: 1, ContinuationToken: token });
    assert.equal(page.KeyCount, 1);
    entries.push(...keysOf(page), ...prefixesOf(page));
    token = page.NextContinuationToken;
    assert.equal(page.IsTruncated, token !== undefined);
  } while (token !== undefined);
  return entries;
}

export const listing: Check[] = [
  check(
    'keys come in UTF-8 byte order, not in UTF-16 order',
    ['\u{1f600}', '\ufb01', 'é', 'z', 'Z', '0'],
    async (list) => {
      assert.deepEqual(keysOf(await list()), ['0', 'Z', 'z', 'é', '\ufb01', '\u{1f600}']);
    },
    ORDER,
  ),
  check(
    'a prefix is a beginning of the key, not a folder',
    ['a', 'ab', 'a/b', 'b'],
    async (list) => {
      assert.deepEqual(keysOf(await list({ Prefix: 'a' })), ['a', 'a/b', 'ab']);
    },
  ),
  check('a prefix without keys gives an empty page', ['a'], async (list) => {
    const page = await list({ Prefix: 'b' });
    assert.equal(page.KeyCount, 0);
    assert.equal(page.IsTruncated, false);
  }),
  check('max-keys cuts the page and says that there is more', ['a', 'b', 'c'], async (list) => {
    const page = await list({ MaxKeys: 2 });
    assert.deepEqual(keysOf(page), ['a', 'b']);
    assert.equal(page.IsTruncated, true);
    assert.equal(page.KeyCount, 2);
    assert.equal(page.MaxKeys, 2);
    assert.ok(page.NextContinuationToken);
  }),
  check('a page that ends with the last key is not truncated', ['a', 'b'], async (list) => {
    const page = await list({ MaxKeys: 2 });
    assert.equal(page.IsTruncated, false);
    assert.equal(page.NextContinuationToken, undefined);
  }),
  check(
    'the continuation token goes on where the page ended',
    ['a', 'b', 'c', 'd'],
    async (list) => {
      assert.deepEqual(await onePerPage(list, {}), ['a', 'b', 'c', 'd']);
    },
  ),
  check(
    'the continuation token works although its key is gone and new ones came',
    ['a', 'b', 'c'],
    async (list, subject, bucket) => {
      const page = await list({ MaxKeys: 1 });
      await subject.put(bucket, 'aa');
      assert.deepEqual(keysOf(await list({ ContinuationToken: page.NextContinuationToken })), [
        'aa',
        'b',
        'c',
      ]);
    },
  ),
  check('an invented continuation token is refused', ['a'], async (list) => {
    await refused(list({ ContinuationToken: 'a' }), { status: 400, code: 'InvalidArgument' });
  }),
  check('start-after excludes its key, which need not exist', ['a', 'b', 'c'], async (list) => {
    assert.deepEqual(keysOf(await list({ StartAfter: 'a' })), ['b', 'c']);
    assert.deepEqual(keysOf(await list({ StartAfter: 'aa' })), ['b', 'c']);
  }),
  check(
    'start-after before the prefix lists the whole prefix',
    ['a/1', 'b/1', 'b/2'],
    async (list) => {
      assert.deepEqual(keysOf(await list({ Prefix: 'b/', StartAfter: 'a' })), ['b/1', 'b/2']);
    },
  ),
  check('start-after behind the prefix lists nothing', ['a/1', 'b/1'], async (list) => {
    assert.deepEqual(keysOf(await list({ Prefix: 'a/', StartAfter: 'b' })), []);
  }),
  check(
    'start-after is echoed, and the token takes its place on later pages',
    ['a', 'b', 'c', 'd'],
    async (list) => {
      const page = await list({ StartAfter: 'a', MaxKeys: 1 });
      assert.equal(page.StartAfter, 'a');
      assert.deepEqual(
        keysOf(await list({ StartAfter: 'a', ContinuationToken: page.NextContinuationToken })),
        ['c', 'd'],
      );
    },
  ),
  check(
    'a delimiter rolls keys up into common prefixes',
    ['a/1', 'a/2', 'b', 'c/d/e'],
    async (list) => {
      const page = await list({ Delimiter: '/' });
      assert.deepEqual(keysOf(page), ['b']);
      assert.deepEqual(prefixesOf(page), ['a/', 'c/']);
      assert.equal(page.KeyCount, 3);
    },
  ),
  check('a delimiter is looked for behind the prefix', ['a/1', 'a/b/1', 'a/b/2'], async (list) => {
    const page = await list({ Prefix: 'a/', Delimiter: '/' });
    assert.deepEqual(keysOf(page), ['a/1']);
    assert.deepEqual(prefixesOf(page), ['a/b/']);
  }),
  check('a delimiter may be more than one character', ['a--1', 'a-2', 'b'], async (list) => {
    const page = await list({ Delimiter: '--' });
    assert.deepEqual(keysOf(page), ['a-2', 'b']);
    assert.deepEqual(prefixesOf(page), ['a--']);
  }),
  check(
    'a common prefix counts as one key of a page and is never listed twice',
    ['a/1', 'a/2', 'b', 'c/1', 'c/2', 'd'],
    async (list) => {
      assert.deepEqual(await onePerPage(list, { Delimiter: '/' }), ['a/', 'b', 'c/', 'd']);
    },
  ),
  check(
    'paging with prefix and delimiter',
    ['x', 'y/1/a', 'y/1/b', 'y/2', 'y/3/a', 'z'],
    async (list) => {
      assert.deepEqual(await onePerPage(list, { Prefix: 'y/', Delimiter: '/' }), [
        'y/1/',
        'y/2',
        'y/3/',
      ]);
    },
  ),
  check('a folder marker is a key when its own prefix is listed', ['a/', 'a/1'], async (list) => {
    assert.deepEqual(keysOf(await list({ Prefix: 'a/', Delimiter: '/' })), ['a/', 'a/1']);
  }),
  check(
    'encoding-type=url encodes keys, prefixes and delimiters',
    ['a b/(1)+é', 'a b/x/1'],
    async (list) => {
      const page = await list({ EncodingType: 'url', Prefix: 'a b/', Delimiter: '/' });
      assert.equal(page.EncodingType, 'url');
      const decode = (text?: string) => decodeURIComponent((text ?? '').replace(/\+/g, ' '));
      assert.deepEqual(keysOf(page).map(decode), ['a b/(1)+é']);
      assert.ok(keysOf(page)[0]?.includes('%2B'));
      assert.deepEqual(prefixesOf(page).map(decode), ['a b/x/']);
      assert.equal(decode(page.Prefix), 'a b/');
    },
  ),
  check('encoding-type=url carries a control character', ['a\u0001b'], async (list) => {
    assert.deepEqual(keysOf(await list({ EncodingType: 'url' })), ['a%01b']);
  }),
  check('an entry has ETag, size, time and storage class', ['key'], async (list) => {
    const [object] = (await list()).Contents ?? [];
    assert.equal(object.ETag, '"3c6e0b8a9c15224a8228b9a98ca1531d"');
    assert.equal(object.Size, 3);
    assert.equal(object.StorageClass, 'STANDARD');
    assert.ok(
      object.LastModified && Math.abs(object.LastModified.getTime() - Date.now()) < 3600_000,
    );
  }),
  check(
    'an entry names its checksum algorithm and type',
    ['key'],
    async (list) => {
      const [object] = (await list()).Contents ?? [];
      assert.equal(object.ChecksumAlgorithm?.length, 1);
      assert.equal(object.ChecksumType, 'FULL_OBJECT');
    },
    'API/API_Object.html',
  ),
  check('the owner is listed only with fetch-owner', ['key'], async (list) => {
    assert.equal((await list()).Contents?.[0].Owner, undefined);
    assert.ok((await list({ FetchOwner: true })).Contents?.[0].Owner?.ID);
  }),
  check('max-keys=0 gives an empty page that is not truncated', ['a'], async (list) => {
    const page = await list({ MaxKeys: 0 });
    assert.equal(page.KeyCount, 0);
    assert.equal(page.IsTruncated, false);
  }),
  check('a negative max-keys is refused', [], async (list) => {
    await refused(list({ MaxKeys: -1 }), { status: 400, code: 'InvalidArgument' });
  }),
  check(
    'a written object is listed at once, a deleted one no more',
    ['a'],
    async (list, subject, bucket) => {
      await subject.put(bucket, 'b');
      assert.deepEqual(keysOf(await list()), ['a', 'b']);
    },
    'userguide/Welcome.html',
  ),
  check('listing a bucket that does not exist', [], async (list) => {
    await refused(list({ Bucket: 'conformance-no-such-bucket' }), {
      status: 404,
      code: 'NoSuchBucket',
    });
  }),
  check(
    'the older listing goes on from a marker',
    ['a', 'b/1', 'b/2', 'c'],
    async (_, subject, bucket) => {
      const first = await subject.client.send(
        new ListObjectsCommand({ Bucket: bucket, Delimiter: '/', MaxKeys: 2 }),
      );
      assert.equal(first.NextMarker, 'b/');
      const second = await subject.client.send(
        new ListObjectsCommand({ Bucket: bucket, Delimiter: '/', Marker: first.NextMarker }),
      );
      assert.deepEqual(
        second.Contents?.map(({ Key }) => Key),
        ['c'],
      );
      assert.equal(second.CommonPrefixes, undefined);
    },
    'API/API_ListObjects.html',
  ),
];
