/** What the server of Step Functions and SNS answers to calls that are not for it. */
import { request } from 'node:http';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Records } from 'cdk-s3-dated-archiver-engine';
import { startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { type AwsServer, startAwsServer } from '../src/core/api-server';
import { startS3Proxy } from '../src/s3-backend/s3-proxy';
import { Topics } from '../src/sns/topics';

const ATTACKER = 'http://attacker.example';
let server: AwsServer;
const started: unknown[] = [];
beforeAll(async () => {
  const start = (...given: unknown[]) => {
    started.push(given);
    return {} as never;
  };
  const backend = {
    records: new Records(),
    clock: () => new Date(),
    start,
    redrive: () => new Date(),
    stop: () => undefined,
  };
  server = await startAwsServer({ topics: new Topics(), backend });
});
afterAll(() => server.close());

const config = () => ({
  endpoint: server.endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  maxAttempts: 1,
});

test.each<[string, string, () => Promise<unknown>]>([
  [
    'the query protocol',
    'GetCallerIdentity of the service sts',
    () => new STSClient(config()).send(new GetCallerIdentityCommand({})),
  ],
  [
    'JSON',
    'ListQueues of the service sqs',
    () => new SQSClient(config()).send(new ListQueuesCommand({})),
  ],
  [
    'REST with XML',
    'GET /?x-id=ListBuckets of the service s3',
    () => new S3Client(config()).send(new ListBucketsCommand({})),
  ],
])('a service that is not here is refused in its own protocol: %s', async (_name, call, send) => {
  const error = await send().then(
    () => undefined,
    ({ name, message, $metadata }: Error & { $metadata: object }) => ({ name, message, $metadata }),
  );
  expect(error).toMatchObject({
    name: 'NotSimulatedException',
    $metadata: { httpStatusCode: 501 },
  });
  expect(error!.message).toContain(`The sandbox does not simulate ${call}.`);
});

test('the same in REST with JSON, which Lambda speaks', async () => {
  const answer = await fetch(`${server.endpoint}/2015-03-31/functions`, {
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=x/20261124/eu-west-1/lambda/aws4_request, ',
    },
  });
  expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([
    501,
    'NotSimulatedException',
  ]);
  expect(await answer.json()).toMatchObject({
    message: expect.stringContaining('GET /2015-03-31/functions of the service lambda'),
  });
});

test('the same in CBOR, which CloudWatch speaks', async () => {
  const answer = await fetch(
    `${server.endpoint}/service/GraniteServiceVersion20100801/operation/PutMetricData`,
    {
      method: 'POST',
      headers: {
        'smithy-protocol': 'rpc-v2-cbor',
        authorization: 'AWS4-HMAC-SHA256 Credential=x/20261124/eu-west-1/monitoring/aws4_request, ',
      },
    },
  );
  expect([
    answer.status,
    answer.headers.get('content-type'),
    answer.headers.get('smithy-protocol'),
  ]).toEqual([501, 'application/cbor', 'rpc-v2-cbor']);
  const bytes = Buffer.from(await answer.arrayBuffer());
  // A map of two; then a text with a length of four bytes.
  expect([bytes[0], bytes[1], bytes.readUInt32BE(2), bytes.toString('utf8', 6, 12)]).toEqual([
    0xa2,
    0x7a,
    6,
    '__type',
  ]);
  expect(bytes.toString()).toContain('PutMetricData of the service monitoring');
});

function post(url: string, headers: Record<string, string>, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode!));
    })
      .on('error', reject)
      .end(body);
  });
}

const START = { 'x-amz-target': 'AWSStepFunctions.StartExecution', 'content-type': 'text/plain' };

test.each([
  ['Origin', { origin: ATTACKER }],
  ['Origin null', { origin: 'null' }],
  ['Host', { host: 'attacker.example' }],
])('a page of another site starts nothing: %s', async (_name, headers) => {
  expect(await post(server.endpoint, { ...START, ...headers }, '{"stateMachineArn":"m"}')).toBe(
    403,
  );
  expect(started).toEqual([]);
});

test('a program of this machine does', async () => {
  await post(server.endpoint, START, '{"stateMachineArn":"m"}');
  expect(started).toHaveLength(1);
});

test.each([
  ['Origin', { origin: ATTACKER }],
  ['Host', { host: 'attacker.example' }],
])('a page of another site reaches no other S3: %s', async (_name, headers) => {
  const double = await startS3();
  const proxy = await startS3Proxy(double.endpoint);
  try {
    expect(await post(`${proxy.endpoint}/bucket?delete`, headers, '<Delete/>')).toBe(403);
    expect(double.requests).toEqual({});
    expect(await post(`${proxy.endpoint}/bucket?delete`, {}, '<Delete/>')).toBe(404);
  } finally {
    await proxy.close();
    await double.close();
  }
});
