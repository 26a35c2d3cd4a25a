import { Readable } from 'node:stream';
import { CopyObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { copySource } from '../../../../src/lambda/move/multipart-copy';
import { systemClock } from '../../../../src/lambda/s3/retry';
import { ConcurrencyController } from '../../../../src/lambda/throughput/concurrency-controller';
import { withFastPath } from '../../../../src/lambda/throughput/fast-path';
import {
  createHttpClient,
  type HttpResponse,
  type SendRequest,
  UnsupportedResponseError,
} from '../../../../src/lambda/throughput/http-client';
import { limitRate, WriteRates } from '../../../../src/lambda/throughput/write-rates';
import { type Harness, startHarness } from '../../../helpers/harness';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly hostname: string;
  readonly headers: Record<string, string>;
  readonly fast: boolean;
}

let it: Harness;
let sent: Sent[];
let token: string;
let rates: WriteRates;
let concurrency: ConcurrencyController;
let client: S3Client;

beforeAll(async () => {
  it = await startHarness();
});
afterAll(() => it.close());
beforeEach(() => {
  it.before = it.after = undefined;
  it.resetRequests();
  sent = [];
  token = 'first';
  rates = new WriteRates(systemClock);
  concurrency = new ConcurrencyController();
  client = createClient();
});
afterEach(() => client.destroy());

type Handle = (request: never, options: never) => Promise<unknown>;

/**
 * A client whose requests are recorded; `handle` sends those of the SDK, and `sendFast` the others.
 */
function createClient(config: object = {}, handle?: Handle, sendFast?: SendRequest): S3Client {
  const s3 = new S3Client({
    endpoint: it.endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: async () => ({
      accessKeyId: 'test',
      secretAccessKey: 'test',
      sessionToken: token,
      expiration: new Date(Date.now() + 1_000),
    }),
    maxAttempts: 2,
    ...config,
  });
  const { requestHandler } = s3.config;
  const record = ({ method, path, hostname, headers }: Omit<Sent, 'fast'>, fast: boolean) =>
    sent.push({ method, path: path.replace(/\?.*/, ''), hostname, headers: { ...headers }, fast });
  const recorded: Handle = (request, options) => {
    record(request, false);
    return handle ? handle(request, options) : requestHandler.handle(request, options);
  };
  s3.config.requestHandler = Object.create(requestHandler, {
    handle: { value: recorded },
  }) as typeof requestHandler;
  limitRate(s3, rates);
  const send =
    sendFast ??
    createHttpClient({ connectionTimeout: 1_000, socketTimeout: 1_000, maxConnections: 10 });
  return withFastPath(s3, rates, concurrency, (request, signal) => {
    record(request, true);
    return send(request, signal);
  });
}

function answerWith(body: string): Handle {
  return async () => ({
    response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(body)]) },
  });
}

function copy(key: string, more: object = {}, options?: { abortSignal: AbortSignal }) {
  const etag = it.store.get('source', key)?.etag ?? 'none';
  return client.send(
    new CopyObjectCommand({
      Bucket: 'archive',
      Key: key,
      CopySource: copySource('source', key),
      CopySourceIfMatch: `"${etag.replaceAll('"', '')}"`,
      IfNoneMatch: '*',
      ...more,
    }),
    options,
  );
}

/** Of each copy that was sent, whether it took the fast path. */
const copies = () => sent.filter(({ method }) => method === 'PUT').map(({ fast }) => fast);

/** Names of this test's own, since the archive keeps what it has. */
let names = 0;
const fresh = (name = 'x') => {
  const key = `${name}-${++names}`;
  it.put(key);
  return key;
};

test('what is sent a second time goes before what was never sent, however low the rate is', async () => {
  await copy(fresh());
  rates.allow({ id: 'slow', objectsPerSecond: 20, maxConcurrency: 1 });
  sent = [];
  const gone = Array.from({ length: 4 }, (_, i) => `gone-${i}`);
  const results = await Promise.allSettled(gone.map((key) => copy(key)));
  expect(results.map(({ status }) => status)).toEqual(gone.map(() => 'rejected'));
  // At most two are on their way at the same time.
  const fast = sent.map((each, i) => (each.fast ? i : -1)).filter((i) => i >= 0);
  const bySdk = sent.map((each, i) => (each.fast ? -1 : i)).filter((i) => i >= 0);
  expect([fast.length, bySdk.length]).toEqual([4, 4]);
  expect(bySdk[0]).toBeLessThan(fast[2]);
  expect(bySdk[1]).toBeLessThan(fast[3]);
});

