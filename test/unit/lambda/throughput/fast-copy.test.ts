import { Readable } from 'node:stream';
import { CopyObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { copySource } from '../../../../src/lambda/move/copy-source';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { AimdConcurrencyController } from '../../../../src/lambda/throughput/concurrency-controller';
import { withFastCopies } from '../../../../src/lambda/throughput/fast-copy';
import { type SendShort, shortHttp, UnknownAnswer } from '../../../../src/lambda/throughput/http1-client';
import { limitRate, RateController } from '../../../../src/lambda/throughput/rate-controller';
import { type Harness, startHarness } from '../../../helpers/harness';

interface Sent { readonly path: string; readonly hostname: string; readonly headers: Record<string, string>; readonly direct: boolean }

let it: Harness;
let sent: Sent[];
let token: string;
let rate: RateController;
let concurrency: AimdConcurrencyController;
let client: S3Client;

beforeAll(async () => { it = await startHarness(); });
afterAll(() => it.close());
beforeEach(() => {
  it.before = it.after = undefined;
  sent = [];
  token = 'first';
  rate = new RateController(systemClock);
  concurrency = new AimdConcurrencyController();
  client = clientOf();
});
afterEach(() => client.destroy());

type Handle = (request: never, options: never) => Promise<unknown>;

/** A client whose requests are kept; `handle` sends those of the SDK, and `sendShort` the others. */
function clientOf(config: object = {}, handle?: Handle, sendShort?: SendShort): S3Client {
  const s3 = new S3Client({
    endpoint: it.endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test', sessionToken: token, expiration: new Date(Date.now() + 1_000) }),
    maxAttempts: 2,
    ...config,
  });
  const { requestHandler } = s3.config;
  const keep = ({ path, hostname, headers }: Omit<Sent, 'direct'>, direct: boolean) => sent.push({ path: path.replace(/\?.*/, ''), hostname, headers: { ...headers }, direct });
  const kept: Handle = (request, options) => {
    keep(request, false);
    return handle ? handle(request, options) : requestHandler.handle(request, options);
  };
  s3.config.requestHandler = Object.create(requestHandler, { handle: { value: kept } }) as typeof requestHandler;
  limitRate(s3, rate);
  const send = sendShort ?? shortHttp({ connectionTimeout: 1_000, requestTimeout: 1_000 });
  return withFastCopies(s3, rate, concurrency, (request, signal) => {
    keep(request, true);
    return send(request, signal);
  });
}

function copy(key: string, more: object = {}, options?: { abortSignal: AbortSignal }) {
  const etag = it.store.get('source', key)?.etag ?? 'none';
  return client.send(new CopyObjectCommand({
    Bucket: 'archive', Key: key, CopySource: copySource('source', key), CopySourceIfMatch: `"${etag.replaceAll('"', '')}"`, IfNoneMatch: '*', ...more,
  }), options);
}

/** Names of this test's own, since the archive keeps what it has. */
let names = 0;
const fresh = (name = 'x') => {
  const key = `${name}-${++names}`;
  it.put(key);
  return key;
};

test('the first copy is the SDK\'s; those that follow differ from it in key, source, condition and what belongs to an attempt', async () => {
  const keys = [fresh(), fresh('ä b+c%d?e#f!\'()*🚀'), fresh('../a//b/./')];
  for (const key of keys) { await copy(key, { StorageClass: 'STANDARD_IA' }); }
  expect(sent.map(({ direct }) => direct)).toEqual([false, true, true]);
  const constant = ({ headers }: Sent) => Object.fromEntries(Object.entries(headers).filter(([name]) =>
    !/^(authorization|x-amz-date|amz-sdk-.*|x-amz-copy-source.*)$/i.test(name)));
  expect(constant(sent[1])).toEqual(constant(sent[0]));
  expect(constant(sent[2])).toEqual(constant(sent[0]));
  expect(constant(sent[0])).toMatchObject({ 'if-none-match': '*', 'x-amz-storage-class': 'STANDARD_IA' });
  for (const key of keys) { expect(it.read('archive', key)).toBe(`content of ${key}`); }
});

test('its path is the one that the SDK makes of the same key', async () => {
  const key = fresh('ä b+c%d?e#f!\'()*&=;:@$,/x');
  await copy(fresh());
  await copy(key);
  await client.send(new HeadObjectCommand({ Bucket: 'archive', Key: key }));
  expect(sent[1].direct).toBe(true);
  expect(sent[1].path).toBe(sent[2].path);
});

test('a virtual-hosted endpoint stays one', async () => {
  client.destroy();
  const answer = '<CopyObjectResult><ETag>"1"</ETag></CopyObjectResult>';
  client = clientOf({ endpoint: undefined, forcePathStyle: false, region: 'cn-north-1' },
    async () => ({ response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(answer)]) } }),
    async () => ({ status: 200, body: answer }));
  await copy(fresh());
  await copy('other');
  expect(sent[1]).toMatchObject({ direct: true, hostname: 'archive.s3.cn-north-1.amazonaws.com.cn', path: '/other' });
  expect(sent[1].headers.authorization).toMatch(/\/cn-north-1\/s3\/aws4_request/);
});

