import type { ArchivedFacts } from '../../../../src/contract/payloads/ledger-line';
import { toArchivedFacts } from '../../../../src/lambda/move/decide';
import { copyToArchive, deleteSources } from '../../../../src/lambda/move/move-object';
import type { Copied, MoveResult } from '../../../../src/lambda/move/move-request';
import {
  type ContextOptions,
  type Harness,
  moveContext,
  startHarness,
} from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ minPartBytes: 1 });
  for (const bucket of ['source', 'archive']) {
    harness.store.createBucket(bucket, { versioning: 'Enabled' });
  }
});
afterEach(() => harness.close());

const KEY = 'in/a-2026-11-24.csv';
const DESTINATION = 'archive/2026/11/24/a-2026-11-24.csv';

async function move(
  etag: string,
  more: ContextOptions = {},
  size = harness.store.get('source', KEY)?.size ?? 0,
): Promise<MoveResult> {
  const context = moveContext(harness, more);
  const copied = await copyToArchive(context, { key: KEY, etag, size, destination: DESTINATION });
  return copied.status === 'copied'
    ? (await deleteSources(context, [{ ...(copied as Copied), key: KEY }]))[0]
    : copied;
}

/** What the store has of the object that was moved. */
function stored(sourceVersionId?: string, key = DESTINATION): ArchivedFacts {
  const {
    etag,
    checksum: { algorithm, type, value },
    versionId,
  } = harness.store.get('archive', key)!;
  return {
    archivedEtag: `"${etag}"`,
    checksumAlgorithm: algorithm,
    checksum: value,
    checksumType: type as ArchivedFacts['checksumType'],
    archivedVersionId: versionId,
    ...(sourceVersionId && {
      sourceVersionId,
      deleteMarkerVersionId: harness.store.bucket('source').head(KEY)!.versionId,
    }),
  };
}

test.each<[string, ContextOptions]>([
  ['a copy', {}],
  [
    'a copy with a key of KMS, whose ETag is another',
    { destinationKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/k' },
  ],
  ['a copy in parts, whose ETag is another', { multipartThreshold: 3 }],
])('are all that S3 says of %s', async (_, more) => {
  const etag = harness.put(KEY, 'content');
  const { versionId } = harness.store.get('source', KEY)!;
  const result = await move(etag, more);
  expect(result).toMatchObject({ status: 'archived', etag, archived: stored(versionId) });
  expect(harness.store.bucket('source').head(KEY)!.deleteMarker).toBe(true);
});

test('cost no request', async () => {
  await move(harness.put(KEY, 'content'));
  expect(harness.requests).toEqual({ CopyObject: 1, DeleteObjects: 1 });
});

test('of an object that was archived already are those of the object that is there', async () => {
  const etag = harness.put(KEY, 'mine');
  const { versionId } = harness.store.get('source', KEY)!;
  harness.store.put('archive', DESTINATION, 'mine');
  expect(await move(etag)).toMatchObject({ status: 'archived', archived: stored(versionId) });
});

test('of an object that an earlier attempt moved are those of the object that is there', async () => {
  const etag = harness.put(KEY, 'mine');
  harness.store.put('archive', DESTINATION, 'mine');
  harness.store.delete('source', KEY);
  expect(await move(etag, {}, 4)).toMatchObject({ status: 'archived', archived: stored() });
});

test('of a copy under another name are those of that copy', async () => {
  const etag = harness.put(KEY, 'mine');
  const { versionId } = harness.store.get('source', KEY)!;
  harness.store.put('archive', DESTINATION, 'theirs');
  const result = await move(etag, { conflictPolicy: 'RENAME' });
  const { destination } = result as Extract<MoveResult, { status: 'archived' }>;
  expect(destination).not.toBe(DESTINATION);
  expect(result).toMatchObject({ archived: stored(versionId, destination) });
});

test('leave out what is not known', () => {
  expect(toArchivedFacts({}, {})).toEqual({});
  expect(
    toArchivedFacts(
      { ETag: '"e"', ChecksumSHA256: 'x-2', ChecksumType: 'COMPOSITE' },
      { archived: 'null' },
    ),
  ).toEqual({
    archivedEtag: '"e"',
    checksumAlgorithm: 'SHA256',
    checksum: 'x-2',
    checksumType: 'COMPOSITE',
    archivedVersionId: 'null',
  });
  // Servers other than S3 may not say which type a checksum has.
  expect(toArchivedFacts({ ChecksumCRC32: 'x' }, { source: 'v' })).toEqual({
    checksumAlgorithm: 'CRC32',
    checksum: 'x',
    sourceVersionId: 'v',
  });
});
