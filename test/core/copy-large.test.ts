import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { type Harness, moverFor, startHarness } from './harness';
import { partSizeOf } from '../../src/core/copy-large';
import { copyToArchive, type Mover } from '../../src/core/move';

const MiB = 1024 ** 2;
const KEY = 'in/big-2026-11-24.bin';
const DESTINATION = 'archive/2026/11/24/big-2026-11-24.bin';
const CONTENT = Buffer.alloc(12 * MiB + 7, 'abcdefghijk');

let harness: Harness;
beforeEach(async () => { harness = await startHarness(); });
afterEach(() => harness.close());

const OPTIONS = {
  metadata: { owner: 'ops', note: 'a b' },
  tags: { 'team': 'data', 'a b': 'c+d=e/f' },
  headers: {
    'content-type': 'application/x-thing',
    'cache-control': 'no-store',
    'content-disposition': 'attachment; filename="x"',
    'content-encoding': 'br',
    'content-language': 'ja',
  },
};

function putBig(options = {}): string {
  return `"${harness.store.put('source', KEY, CONTENT, options).etag}"`;
}

/** Everything above 5 MiB goes in parts. */
function copy(etag: string, more: Partial<Mover> = {}, resume?: Parameters<typeof copyToArchive>[2]) {
  const mover = moverFor(harness, { multipartThreshold: 5 * MiB, ...more });
  return copyToArchive(mover, { key: KEY, etag, size: CONTENT.length, destination: DESTINATION }, resume);
}

const archivedBytes = () => harness.store.get('archive', DESTINATION)?.body.bytes();
const openUploads = () => [...harness.store.bucket('archive').uploads.values()].length;

test('parts: the preferred size, never below 5 MiB, never more than 10,000 of them', () => {
  expect(partSizeOf(20 * MiB, 8 * MiB)).toBe(8 * MiB);
  expect(partSizeOf(20 * MiB, 1 * MiB)).toBe(5 * MiB);
  expect(partSizeOf(6 * 1024 ** 3, 5 * 1024 ** 3)).toBe(512 * MiB);
  const fiftyTerabytes = 50 * 1000 ** 4;
  expect(Math.ceil(fiftyTerabytes / partSizeOf(fiftyTerabytes, 5 * 1024 ** 3))).toBeLessThanOrEqual(10_000);
  expect(partSizeOf(fiftyTerabytes, 5 * 1024 ** 3)).toBeLessThanOrEqual(5 * 1024 ** 3);
});

test('a large object arrives with its bytes, metadata, headers and tags', async () => {
  const etag = putBig(OPTIONS);
  expect(await copy(etag)).toEqual({ status: 'copied', destination: DESTINATION, etag, size: CONTENT.length });
  expect(archivedBytes()!.equals(CONTENT)).toBe(true);
  const source = harness.store.get('source', KEY)!.attributes;
  const { attributes } = harness.store.get('archive', DESTINATION)!;
  expect(attributes.headers).toEqual(source.headers);
  expect(attributes.metadata).toEqual(source.metadata);
  expect(new Map(attributes.tags)).toEqual(new Map(source.tags));
  expect(attributes.checksum).toMatchObject({ algorithm: source.checksum.algorithm, type: source.checksum.type });
  expect(harness.requests).toMatchObject({ CreateMultipartUpload: 1, UploadPartCopy: 3, CompleteMultipartUpload: 1 });
});

