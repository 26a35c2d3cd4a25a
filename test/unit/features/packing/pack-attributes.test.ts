/** What belongs to an object goes into its pack with it, or the object is moved, and it is told. */
import { PutObjectAnnotationCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { PutOptions } from '../../../../packages/s3-double/src';
import { moveBatch } from '../../../../src/lambda/batch/batch-round';
import { useBatches } from '../../../helpers/batch-harness';
import { listPacks, onFastPath, packed, PACKING, readZip } from '../../../helpers/packed-batches';

const batches = useBatches();
const { batch, ledger, listed } = batches;

const keyOf = (n: number, folder = '') => `in/${folder}d${n}-2026-11-24.csv`;

function seed(count: number, options: PutOptions = {}, folder = ''): void {
  for (let n = 0; n < count; n++) {
    batches.harness.store.put('source', keyOf(n, folder), `content ${n}`, options);
  }
}

function run(packing: object = {}, environment: Record<string, string> = {}) {
  const settings = JSON.stringify({ ...JSON.parse(PACKING.PACKING), ...packing });
  const worker = batches.workerWith({ ...PACKING, PACKING: settings, ...environment });
  return moveBatch(onFastPath(worker), batch(packed(listed())), 60_000);
}

/** By their keys: what the ledger says of the objects that lie in no pack. */
function moved(): Record<string, unknown> {
  return Object.fromEntries(
    ledger()
      .filter(({ member }) => !member)
      .map(({ key, status, code, notes }) => [key, { status, code, notes }]),
  );
}

test.each<[string, PutOptions]>([
  ['a lock', { lock: { legalHold: true } as never }],
  ['an unknown header', { unknownHeaders: { 'x-amz-new-attribute': '1' } }],
  [
    'bytes that are not ASCII',
    { headers: { 'content-disposition': 'inline; filename=\u00fc.csv' } },
  ],
  ['tags that fit into no header', { tags: Object.fromEntries(longTags()) }],
])('an object with %s is moved, and the report can say so', async (_, options) => {
  seed(4);
  batches.harness.store.put('source', keyOf(9), 'content 9', options);
  expect(await run()).toMatchObject({ counts: { archived: 5 } });
  expect(moved()).toEqual({
    [keyOf(9)]: { status: 'archived', notes: { notPacked: 'NOT_KEPT' } },
  });
  expect(listPacks(batches.harness)).toHaveLength(1);
});

function longTags(): [string, string][] {
  return Array.from({ length: 10 }, (_, n) => [`${n}`.padEnd(120, 'k'), '\u00e9'.repeat(250)]);
}

test('names of Object.prototype are names of metadata and tags as all others', async () => {
  const names = ['constructor', 'prototype', '__proto__', 'tostring'];
  const entries = Object.create(null) as Record<string, string>;
  names.forEach((name) => {
    entries[name] = `value of ${name}`;
  });
  seed(4, { metadata: entries, tags: entries });
  expect(await run()).toMatchObject({ counts: { archived: 4 } });
  const [key] = listPacks(batches.harness);
  const index = [...readZip(batches.harness, key)].find(([name]) => name.startsWith('_index-'))!;
  const [line] = index[1].content.toString().split('\n');
  const { metadata, tags } = JSON.parse(line) as Record<string, object>;
  expect(Object.entries(metadata).sort()).toEqual(Object.entries(entries).sort());
  expect(Object.entries(tags).sort()).toEqual(Object.entries(entries).sort());
});

describe('tags', () => {
  test('that may not be read in one folder keep its objects out of packs', async () => {
    seed(4, { tags: { team: 'data' } }, 'open/');
    seed(4, { tags: { team: 'data' } }, 'secret/');
    batches.harness.store.denials.add({
      operations: ['GetObjectTagging'],
      keyPrefix: 'in/secret/',
    });
    await run();
    const unpacked = moved();
    expect(Object.keys(unpacked).sort()).toEqual([0, 1, 2, 3].map((n) => keyOf(n, 'secret/')));
    // S3 denies a copy of an object with such tags, too.
    expect(unpacked[keyOf(0, 'secret/')]).toMatchObject({
      status: 'failed',
      code: 'ACCESS_DENIED',
    });
    expect(batches.harness.store.keys('source')).toHaveLength(4);
  });

  test('are asked for once in each folder, and for each object with askTags', async () => {
    seed(4, {}, 'a/');
    seed(4, {}, 'b/');
    await run();
    expect(batches.harness.requests.GetObjectTagging).toBe(2);
    seed(4, {}, 'a/');
    await run({ askTags: true });
    expect(batches.harness.requests.GetObjectTagging).toBe(2 + 4);
  });
});

describe('a pack or an index that S3 refuses', () => {
  test.each([
    ['the pack', 'archive/2026/'],
    ['the index', 'archive/'],
  ])('is a failure of the setup: %s', async (_, keyPrefix) => {
    seed(4);
    batches.harness.store.denials.add({
      operations: ['PutObject'],
      bucket: 'archive',
      keyPrefix,
      message: 'explicit deny',
    });
    expect(await run()).toMatchObject({ counts: { archived: 0, failed: 4 } });
    expect(moved()[keyOf(0)]).toMatchObject({ status: 'failed', code: 'ACCESS_DENIED' });
    expect(batches.problems[0].message).toMatch(/^S3 refused a pack or its index, s3:\/\/archive/);
    expect(batches.harness.store.keys('source')).toHaveLength(4);
    expect(batches.harness.requests.CopyObject).toBeUndefined();
  });
});

test('headers that are too long for the index of a pack make their objects move', async () => {
  // 7 KB of metadata each. The index has no room for all of it.
  const metadata = { note: 'x'.repeat(7_000) };
  seed(40, { metadata });
  expect(await run()).toMatchObject({ counts: { archived: 40 } });
  const unpacked = Object.values(moved());
  expect(unpacked).not.toHaveLength(0);
  expect(unpacked).not.toHaveLength(40);
  expect(unpacked[0]).toEqual({ status: 'archived', notes: { notPacked: 'INDEX_FULL' } });
});

test('every request states its storage class, as a policy may demand', async () => {
  seed(4);
  const classes: (string | undefined)[] = [];
  batches.harness.s3.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { Bucket, StorageClass } = args.input as PutObjectCommandInput;
        if (commandName === 'PutObjectCommand' && Bucket === 'archive') {
          classes.push(StorageClass);
        }
        return next(args);
      },
    { step: 'initialize' },
  );
  await run();
  expect(classes).toEqual(['STANDARD', 'STANDARD']);
});

test('annotations are what a pack drops', async () => {
  seed(4);
  await batches.harness.s3.send(
    new PutObjectAnnotationCommand({
      Bucket: 'source',
      Key: keyOf(0),
      AnnotationName: 'note',
      AnnotationPayload: Buffer.from('lost'),
    }),
  );
  expect(await run()).toMatchObject({ counts: { archived: 4 } });
  expect(moved()).toEqual({});
});

test('a default lock that may not be read is a failure of the setup', async () => {
  seed(4);
  batches.harness.store.createBucket('vault', { objectLock: true });
  batches.harness.store.denials.add({
    operations: ['GetObjectLockConfiguration'],
    bucket: 'vault',
  });
  const environment = {
    DESTINATION_BUCKET: 'vault',
    RETENTION: JSON.stringify({ retentionMode: 'GOVERNANCE', years: 7 }),
  };
  expect(await run({}, environment)).toMatchObject({ counts: { archived: 0, failed: 4 } });
  expect(moved()[keyOf(0)]).toMatchObject({ status: 'failed', code: 'LOCKED' });
  expect(batches.harness.store.keys('source')).toHaveLength(4);
});
