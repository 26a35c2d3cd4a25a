import { ReasonCode } from '../../../../src/contract/payloads/reason-codes';
import { openPack } from '../../../../src/features/packing/lambda/unpack/open-pack';
import { openIndexFile } from '../../../../src/features/packing/lambda/unpack/pack-index';
import { toS3Error } from '../../../../src/lambda/s3/s3-error';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';
import {
  buildPack,
  type BuiltPack,
  countReads,
  flip,
  manyObjects,
  md5,
  putPack,
  toIndexFile,
} from '../../../helpers/packs';

let harness: Harness;
let pack: BuiltPack;
let etag: string;
beforeEach(async () => {
  harness = await startHarness();
  pack = buildPack([
    {
      key: 'in/a-2026-11-24.csv',
      bytes: 'one',
      metadata: { 9: 'b', z: 'ü', 1: 'a' },
      tags: { team: 'data' },
      expires: 'never',
    },
    { key: 'in/b-2026-11-24.csv', bytes: '' },
    { key: 'in/c-2026-11-24.csv', bytes: 'three' },
  ]);
  etag = putPack(harness.store, 'archive', pack)[0].archivedEtag!;
});
afterEach(() => harness.close());

/** @param known null: no ledger knows the pack */
const open = ({ known = etag as string | null, file = pack.indexFile } = {}) =>
  openPack(
    bucketClient(harness, 'archive'),
    { key: pack.key, ...(known !== null && { etag: known }) },
    async () => openIndexFile(file),
  );
const membersOf = async (opened: ReturnType<typeof open>) =>
  [...(await opened).members.values()].map((line) => ({
    ...line,
    pack: undefined,
    packSize: undefined,
  }));
const kindOf = (opened: Promise<unknown>) =>
  opened.then(
    () => 'opened',
    (error: unknown) => toS3Error(error).kind,
  );

test('reads only the end of the pack if the index of the tree is that of the pack', async () => {
  const reads = countReads(harness.s3, 'archive');
  expect(await membersOf(open())).toEqual(pack.lines);
  expect(reads.requests).toEqual([`${pack.key} bytes=-256`]);
});

test.each<[string, () => Buffer]>([
  [
    'says something else',
    () =>
      toIndexFile(
        pack.lines.map((line) => ({ ...line, tags: { team: 'theirs' } })),
        pack.key,
        pack.bytes.length,
      ),
  ],
  ['lacks a member', () => toIndexFile(pack.lines.slice(1), pack.key, pack.bytes.length)],
  [
    'has members in another order',
    () => toIndexFile([...pack.lines].reverse(), pack.key, pack.bytes.length),
  ],
  ['is that of another pack', () => buildPack(manyObjects(3)).indexFile],
  ['is no index', () => Buffer.from('no gzip')],
])('the index in the pack counts if that of the tree %s', async (_, forge) => {
  expect(await membersOf(open({ file: forge() }))).toEqual(pack.lines);
});

test('the index in the pack counts if the tree has none', async () => {
  const opened = openPack(bucketClient(harness, 'archive'), { key: pack.key, etag }, () =>
    Promise.reject(new Error('missing')),
  );
  expect([...(await opened).members.values()]).toEqual(pack.lines);
});

test('without a ledger, the name of the pack must be that of its bytes', async () => {
  expect((await open({ known: null })).etag).toBe(etag);
  // Of a stranger, who may also write the tree of indexes.
  const forged = buildPack([
    { key: 'in/a-2026-11-24.csv', bytes: 'his' },
    { key: 'in/b-2026-11-24.csv', bytes: '' },
    { key: 'in/c-2026-11-24.csv', bytes: 'three' },
  ]);
  harness.store.put('archive', pack.key, forged.bytes, {
    checksum: { algorithm: 'SHA256', type: 'FULL_OBJECT' },
  });
  expect(await kindOf(open({ known: null, file: forged.indexFile }))).toBe('ambiguous');
  // S3 does not say what it is.
  harness.store.put('archive', pack.key, pack.bytes);
  expect(await kindOf(open({ known: null }))).toBe('ambiguous');
});

test(
  'another pack under the same name is not opened, nor what is no pack, nor one whose index is ' +
    'not what it is called',
  async () => {
    harness.store.put('archive', pack.key, buildPack(manyObjects(5)).bytes);
    expect(await kindOf(open())).toBe('ambiguous');
    harness.store.put('archive', pack.key, 'no zip');
    expect(await kindOf(open({ known: md5('no zip') }))).toBe('ambiguous');
    const bytes = Buffer.from(pack.bytes);
    flip(bytes, bytes.indexOf('"tags":{"team":"data"}') + 10);
    harness.store.put('archive', pack.key, bytes);
    expect(await kindOf(open({ known: md5(bytes), file: Buffer.from('no gzip') }))).toBe(
      'ambiguous',
    );
  },
);

test('a missing pack is missing, with and without a ledger, and one in Glacier says so', async () => {
  harness.store.delete('archive', pack.key);
  expect([await kindOf(open()), await kindOf(open({ known: null }))]).toEqual([
    'missing',
    'missing',
  ]);
  putPack(harness.store, 'archive', pack, { storageClass: 'DEEP_ARCHIVE' });
  expect(toS3Error(await open().catch((error: unknown) => error)).code).toBe(
    ReasonCode.ARCHIVED_CLASS,
  );
});
