import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { listTags } from '../../../../src/lambda/attributes/tags';
import { toS3Error } from '../../../../src/lambda/s3/s3-error';
import { bucketClient, type Harness, startHarness } from '../../../helpers/harness';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});
afterEach(() => harness.close());

const has = async (key: string) => (await bucketClient(harness, 'source').find(key)) !== undefined;
const head = (key: string) => bucketClient(harness, 'source').head(key);

test('a key is listed, one that only begins another is not', async () => {
  harness.put('in/a.csv');
  expect(await has('in/a.csv')).toBe(true);
  expect(await has('in/a')).toBe(false);
});

test('a key that may be neither read nor listed counts as present: nothing is known about it', async () => {
  harness.store.deny({ bucket: 'source', operations: ['HeadObject', 'ListObjectsV2'] });
  await expect(head('in/a.csv')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
});

test('a denied look says what was denied and what to allow, although its answer has no body', async () => {
  harness.put('in/a.csv');
  harness.store.deny({ bucket: 'source', operations: ['HeadObject'] });
  const error = toS3Error(await head('in/a.csv').catch((each: unknown) => each));
  expect(error).toMatchObject({ kind: 'denied', code: 'ACCESS_DENIED' });
  expect(error.message).toMatch(
    /^HTTP 403: S3 denied HeadObject, .*: allow s3:GetObject on the objects of source, and the use of the key that encrypts them \(request \w+\)$/,
  );
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
    if (requests < 3) {
      return { kind: 'SlowDown' };
    }
    stop.abort();
    return { kind: 'Latency', ms: 1_000 };
  };
  const source = bucketClient(harness, 'source', { signal: stop.signal });
  await expect(
    source.request((s3) => s3.send(new HeadBucketCommand({ Bucket: source.name }))),
  ).rejects.toMatchObject({ name: 'AbortError' });
  expect(requests).toBe(3);
  expect([source.isAborted, source.with({ signal: undefined }).isAborted]).toEqual([true, false]);
});

describe('a request about one object that S3 refuses with 403', () => {
  const REQUESTS: [string, string, (key: string) => Promise<unknown>][] = [
    ['HEAD', 'HeadObject', head],
    [
      'tags',
      'GetObjectTagging',
      (key) => listTags({ bucket: bucketClient(harness, 'source'), key }),
    ],
    [
      'bytes',
      'GetObject',
      (key) =>
        bucketClient(harness, 'source').hash(
          key,
          `"${harness.store.get('source', key)?.etag ?? 'gone'}"`,
        ),
    ],
  ];
  const KEY = 'in/a.csv';
  const kindOf = (asked: Promise<unknown>) =>
    asked.then(
      (answer) => (answer === undefined ? 'missing' : 'answered'),
      (error: unknown) => toS3Error(error).kind,
    );

  test.each(REQUESTS)(
    'is denied if the key is listed, refused, and listed unchanged: %s',
    async (_, operation, ask) => {
      harness.put(KEY);
      harness.store.deny({ bucket: 'source', operations: [operation] });
      expect(await kindOf(ask(KEY))).toBe('denied');
      expect(harness.requests).toMatchObject({ [operation]: 2, ListObjectsV2: 2 });
    },
  );

  test.each(REQUESTS)('asks for what is not there: %s', async (_, operation, ask) => {
    harness.store.deny({ bucket: 'source', operations: [operation] });
    expect(await kindOf(ask(KEY))).toBe('missing');
  });

  test.each(REQUESTS)(
    'is asked again if the object was removed for a while: %s',
    async (_, operation, ask) => {
      let asked = 0;
      harness.put(KEY, 'old');
      const etag = `"${harness.store.get('source', KEY)!.etag}"`;
      harness.before = (call) => {
        if (call.operation !== operation || ++asked > 2) {
          return undefined;
        }
        // S3 sees no object now. A producer writes it again before it is listed.
        harness.store.put('source', KEY, 'old', {
          lastModified: new Date(1_700_000_000_000 + asked * 1_000),
        });
        return { kind: 'Error', status: 403, code: 'AccessDenied' };
      };
      expect([await kindOf(ask(KEY)), asked, harness.store.get('source', KEY)!.etag]).toEqual([
        'answered',
        3,
        etag.slice(1, -1),
      ]);
    },
  );

  test('ends if the object is written again after each refusal', async () => {
    let version = 0;
    harness.put(KEY);
    harness.before = ({ operation }) => {
      if (operation !== 'HeadObject') {
        return undefined;
      }
      harness.put(KEY, `v${++version}`);
      return { kind: 'Error', status: 403, code: 'AccessDenied' };
    };
    expect(await kindOf(head(KEY))).toBe('ambiguous');
  });
});
