import { CopyObjectCommand, type CopyObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { copyToArchive, deleteSources } from '../../../../src/lambda/move/move-object';
import type { MoveResult } from '../../../../src/lambda/move/move-request';
import { withSend } from '../../../../src/lambda/s3/with-send';
import {
  type ContextOptions,
  type Harness,
  moveContext,
  startHarness,
} from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const KEY = 'in/a-2026-11-24.csv';
const DESTINATION = 'archive/2026/11/24/a-2026-11-24.csv';
const KMS = { destinationKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/k' };
const FOREIGN = `"${'1'.repeat(32)}"`;

type Send = () => Promise<CopyObjectCommandOutput>;

/** Moves the object. `answers` replaces the answers to the first copies. */
async function move(
  answers: ((send: Send) => Promise<CopyObjectCommandOutput>)[] = [],
  more: ContextOptions = {},
): Promise<MoveResult> {
  const s3: S3Client = withSend(harness.s3, (command: unknown, options) => {
    const send = () => harness.s3.send(command as CopyObjectCommand, options);
    const answer = command instanceof CopyObjectCommand ? answers.shift() : undefined;
    return answer ? answer(send) : send();
  });
  const context = moveContext({ ...harness, s3 }, more);
  const { etag, size } = harness.store.get('source', KEY)!;
  const copied = await copyToArchive(context, {
    key: KEY,
    etag: `"${etag}"`,
    size,
    destination: DESTINATION,
  });
  return copied.status === 'copied'
    ? (await deleteSources(context, [{ ...copied, key: KEY }]))[0]
    : copied;
}

const foreignAnswer =
  (ETag = FOREIGN) =>
  async () => ({ CopyObjectResult: { ETag }, $metadata: { httpStatusCode: 200 } });
const state = () => [harness.read('source', KEY), harness.read('archive', DESTINATION)];

test.each<[string, ContextOptions]>([
  ['an MD5 digest', {}],
  ['none, because KMS encrypts the copy', KMS],
])(
  'a success that belongs to another copy deletes nothing: the object is copied again (its ETag ' +
    'is %s)',
  async (_, more) => {
    harness.put(KEY, 'v1');
    expect(await move([foreignAnswer()], more)).toMatchObject({ status: 'archived' });
    expect(harness.requests).toMatchObject({ CopyObject: 1, DeleteObjects: 1 });
    expect(state()).toEqual([undefined, 'v1']);
  },
);

test('this answer after the copy was made: the copy is found', async () => {
  harness.put(KEY, 'v1');
  const answer = async (send: Send) => {
    await send();
    return foreignAnswer()();
  };
  expect(await move([answer])).toMatchObject({ status: 'archived' });
  expect(harness.requests).toMatchObject({ CopyObject: 1, DeleteObjects: 1 });
  expect(state()).toEqual([undefined, 'v1']);
});

test('this answer about the very object that is in the way: the source stays', async () => {
  harness.put(KEY, 'v1');
  const { etag } = harness.store.put('archive', DESTINATION, 'theirs');
  expect(await move([foreignAnswer(`"${etag}"`)])).toMatchObject({ status: 'conflicting' });
  expect(state()).toEqual(['v1', 'theirs']);
});

test(
  'a copy that KMS encrypts has another ETag: a look at the destination shows that it is this ' +
    "copy's",
  async () => {
    harness.put(KEY, 'v1');
    expect(await move([], KMS)).toMatchObject({ status: 'archived' });
    expect(harness.requests).toEqual({ CopyObject: 1, HeadObject: 1, DeleteObjects: 1 });
  },
);

test('a copy of a source that KMS encrypts has another ETag, which the source shows', async () => {
  harness.store.put('source', KEY, 'v1', {
    serverSideEncryption: 'aws:kms',
    kmsKeyId: KMS.destinationKeyArn,
  });
  expect(await move()).toMatchObject({ status: 'archived' });
  expect(harness.requests).toEqual({ CopyObject: 1, HeadObject: 2, DeleteObjects: 1 });
});

test('a copy of a source that was uploaded in parts has another ETag', async () => {
  harness.store.put('source', KEY, 'v1 of some length', { partSize: 7 });
  expect(await move()).toMatchObject({ status: 'archived' });
  expect(harness.requests).toEqual({ CopyObject: 1, HeadObject: 1, DeleteObjects: 1 });
});

test('the fast path has compared ETags, and its answers have no status', async () => {
  harness.put(KEY, 'v1');
  const answer = async (send: Send) => {
    await send();
    return { CopyObjectResult: { ETag: FOREIGN }, $metadata: {} };
  };
  expect(await move([answer])).toMatchObject({ status: 'archived' });
  expect(harness.requests).toEqual({ CopyObject: 1, DeleteObjects: 1 });
});