test(
  "the first copy is the SDK's; those that follow differ from it in key, source, condition and " +
    'what belongs to an attempt',
  async () => {
    const keys = [fresh(), fresh("ä b+c%d?e#f!'()*🚀"), fresh('../a//b/./')];
    for (const key of keys) {
      await copy(key, { StorageClass: 'STANDARD_IA' });
    }
    expect(copies()).toEqual([false, true, true]);
    const constant = ({ headers }: Sent) =>
      Object.fromEntries(
        Object.entries(headers).filter(
          ([name]) => !/^(authorization|x-amz-date|amz-sdk-.*|x-amz-copy-source.*)$/i.test(name),
        ),
      );
    expect(constant(sent[1])).toEqual(constant(sent[0]));
    expect(constant(sent[2])).toEqual(constant(sent[0]));
    expect(constant(sent[0])).toMatchObject({
      'if-none-match': '*',
      'x-amz-storage-class': 'STANDARD_IA',
    });
    for (const key of keys) {
      expect(it.read('archive', key)).toBe(`content of ${key}`);
    }
  },
);

test('it answers what the SDK answers: ETag, checksum and the versions at both ends', async () => {
  for (const bucket of ['source', 'archive']) {
    it.store.createBucket(bucket, { versioning: 'Enabled' });
  }
  const key = fresh();
  const answers = [await copy(key), await copy(key, { Key: `${key}-again` })];
  for (const [i, at] of [key, `${key}-again`].entries()) {
    const { etag, checksum, versionId } = it.store.get('archive', at)!;
    expect(answers[i]).toMatchObject({
      CopyObjectResult: {
        ETag: `"${etag}"`,
        ChecksumType: 'FULL_OBJECT',
        ChecksumCRC64NVME: checksum.value,
      },
      VersionId: versionId,
      CopySourceVersionId: it.store.get('source', key)!.versionId,
    });
  }
  expect(copies()).toEqual([false, true]);
  for (const bucket of ['source', 'archive']) {
    it.store.createBucket(bucket);
  }
});

test('its path is the one that the SDK makes of the same key', async () => {
  const key = fresh("ä b+c%d?e#f!'()*&=;:@$,/x");
  await copy(fresh());
  await copy(key);
  await client.send(new HeadObjectCommand({ Bucket: 'archive', Key: key }));
  expect(sent[1].fast).toBe(true);
  expect(sent[1].path).toBe(sent[2].path);
});

test('a virtual-hosted endpoint stays one', async () => {
  client.destroy();
  const answer = '<CopyObjectResult><ETag>"1"</ETag></CopyObjectResult>';
  client = createClient(
    { endpoint: undefined, forcePathStyle: false, region: 'cn-north-1' },
    answerWith(answer),
    async () => ({ status: 200, headers: {}, body: Buffer.from(answer), milliseconds: 1 }),
  );
  await copy(fresh());
  await copy('other');
  expect(sent[1]).toMatchObject({
    fast: true,
    hostname: 'archive.s3.cn-north-1.amazonaws.com.cn',
    path: '/other',
  });
  expect(sent[1].headers.authorization).toMatch(/\/cn-north-1\/s3\/aws4_request/);
});

test('credentials that are renewed are taken', async () => {
  await copy(fresh());
  token = 'second';
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await copy(fresh());
  expect(sent.map(({ headers, fast }) => [headers['x-amz-security-token'], fast])).toEqual([
    ['first', false],
    ['second', true],
  ]);
});

test('what is set for one copy only goes through the SDK', async () => {
  await copy(fresh());
  await copy(fresh(), { StorageClass: 'STANDARD_IA' });
  await copy(fresh(), { CopySourceIfMatch: undefined });
  expect(copies()).toEqual([false, false, false]);
});

