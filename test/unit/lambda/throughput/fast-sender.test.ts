/** Requests that begin before the fast path has its template. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CopyObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { ConcurrencyController } from '../../../../src/lambda/throughput/concurrency-controller';
import { withFastPath } from '../../../../src/lambda/throughput/fast-path';
import { WriteRates } from '../../../../src/lambda/throughput/write-rates';

const COPIED = '<CopyObjectResult><ETag>"1"</ETag></CopyObjectResult>';
const REFUSED = '<Error><Code>PreconditionFailed</Code></Error>';
const AT_ONCE = 50;
const KEYS = Array.from({ length: AT_ONCE }, (_, index) => `key-${index}`);

interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly milliseconds?: number;
}

let sent: string[];

/** `answer` is that of the SDK's own request with that index. */
function createClient(answer: (index: number) => Answer, config: object = {}): S3Client {
  let requests = 0;
  const s3 = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => {
        const { status = 200, body = COPIED, milliseconds = 20 } = answer(requests++);
        sent.push('SDK');
        await sleep(milliseconds);
        sent.push('answer');
        return { response: { statusCode: status, headers: {}, body: Readable.from([body]) } };
      },
    },
    ...config,
  });
  const rates = new WriteRates(systemClock);
  return withFastPath(s3, rates, new ConcurrencyController(), async () => {
    sent.push('fast');
    return { status: 200, headers: {}, body: Buffer.from(COPIED), milliseconds: 20 };
  });
}

function copyAll(s3: S3Client) {
  return Promise.allSettled(
    KEYS.map((Key) =>
      s3.send(
        new CopyObjectCommand({
          Bucket: 'archive',
          Key,
          CopySource: `source/${Key}`,
          CopySourceIfMatch: '"1"',
        }),
      ),
    ),
  );
}

const times = (count: number, what: string) => Array.from({ length: count }, () => what);
const rejected = (results: PromiseSettledResult<unknown>[]) =>
  results.filter(({ status }) => status === 'rejected').length;

beforeEach(() => {
  sent = [];
});

test('one goes through the SDK, and the others wait for its answer', async () => {
  const results = await copyAll(createClient(() => ({})));
  expect(sent).toEqual(['SDK', 'answer', ...times(AT_ONCE - 1, 'fast')]);
  expect(rejected(results)).toBe(0);
});

test('if it fails, the next one tries', async () => {
  const results = await copyAll(
    createClient((index) => (index < 2 ? { status: 412, body: REFUSED } : {})),
  );
  expect(sent).toEqual([
    ...['SDK', 'answer', 'SDK', 'answer', 'SDK', 'answer'],
    ...times(AT_ONCE - 3, 'fast'),
  ]);
  expect(rejected(results)).toBe(2);
});

test('no request waits for long: without an answer, they go through the SDK', async () => {
  const began = Date.now();
  const results = await copyAll(
    createClient((index) => ({ milliseconds: index === 0 ? 2_000 : 20 })),
  );
  expect(sent.slice(0, AT_ONCE)).toEqual(times(AT_ONCE, 'SDK'));
  expect(sent).not.toContain('fast');
  expect(Date.now() - began).toBeLessThan(2_500);
  expect(rejected(results)).toBe(0);
});

test('nor for one failure after the other', async () => {
  const results = await copyAll(
    createClient(() => ({ milliseconds: 200, status: 412, body: REFUSED })),
  );
  // Some one after the other in a second, and then all that are left.
  expect(sent.slice(0, 6)).toEqual(['SDK', 'answer', 'SDK', 'answer', 'SDK', 'answer']);
  expect(sent.lastIndexOf('SDK')).toBeLessThan(AT_ONCE + 8);
  expect(rejected(results)).toBe(AT_ONCE);
});

test('a request that is no template is the only one that others wait for', async () => {
  const sign = async (request: { headers: object }) => request;
  const results = await copyAll(createClient(() => ({}), { signer: { sign } }));
  expect(sent).toEqual([
    'SDK',
    'answer',
    ...times(AT_ONCE - 1, 'SDK'),
    ...times(AT_ONCE - 1, 'answer'),
  ]);
  expect(rejected(results)).toBe(0);
});
