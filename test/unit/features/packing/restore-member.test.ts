import type { S3Client } from '@aws-sdk/client-s3';
import type { PutOptions } from '../../../../packages/s3-double/src';
import type { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import { openPack } from '../../../../src/features/packing/lambda/unpack/open-pack';
import { openIndexFile } from '../../../../src/features/packing/lambda/unpack/pack-index';
import { restoreMember } from '../../../../src/features/packing/lambda/unpack/restore-member';
import type { MoveContext, MoveRequest } from '../../../../src/lambda/move/move-request';
import { withSend } from '../../../../src/lambda/s3/with-send';
import {
  bucketClient,
  budgetOf,
  type Harness,
  moveContext,
  startHarness,
} from '../../../helpers/harness';
import { buildPack, type BuiltPack, countReads, flip, md5, putPack } from '../../../helpers/packs';

let harness: Harness;
let pack: BuiltPack;
let lines: LedgerLine[];
beforeEach(async () => {
  harness = await startHarness();
  pack = buildPack([
    {
      key: A,
      bytes: 'one',
      contentType: 'text/csv',
      cacheControl: 'no-store',
      contentEncoding: 'gzip',
      contentDisposition: 'inline',
      contentLanguage: 'de',
      expires: 'never',
      metadata: { owner: 'ops', note: 'a b' },
      tags: { team: 'data', purpose: 'x=y + z' },
      storageClass: 'STANDARD_IA',
    },
    { key: EMPTY, bytes: '' },
    { key: 'in/c-2026-11-24.csv', bytes: 'three' },
  ]);
  lines = putPack(harness.store, 'archive', pack);
});
afterEach(() => harness.close());

const A = 'in/a-2026-11-24.csv';
const EMPTY = 'in/empty-2026-11-24.csv';

interface Options extends Partial<MoveContext> {
  readonly key?: string;
  readonly dryRun?: boolean;
  readonly line?: Partial<LedgerLine>;
  readonly request?: Partial<MoveRequest>;
  readonly file?: Buffer;
}

function restore({
  key = A,
  dryRun,
  line = {},
  request = {},
  file = pack.indexFile,
  ...more
}: Options = {}) {
  const context = {
    ...moveContext(harness),
    source: bucketClient(harness, 'archive'),
    destination: bucketClient(harness, 'source'),
    ...more,
  };
  const version = { ...lines.find((each) => each.key === key)!, ...line };
  const open = () =>
    openPack(context.source, { key: pack.key, etag: version.archivedEtag }, async () =>
      openIndexFile(file),
    );
  const { archivedEtag: etag, size, storageClass, member } = version;
  const object = { key: pack.key, etag: etag!, size, destination: key, storageClass, ...request };
  return restoreMember(context, object, { ...version, member: member! }, open, dryRun);
}

const old = (key = A) => harness.store.get('source', key);

test('an object is as it was', async () => {
  const reads = countReads(harness.s3, 'archive');
  const outcome = await restore();
  expect(outcome).toEqual({
    status: 'copied',
    destination: A,
    etag: md5('one'),
    size: 3,
    archived: {
      archivedEtag: `"${old()!.etag}"`,
      checksumAlgorithm: 'SHA256',
      checksum: expect.any(String),
      checksumType: 'FULL_OBJECT',
    },
  });
  expect([harness.read('source', A), old()!.attributes]).toMatchObject([
    'one',
    {
      headers: {
        'content-type': 'text/csv',
        'cache-control': 'no-store',
        'content-encoding': 'gzip',
        'content-disposition': 'inline',
        'content-language': 'de',
        expires: 'never',
      },
      metadata: { owner: 'ops', note: 'a b' },
      tags: [
        ['team', 'data'],
        ['purpose', 'x=y + z'],
      ],
      storageClass: 'STANDARD_IA',
    },
  ]);
  expect(reads).toMatchObject({
    bytes: 256 + 3,
    requests: [
      `${pack.key} bytes=-256`,
      `${pack.key} bytes=${lines[0].member!.offset}-${lines[0].member!.offset + 2}`,
    ],
  });
});

test('an empty object needs no read of its own, and gets the key of the source', async () => {
  const reads = countReads(harness.s3, 'archive');
  expect(
    await restore({
      key: EMPTY,
      destinationKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/given',
    }),
  ).toMatchObject({ status: 'copied', size: 0 });
  expect([harness.read('source', EMPTY), reads.requests.length]).toEqual(['', 1]);
  expect(old(EMPTY)!.attributes.encryption).toMatchObject({
    algorithm: 'aws:kms',
    kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/given',
  });
});

test('nothing is overwritten', async () => {
  harness.put(A, 'two');
  expect(await restore()).toMatchObject({
    status: 'conflicting',
    code: ReasonCode.DESTINATION_EXISTS,
  });
  expect(harness.read('source', A)).toBe('two');
});

/** What belongs to the object, as the double has it. */
const SAME: PutOptions = {
  headers: {
    'content-type': 'text/csv',
    'cache-control': 'no-store',
    'content-encoding': 'gzip',
    'content-disposition': 'inline',
    'content-language': 'de',
    expires: 'never',
  },
  metadata: { owner: 'ops', note: 'a b' },
  tags: { team: 'data', purpose: 'x=y + z' },
};

test.each<[string, PutOptions]>([
  ['by its MD5', {}],
  [
    'by its SHA-256',
    {
      serverSideEncryption: 'aws:kms',
      checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' } as never,
    },
  ],
  ['by its bytes, if S3 proves nothing', { serverSideEncryption: 'aws:kms' }],
])('what is at the old key already is found, %s', async (_, options) => {
  harness.store.put('source', A, 'one', { ...SAME, ...options });
  expect(await restore()).toMatchObject({ status: 'copied', isFound: true });
});

test.each<[string, string, PutOptions]>([
  ['other bytes', 'two', {}],
  ['other metadata', 'one', { metadata: { owner: 'ops' } }],
  ['another header', 'one', { headers: { ...SAME.headers, expires: '0' } }],
  ['other tags', 'one', { tags: { team: 'data' } }],
])('%s at the old key are another object', async (_, content, options) => {
  harness.store.put('source', A, content, { ...SAME, ...options });
  expect(await restore()).toMatchObject({ status: 'conflicting', code: 'DESTINATION_EXISTS' });
  expect(harness.read('source', A)).toBe(content);
});

test('a listed key is looked at before its member is read', async () => {
  harness.store.put('source', A, 'one', SAME);
  const reads = countReads(harness.s3, 'archive');
  expect([await restore({ request: { isTaken: true } }), reads.requests]).toMatchObject([
    { isFound: true },
    [`${pack.key} bytes=-256`],
  ]);
});

test('a lost answer and two writes at a time are found out about', async () => {
  let puts = 0;
  const losing = withSend(harness.s3, async (command, options) => {
    const answer = await harness.s3.send(command as never, options);
    if ((command as object).constructor.name === 'PutObjectCommand' && puts++ === 0) {
      throw Object.assign(new Error('lost'), { name: 'TimeoutError' });
    }
    return answer;
  }) as S3Client;
  expect(await restore({ destination: bucketClient({ s3: losing }, 'source') })).toMatchObject({
    status: 'copied',
    isFound: true,
  });
  harness.store.delete('source', A);
  let conflicts = 0;
  harness.before = ({ operation }) =>
    operation === 'PutObject' && conflicts++ === 0
      ? { kind: 'Error', status: 409, code: 'ConditionalRequestConflict' }
      : undefined;
  expect(await restore()).toMatchObject({ status: 'copied' });
  expect(harness.read('source', A)).toBe('one');
});

test.each<[string, Partial<LedgerLine['member'] & object>]>([
  ['another SHA-256', { sha256: '0'.repeat(64) }],
  ['another offset', { offset: 1 }],
  ['another size', { size: 2 }],
  ['another name', { name: 'c-2026-11-24.csv' }],
])('a member that the ledger gives %s is not put', async (_, wrong) => {
  expect(await restore({ line: { member: { ...lines[0].member!, ...wrong } } })).toEqual({
    status: 'deselected',
  });
  expect(old()).toBeUndefined();
});

test('of another key, nothing is put, however right its bytes are', async () => {
  expect(await restore({ line: { key: 'in/other-2026-11-24.csv' } })).toEqual({
    status: 'deselected',
  });
});

test('bytes that changed under their ETag are not put', async () => {
  const bytes = Buffer.from(pack.bytes);
  flip(bytes, lines[0].member!.offset);
  harness.store.put('archive', pack.key, bytes);
  expect(await restore({ line: { archivedEtag: md5(bytes) } })).toEqual({ status: 'deselected' });
  expect(old()).toBeUndefined();
});

test('a server that sends all of the pack is refused', async () => {
  const whole = withSend(harness.s3, (command: unknown, options) => {
    const { input } = command as { input: { Range?: string } };
    if (input.Range && !input.Range.startsWith('bytes=-')) {
      delete input.Range;
    }
    return harness.s3.send(command as never, options);
  }) as S3Client;
  expect(await restore({ source: bucketClient({ s3: whole }, 'archive') })).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('200 instead of 206'),
  });
});