test.each([
  ['412', 'PreconditionFailed', () => undefined],
  [
    '404',
    'NoSuchKey',
    (key: string) => {
      it.store.delete('source', key);
    },
  ],
])("an error is the SDK's own: %s", async (status, name, prepare) => {
  await copy(fresh());
  const key = fresh();
  it.store.put('archive', key, 'taken');
  prepare(key);
  await expect(copy(key)).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode: Number(status) },
  });
  expect(copies()).toEqual([false, true, false]);
  expect(it.read('archive', key)).toBe('taken');
  // The next one is fast again.
  await copy(fresh());
  expect(sent[3].fast).toBe(true);
});

test.each(['InternalError', 'SlowDown', 'ErrorIn200', 'ResetBefore'] as const)(
  'a copy goes on through the SDK after %s',
  async (kind) => {
    await copy(fresh());
    const key = fresh();
    let faults = 1;
    it.before = () => (faults-- > 0 ? { kind } : undefined);
    await copy(key);
    expect(copies()).toEqual([false, true, false]);
    expect(it.read('archive', key)).toBe(`content of ${key}`);
  },
);

test.each(['LostAnswer', 'HalfAnswer'] as const)(
  'after %s the condition refuses a second copy',
  async (kind) => {
    await copy(fresh());
    const key = fresh();
    let faults = 1;
    it.before = () => (faults-- > 0 ? { kind } : undefined);
    await expect(copy(key)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(it.read('archive', key)).toBe(`content of ${key}`);
  },
);

test('every attempt waits for its turn, and SlowDown is told to the controller', async () => {
  rates.allow({ id: 'run', objectsPerSecond: 1_000 });
  const turn = jest.spyOn(rates.copies, 'acquire');
  const told = jest.spyOn(rates.copies, 'onAnswer');
  const answered = jest.spyOn(concurrency, 'onLatency');
  await copy(fresh());
  let faults = 1;
  it.before = () => (faults-- > 0 ? { kind: 'SlowDown' } : undefined);
  await copy(fresh());
  await copy(fresh());
  expect(copies()).toEqual([false, true, false, true]);
  expect(turn).toHaveBeenCalledTimes(4);
  expect(told.mock.calls.map(([, accepted, refused]) => [accepted, refused])).toEqual([
    [1, 0],
    [0, 1],
    [1, 0],
    [1, 0],
  ]);
  // The SDK's own have middleware, clock and retries in them.
  expect(answered).toHaveBeenCalledTimes(1);
});

test.each([
  ['ErrorIn200', { kind: 'ErrorIn200' } as const, 'accepted'],
  ['412', { kind: 'Error', status: 412, code: 'PreconditionFailed' } as const, 'accepted'],
  ['503', { kind: 'SlowDown' } as const, 'refused'],
  ['SlowDown in a 200', { kind: 'Error', status: 200, code: 'SlowDown' } as const, 'refused'],
  ['no answer', { kind: 'ResetBefore' } as const, undefined],
])('the controller is told of each answer, whatever it says: %s', async (_, fault, told) => {
  await copy(fresh());
  const heard: string[] = [];
  jest.spyOn(rates.copies, 'onAnswer').mockImplementation((_epoch, accepted) => {
    heard.push(accepted > 0 ? 'accepted' : 'refused');
  });
  let faults = 1;
  it.before = () => (faults-- > 0 ? fault : undefined);
  await copy(fresh());
  expect(copies()).toEqual([false, true, false]);
  // The last is the SDK's, which goes well.
  expect(heard).toEqual(told ? [told, 'accepted'] : ['accepted']);
});

test('the template is made anew after an answer that says it does not fit', async () => {
  await copy(fresh());
  it.before = () => ({ kind: 'ExpiredToken' });
  await expect(copy(fresh())).rejects.toMatchObject({ name: 'ExpiredToken' });
  it.before = undefined;
  sent = [];
  await copy(fresh());
  await copy(fresh());
  expect(copies()).toEqual([false, true]);
});

test('after a response that is not HTTP/1.1 all copies go through the SDK', async () => {
  client.destroy();
  client = createClient({}, undefined, async () => {
    throw new UnsupportedResponseError('HTTP/1.0');
  });
  for (let i = 0; i < 4; i++) {
    await copy(fresh());
  }
  expect(copies()).toEqual([false, true, false, false, false]);
});

describe('a response that is not certainly the success of its own copy', () => {
  /** Sends copies on the fast path, and lets the test replace their responses. */
  function replaceResponses(replace: (response: HttpResponse, key: string) => HttpResponse): void {
    client.destroy();
    const send = createHttpClient({
      connectionTimeout: 1_000,
      socketTimeout: 1_000,
      maxConnections: 10,
    });
    client = createClient({}, undefined, async (request, signal) =>
      replace(
        await send(request, signal),
        decodeURIComponent(request.path.replace(/^\/[^/]*\/|\?.*/g, '')),
      ),
    );
  }

  const RESULT =
    '<CopyObjectResult><ETag>&quot;11111111111111111111111111111111&quot;</ETag></CopyObjectResult>';

  test.each([
    [
      'inside CDATA of an error',
      `<Error><Code>InternalError</Code><Message><![CDATA[${RESULT}]]></Message></Error>`,
    ],
    ['inside an error', `<Error><Code>InternalError</Code>${RESULT}</Error>`],
    ['before something else', `${RESULT}<Error><Code>InternalError</Code></Error>`],
    ['cut off at its start', RESULT.slice(3)],
    [
      'without an ETag',
      '<CopyObjectResult><LastModified>2026-11-24T00:00:00Z</LastModified></CopyObjectResult>',
    ],
    ['with an ETag twice', RESULT.replace(/<ETag>.*<\/ETag>/, '$&$&')],
    ['in a comment', `<!-- ${RESULT} -->`],
  ])('a result %s is none', async (_, body) => {
    replaceResponses((response, key) => ({
      ...response,
      body: Buffer.from(
        body.replaceAll('1'.repeat(32), it.store.get('source', key)!.etag.replaceAll('"', '')),
      ),
    }));
    await copy(fresh());
    await expect(copy(fresh())).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(copies()).toEqual([false, true, false]);
  });

  test('a late response to the previous copy, sent again by something on the way, is none', async () => {
    let previous: HttpResponse | undefined;
    replaceResponses((response) => {
      const late = previous;
      previous = response;
      return late ?? response;
    });
    for (let i = 0; i < 2; i++) {
      await copy(fresh());
    }
    await expect(copy(fresh())).rejects.toMatchObject({ name: 'PreconditionFailed' });
    for (let i = 0; i < 2; i++) {
      await copy(fresh());
    }
    // The connection may be one response behind from now on, so none is trusted.
    expect(copies()).toEqual([false, true, true, false, false, false]);
  });

  test('a late response to a copy of the same content is none: only its request id gives it away', async () => {
    let first: HttpResponse | undefined;
    replaceResponses((response) => (first ??= response));
    const [one, other] = [fresh(), fresh()];
    for (const key of [one, other]) {
      it.store.put('source', key, '');
    }
    await copy(fresh());
    await copy(one);
    await expect(copy(other)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(copies()).toEqual([false, true, true, false]);
  });

  test('copies that were waiting when a response turned out to be foreign go through the SDK', async () => {
    const waiting: (() => void)[] = [];
    replaceResponses((response) => ({ ...response, body: Buffer.from(RESULT), milliseconds: 1 }));
    await copy(fresh());
    const acquire = rates.copies.acquire.bind(rates.copies);
    const spy = jest
      .spyOn(rates.copies, 'acquire')
      .mockImplementationOnce(() => acquire())
      .mockImplementationOnce(async () => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return acquire();
      });
    const refused = copy(fresh());
    const late = copy(fresh());
    await expect(refused).rejects.toMatchObject({ name: 'PreconditionFailed' });
    waiting.forEach((go) => go());
    await late;
    spy.mockRestore();
    expect(copies()).toEqual([false, true, false, false]);
  });

  test('a response with another ETag than the source has is none', async () => {
    replaceResponses((response) => ({ ...response, body: Buffer.from(RESULT), milliseconds: 1 }));
    await copy(fresh());
    await expect(copy(fresh())).rejects.toMatchObject({ name: 'PreconditionFailed' });
    for (let i = 0; i < 2; i++) {
      await copy(fresh());
    }
    expect(copies()).toEqual([false, true, false, false, false]);
  });

  test(
    'a source that KMS encrypts among others has an ETag of its own: only its copy is looked ' +
      'at',
    async () => {
      const encrypted = fresh();
      it.store.put('source', encrypted, 'x', { serverSideEncryption: 'aws:kms' });
      await copy(fresh());
      for (const key of [encrypted, fresh(), fresh()]) {
        await copy(key, { CopySourceIfMatch: `"${it.store.get('source', key)!.etag}"` });
      }
      expect(copies()).toEqual([false, true, true, true]);
      expect(it.requests.HeadObject).toBe(2);
    },
  );

  test(
    'the copy of a source that KMS encrypts is not believed if the destination does not hold ' +
      'it',
    async () => {
      const encrypted = fresh();
      it.store.put('source', encrypted, 'x', { serverSideEncryption: 'aws:kms' });
      replaceResponses((response) => ({ ...response, body: Buffer.from(RESULT), milliseconds: 1 }));
      await copy(fresh());
      const etag = `"${it.store.get('source', encrypted)!.etag}"`;
      await expect(copy(encrypted, { CopySourceIfMatch: etag })).rejects.toMatchObject({
        name: 'PreconditionFailed',
      });
      await copy(fresh());
      expect(copies()).toEqual([false, true, false, false]);
    },
  );

  test.each<[string, object]>([
    ['a key of KMS', { 'x-amz-server-side-encryption': 'aws:kms' }],
    ['two layers of KMS', { 'x-amz-server-side-encryption': 'aws:kms:dsse' }],
    ['a key of the client', { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }],
  ])('ETags are not compared if the copy is encrypted with %s', async (_, headers) => {
    replaceResponses((response) => ({
      ...response,
      headers: { ...response.headers, ...headers },
      body: Buffer.from(RESULT),
      milliseconds: 1,
    }));
    for (let i = 0; i < 3; i++) {
      await copy(fresh());
    }
    expect(copies()).toEqual([false, true, true]);
  });

  test("ETags are not compared if the source's ETag is that of parts", async () => {
    client.destroy();
    client = createClient({}, answerWith(RESULT), async () => ({
      status: 200,
      headers: {},
      body: Buffer.from(RESULT),
      milliseconds: 1,
    }));
    const parts = { CopySourceIfMatch: `"${'2'.repeat(32)}-2"` };
    for (let i = 0; i < 3; i++) {
      await copy(fresh(), parts);
    }
    expect(copies()).toEqual([false, true, true]);
  });

  test(
    "ETags are not compared if the SDK's own copy shows that sources have other ETags, as with a " +
      'source that KMS encrypts',
    async () => {
      client.destroy();
      client = createClient({}, answerWith(RESULT), async () => ({
        status: 200,
        headers: {},
        body: Buffer.from(RESULT),
        milliseconds: 1,
      }));
      for (let i = 0; i < 3; i++) {
        await copy(fresh());
      }
      expect(copies()).toEqual([false, true, true]);
    },
  );
});

test('a copy that the SDK signs in another way is no template', async () => {
  client.destroy();
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/s3/aws4_request, SignedHeaders=host, ' +
    `Signature=${'0'.repeat(64)}`;
  const signer = {
    sign: async (request: { headers: object }) => ({
      ...request,
      headers: { ...request.headers, 'x-amz-date': '20261124T000000Z', authorization },
    }),
  };
  client = createClient(
    { signer },
    answerWith('<CopyObjectResult><ETag>"1"</ETag></CopyObjectResult>'),
  );
  for (let i = 0; i < 3; i++) {
    await copy(fresh());
  }
  expect(copies()).toEqual([false, false, false]);
});

test('an abort ends it', async () => {
  await copy(fresh());
  const abort = new AbortController();
  it.before = () => {
    abort.abort();
    return { kind: 'Latency', ms: 500 };
  };
  await expect(copy(fresh(), {}, { abortSignal: abort.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
