import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { HeadBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  responseTimeout,
  withAbortSignal,
  withHalvingTimeout,
  idleTimeout,
} from '../../../../src/lambda/s3/timeouts';
import { inThisRealm } from '../../../helpers/harness';

let server: http.Server;
let s3: S3Client | undefined;
let asked = 0;

async function serve(answer: http.RequestListener): Promise<string> {
  server = http.createServer((request, response) => {
    asked++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(endpoint: string, requestHandler = {}): S3Client {
  s3 = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 1,
    requestHandler,
  });
  s3.middlewareStack.add((next) => (args) => next(args).catch(inThisRealm), {
    step: 'finalizeRequest',
    priority: 'low',
  });
  return s3;
}

beforeEach(() => {
  asked = 0;
});
afterEach(async () => {
  s3?.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const list = () => new ListBucketsCommand({});
const never: http.RequestListener = () => undefined;
/** Two seconds of white space, and then the answer. */
const atWork: http.RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/xml' }).write('<?xml version="1.0"?>\n');
  const space = setInterval(() => response.write(' '), 50);
  setTimeout(() => {
    clearInterval(space);
    response.end('<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>');
  }, 2_000);
};

describe('options of a client', () => {
  test.each([
    ['silentFor', idleTimeout(1_000)],
    ['answeredWithin', responseTimeout(1_000)],
  ])('%s: a request that is never answered ends', async (_, options) => {
    const client = clientOf(await serve(never), options);
    await expect(client.send(list())).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test("the SDK's requestTimeout alone ends nothing", async () => {
    const client = clientOf(await serve(never), {
      requestTimeout: 100,
      logger: { warn: () => undefined },
    });
    const answer = client.send(list(), { abortSignal: AbortSignal.timeout(400) });
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });

  test.each([
    ['silentFor', idleTimeout(1_000)],
    ['answeredWithin', responseTimeout(1_000)],
  ])('%s: white space while S3 is at work is no silence', async (_, options) => {
    const client = clientOf(await serve(atWork), options);
    expect(await client.send(list())).toMatchObject({ Buckets: [] });
  });

  test('silentFor: half an answer ends, too', async () => {
    const client = clientOf(
      await serve((_, response) => {
        response.writeHead(200).write('<ListAllMyBucketsResult>');
      }),
      idleTimeout(1_000),
    );
    await expect(client.send(list())).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

test('endingWith: a request ends with the signal, one that has its own with that', async () => {
  const client = clientOf(await serve(never));
  const [round, own] = [new AbortController(), new AbortController()];
  const bounded = withAbortSignal(client, round.signal);
  const requests = [bounded.send(list()), bounded.send(list(), { abortSignal: own.signal })].map(
    (each) => expect(each).rejects.toMatchObject({ name: 'AbortError' }),
  );
  own.abort();
  await requests[1];
  round.abort();
  await requests[0];
});

describe('halving', () => {
  test('each request has half of what is left, and ends as one that was not answered', async () => {
    const client = clientOf(await serve(never));
    const end = Date.now() + 2_000;
    const bounded = withHalvingTimeout(client, () => end - Date.now());
    for (let i = 0; i < 3; i++) {
      await expect(bounded.send(list())).rejects.toMatchObject({
        name: 'TimeoutError',
        message: expect.stringMatching(/did not answer within \d+ ms/),
      });
    }
    expect(Date.now()).toBeLessThan(end);
    expect(asked).toBe(3);
  });

  test('what is answered in time is as it was', async () => {
    const client = clientOf(
      await serve((request, response) =>
        response.writeHead(request.method === 'HEAD' ? 404 : 200).end(),
      ),
    );
    const bounded = withHalvingTimeout(client, () => 10_000);
    await bounded.send(list());
    await expect(bounded.send(new HeadBucketCommand({ Bucket: 'b' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('where nothing is left, nothing is asked', async () => {
    const client = clientOf(await serve(never));
    await expect(withHalvingTimeout(client, () => -5).send(list())).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });
});
