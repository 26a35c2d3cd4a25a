import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { toS3Error } from '../../../../src/lambda/s3/s3-error';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => { harness = await startHarness(); });
afterEach(() => harness.close());

const isListed = (key: string) => bucketClient(harness, 'source').isListed(key);
const head = (key: string) => bucketClient(harness, 'source').head(key);

test('a key is listed, one that only begins another is not', async () => {
  harness.put('in/a.csv');
  expect(await isListed('in/a.csv')).toBe(true);
  expect(await isListed('in/a')).toBe(false);
});

test('a key that may be neither read nor listed counts as present: nothing is known about it', async () => {
  harness.store.deny({ bucket: 'source', operations: ['HeadObject', 'ListObjectsV2'] });
  expect(await isListed('in/a.csv')).toBe(true);
  await expect(head('in/a.csv')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
});

test('a denied look says what was denied and what to allow, although its answer has no body', async () => {
  harness.put('in/a.csv');
  harness.store.deny({ bucket: 'source', operations: ['HeadObject'] });
  const error = toS3Error(await head('in/a.csv').catch((each: unknown) => each));
  expect(error).toMatchObject({ kind: 'denied', code: 'ACCESS_DENIED' });
  expect(error.message).toMatch(/^HTTP 403: S3 denied HeadObject, .*: allow s3:GetObject on the objects of source, and the use of the key that encrypts them \(request \w+\)$/);
});

test('a missing object is undefined, whether S3 answers 404 or 403', async () => {
  expect(await head('in/a.csv')).toBeUndefined();
  harness.store.deny({ bucket: 'source', operations: ['HeadObject'] });
  expect(await head('in/a.csv')).toBeUndefined();
});

test('a request is retried, and ends with the signal', async () => {
  let requests = 0;
  const stop = new AbortController();
  harness.before = () => {
    requests++;
    if (requests < 3) { return { kind: 'SlowDown' }; }
    stop.abort();
    return { kind: 'Latency', ms: 1_000 };
  };
  const source = bucketClient(harness, 'source', { signal: stop.signal });
  await expect(source.request((s3) => s3.send(new HeadBucketCommand({ Bucket: source.name })))).rejects.toMatchObject({ name: 'AbortError' });
  expect(requests).toBe(3);
  expect([source.isAborted, source.with({ signal: undefined }).isAborted]).toEqual([true, false]);
});