test('credentials that are renewed are taken', async () => {
  await copy(fresh());
  token = 'second';
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await copy(fresh());
  expect(sent.map(({ headers, direct }) => [headers['x-amz-security-token'], direct])).toEqual([['first', false], ['second', true]]);
});

test('what is set for one copy only goes through the SDK', async () => {
  await copy(fresh());
  await copy(fresh(), { StorageClass: 'STANDARD_IA' });
  await copy(fresh(), { CopySourceIfMatch: undefined });
  expect(sent.map(({ direct }) => direct)).toEqual([false, false, false]);
});

test.each([
  ['412', 'PreconditionFailed', () => undefined],
  ['404', 'NoSuchKey', (key: string) => { it.store.delete('source', key); }],
])('an error is the SDK\'s own: %s', async (status, name, prepare) => {
  await copy(fresh());
  const key = fresh();
  it.store.put('archive', key, 'taken');
  prepare(key);
  await expect(copy(key)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: Number(status) } });
  expect(sent.map(({ direct }) => direct)).toEqual([false, true, false]);
  expect(it.read('archive', key)).toBe('taken');
  // And the next one is direct again.
  await copy(fresh());
  expect(sent[3].direct).toBe(true);
});

test.each(['InternalError', 'SlowDown', 'ErrorIn200', 'ResetBefore'] as const)('a copy goes on through the SDK after %s', async (kind) => {
  await copy(fresh());
  const key = fresh();
  let faults = 1;
  it.before = () => (faults-- > 0 ? { kind } : undefined);
  await copy(key);
  expect(sent.map(({ direct }) => direct)).toEqual([false, true, false]);
  expect(it.read('archive', key)).toBe(`content of ${key}`);
});

test.each(['LostAnswer', 'HalfAnswer'] as const)('after %s the condition refuses a second copy', async (kind) => {
  await copy(fresh());
  const key = fresh();
  let faults = 1;
  it.before = () => (faults-- > 0 ? { kind } : undefined);
  await expect(copy(key)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(it.read('archive', key)).toBe(`content of ${key}`);
});

test('every attempt waits for its turn, and SlowDown is told to the controller', async () => {
  rate.allow({ id: 'run', objectsPerSecond: 1_000 });
  const turn = jest.spyOn(rate, 'acquire');
  const slowDown = jest.spyOn(rate, 'onSlowDown');
  const letThrough = jest.spyOn(rate, 'onSuccess');
  const answered = jest.spyOn(concurrency, 'onLatency');
  await copy(fresh());
  let faults = 1;
  it.before = () => (faults-- > 0 ? { kind: 'SlowDown' } : undefined);
  await copy(fresh());
  await copy(fresh());
  expect(sent.map(({ direct }) => direct)).toEqual([false, true, false, true]);
  expect([turn, slowDown, letThrough].map(({ mock }) => mock.calls.length)).toEqual([4, 1, 3]);
  // The SDK's own have middleware, clock and retries in them.
  expect(answered).toHaveBeenCalledTimes(1);
});

test.each([
  ['ErrorIn200', { kind: 'ErrorIn200' } as const, 'onSuccess'],
  ['412', { kind: 'Error', status: 412, code: 'PreconditionFailed' } as const, 'onSuccess'],
  ['503', { kind: 'SlowDown' } as const, 'onSlowDown'],
  ['SlowDown in a 200', { kind: 'Error', status: 200, code: 'SlowDown' } as const, 'onSlowDown'],
  ['no answer', { kind: 'ResetBefore' } as const, undefined],
])('the controller is told of each answer, whatever it says: %s', async (_, fault, told) => {
  await copy(fresh());
  const heard: string[] = [];
  for (const method of ['onSuccess', 'onSlowDown'] as const) {
    jest.spyOn(rate, method).mockImplementation(() => { heard.push(method); });
  }
  let faults = 1;
  it.before = () => (faults-- > 0 ? fault : undefined);
  await copy(fresh());
  expect(sent.map(({ direct }) => direct)).toEqual([false, true, false]);
  // The last is the SDK's, which goes well.
  expect(heard).toEqual(told ? [told, 'onSuccess'] : ['onSuccess']);
});

test('the template is made anew after an answer that says it does not fit', async () => {
  await copy(fresh());
  it.before = () => ({ kind: 'ExpiredToken' });
  await expect(copy(fresh())).rejects.toMatchObject({ name: 'ExpiredToken' });
  it.before = undefined;
  sent = [];
  await copy(fresh());
  await copy(fresh());
  expect(sent.map(({ direct }) => direct)).toEqual([false, true]);
});

test('a server whose answers are not understood is asked through the SDK from then on', async () => {
  client.destroy();
  client = clientOf({}, undefined, async () => { throw new UnknownAnswer('HTTP/1.0'); });
  for (let i = 0; i < 4; i++) { await copy(fresh()); }
  expect(sent.map(({ direct }) => direct)).toEqual([false, true, false, false, false]);
});

test('an abort ends it', async () => {
  await copy(fresh());
  const abort = new AbortController();
  it.before = () => { abort.abort(); return { kind: 'Latency', ms: 500 }; };
  await expect(copy(fresh(), {}, { abortSignal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
});