test('says what is wrong with the pack', async () => {
  harness.store.delete('archive', pack.key);
  expect(await restore()).toEqual({ status: 'source-gone' });
  harness.store.put(
    'archive',
    pack.key,
    buildPack([
      { key: A, bytes: 'forged' },
      { key: EMPTY, bytes: '' },
      { key: 'in/c-2026-11-24.csv', bytes: '3' },
    ]).bytes,
  );
  expect(await restore()).toEqual({ status: 'deselected' });
  putPack(harness.store, 'archive', pack, { storageClass: 'GLACIER' });
  expect(await restore()).toMatchObject({
    status: 'failed',
    code: ReasonCode.ARCHIVED_CLASS,
    message: expect.stringContaining(pack.key),
  });
  expect(harness.store.keys('source')).toEqual([]);
});

test('a dry run says what the real one would do, and writes nothing', async () => {
  expect(await restore({ dryRun: true })).toMatchObject({
    status: 'archived',
    etag: md5('one'),
    size: 3,
  });
  expect(harness.store.keys('source')).toEqual([]);
  harness.put(A, 'theirs');
  expect(await restore({ dryRun: true })).toMatchObject({ status: 'conflicting' });
  harness.store.delete('archive', pack.key);
  harness.store.delete('source', A);
  expect(await restore({ dryRun: true })).toEqual({ status: 'source-gone' });
});

test('a key that is too long, a denied put and a bucket that is gone are failures of their own', async () => {
  expect(await restore({ request: { destination: 'x'.repeat(1_025) } })).toMatchObject({
    status: 'failed',
    code: ReasonCode.KEY_TOO_LONG,
  });
  harness.before = ({ operation }) =>
    operation === 'PutObject' ? { kind: 'Error', status: 403, code: 'AccessDenied' } : undefined;
  expect(await restore()).toMatchObject({ status: 'failed', code: ReasonCode.ACCESS_DENIED });
  harness.before = undefined;
  expect(await restore({ destination: bucketClient(harness, 'no-such') })).toMatchObject({
    status: 'failed',
    code: ReasonCode.NO_SUCH_BUCKET,
    isInSetup: true,
  });
});

test('when the time of the round ends, the object is left to the next one', async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(
    restore({
      source: bucketClient(harness, 'archive', { budget: budgetOf(), signal: controller.signal }),
    }),
  ).rejects.toThrow();
});