test('gets the storage class and key that the mover names', async () => {
  await copy(putBig(), { storageClass: 'GLACIER_IR', destinationKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/k' });
  expect(harness.store.get('archive', DESTINATION)!.attributes).toMatchObject({ storageClass: 'GLACIER_IR', encryption: { algorithm: 'aws:kms' } });
});

test('an object at the threshold is still one CopyObject', async () => {
  await copy(putBig(), { multipartThreshold: CONTENT.length });
  expect(harness.requests).toEqual({ CopyObject: 1 });
});

test('rewritten before it is looked at: the new content is archived under its own ETag', async () => {
  const listed = putBig();
  const now = `"${harness.store.put('source', KEY, CONTENT.subarray(1)).etag}"`;
  expect(await copy(listed)).toMatchObject({ status: 'copied', etag: now, size: CONTENT.length - 1 });
});

test('rewritten in the middle: nothing of the old content is completed, the new content is archived', async () => {
  const etag = putBig();
  let parts = 0;
  harness.before = (call) => { if (call.operation === 'UploadPartCopy' && ++parts === 2) harness.put(KEY, 'new and small'); };
  expect(await copy(etag)).toMatchObject({ status: 'copied', size: 'new and small'.length });
  expect(harness.read('archive', DESTINATION)).toBe('new and small');
  expect(openUploads()).toBe(0);
});

test('a taken destination is not overwritten, and nothing is left over', async () => {
  harness.store.put('archive', DESTINATION, 'theirs');
  expect(await copy(putBig())).toMatchObject({ status: 'conflicting' });
  expect(harness.read('archive', DESTINATION)).toBe('theirs');
  expect(openUploads()).toBe(0);
});

test('a destination that is taken while the parts are copied is not overwritten', async () => {
  const etag = putBig();
  harness.before = (call) => { if (call.operation === 'CompleteMultipartUpload') harness.store.put('archive', DESTINATION, 'theirs'); };
  expect(await copy(etag)).toMatchObject({ status: 'conflicting' });
  expect(harness.read('archive', DESTINATION)).toBe('theirs');
  expect(openUploads()).toBe(0);
});

test.each(['LostAnswer', 'ErrorIn200'] as const)('%s to the completion: the copy is found or made again', async (kind) => {
  const etag = putBig(OPTIONS);
  let faults = 0;
  harness.before = (call) => (call.operation === 'CompleteMultipartUpload' && faults++ === 0 ? { kind } : undefined);
  expect(await copy(etag)).toMatchObject({ status: 'copied' });
  expect(archivedBytes()!.equals(CONTENT)).toBe(true);
  expect(openUploads()).toBe(0);
});

test('a part that S3 refuses for good: failed with its code, and nothing is left over', async () => {
  const etag = putBig();
  harness.before = (call) => (call.operation === 'UploadPartCopy' ? { kind: 'SlowDown' } : undefined);
  expect(await copy(etag)).toMatchObject({ status: 'failed', code: 'SLOW_DOWN' });
  expect(openUploads()).toBe(0);
});

test('what a killed invocation left over at the same key is aborted, and at no other', async () => {
  const begin = (Key: string) => harness.s3.send(new CreateMultipartUploadCommand({ Bucket: 'archive', Key }));
  await begin(DESTINATION);
  await begin(`${DESTINATION}x`);
  expect(await copy(putBig())).toMatchObject({ status: 'copied' });
  expect([...harness.store.bucket('archive').uploads.values()].map(({ key }) => key)).toEqual([`${DESTINATION}x`]);
});

test('an upload that somebody else began at the same key is not ours to abort', async () => {
  await harness.s3.send(new CreateMultipartUploadCommand({ Bucket: 'archive', Key: DESTINATION }));
  const [theirs] = [...harness.store.bucket('archive').uploads.keys()];
  harness.s3.middlewareStack.add((next, { commandName }) => async (args) => {
    const answer = await next(args);
    if (commandName === 'ListMultipartUploadsCommand') {
      const { Uploads } = answer.output as { Uploads: { UploadId: string; Initiator?: { ID: string } }[] };
      for (const upload of Uploads) upload.Initiator = { ID: upload.UploadId === theirs ? 'somebody else' : 'the archiver' };
    }
    return answer;
  }, { step: 'initialize' });
  expect(await copy(putBig())).toMatchObject({ status: 'copied' });
  expect([...harness.store.bucket('archive').uploads.keys()]).toEqual([theirs]);
});

test('S3 is given the source\'s checksum to compare the whole with', async () => {
  const etag = putBig();
  const { checksum } = harness.store.get('source', KEY)!.attributes;
  let completed: Record<string, unknown> = {};
  harness.s3.middlewareStack.add((next, { commandName }) => (args) => {
    if (commandName === 'CompleteMultipartUploadCommand') completed = args.input as unknown as Record<string, unknown>;
    return next(args);
  }, { step: 'initialize' });
  expect(await copy(etag)).toMatchObject({ status: 'copied' });
  expect(completed).toMatchObject({ ChecksumType: 'FULL_OBJECT', [`Checksum${checksum.algorithm}`]: expect.any(String) });
});

describe('a copy that the end of the round interrupts', () => {
  async function interrupted(etag: string) {
    const stop = new AbortController();
    let parts = 0;
    harness.after = (call) => { if (call.operation === 'UploadPartCopy' && ++parts === 2) stop.abort(); };
    harness.before = (call) => (call.operation === 'UploadPartCopy' && parts >= 2 ? { kind: 'Latency', ms: 5_000 } : undefined);
    const error = await copy(etag, { signal: stop.signal }).then(() => undefined, (thrown: unknown) => thrown);
    harness.before = harness.after = undefined;
    return (error as { upload: { key: string; uploadId: string; etag: string } }).upload;
  }

  test('stays open, and the next round copies only the missing parts', async () => {
    const etag = putBig();
    const upload = await interrupted(etag);
    expect(upload).toMatchObject({ key: DESTINATION, etag });
    expect(openUploads()).toBe(1);

    harness.resetRequests();
    expect(await copy(etag, {}, upload)).toMatchObject({ status: 'copied' });
    expect(harness.requests.UploadPartCopy).toBeLessThan(3);
    expect(harness.requests.CreateMultipartUpload).toBeUndefined();
    expect(archivedBytes()!.equals(CONTENT)).toBe(true);
    expect(openUploads()).toBe(0);
  });

  test('is begun anew if the source was rewritten in between', async () => {
    const etag = putBig();
    const upload = await interrupted(etag);
    const rewritten = Buffer.alloc(CONTENT.length, 'zyx');
    harness.store.put('source', KEY, rewritten);
    expect(await copy(etag, {}, upload)).toMatchObject({ status: 'copied' });
    expect(archivedBytes()!.equals(rewritten)).toBe(true);
    expect(openUploads()).toBe(0);
  });
});
