import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCopyCommand,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, type SFNClientConfig } from '@aws-sdk/client-sfn';
import { retryUnreadableAnswers } from '../../../../src/lambda/s3/readable-answers';
import { toS3Error } from '../../../../src/lambda/s3/s3-error';

const place = { Bucket: 'b', Key: 'k', UploadId: 'u' };

let server: Server;
let answer: { status: number; body: string };
let requests: number;
let options: S3ClientConfig & SFNClientConfig;
beforeAll(async () => {
  server = createServer((request, response) => {
    requests++;
    request.resume();
    response.writeHead(answer.status, { 'x-amz-request-id': 'TX3S' }).end(answer.body);
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  options = {
    region: 'us-east-1',
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
  };
});
afterAll(
  () =>
    new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    }),
);

/** From now on, the server answers with this body. */
function answerWith(body: string, status = 200): void {
  answer = { status, body };
  requests = 0;
}

const s3 = () => retryUnreadableAnswers(new S3Client(options));

const BODIES = {
  'a cut document': '<?xml version="1.0"?><CopyObjectResult><ETag>"',
  text: 'OK',
  'another document': '<html><body>OK</body></html>',
};

const COMMANDS = {
  CompleteMultipartUpload: new CompleteMultipartUploadCommand(place),
  CopyObject: new CopyObjectCommand({ ...place, CopySource: 'b/k' }),
  CreateMultipartUpload: new CreateMultipartUploadCommand(place),
  GetObjectTagging: new GetObjectTaggingCommand(place),
  ListMultipartUploads: new ListMultipartUploadsCommand(place),
  ListObjectsV2: new ListObjectsV2Command(place),
  ListParts: new ListPartsCommand(place),
  PutObject: new PutObjectCommand({ ...place, Body: 'x' }),
  UploadPartCopy: new UploadPartCopyCommand({ ...place, CopySource: 'b/k', PartNumber: 1 }),
};

describe.each(Object.entries(BODIES))('%s with the status 200', (_, body) => {
  test.each(Object.entries(COMMANDS))(
    'as the answer to %s is neither a success nor final',
    async (_name, command) => {
      answerWith(body);
      const error = await s3()
        .send(command as CopyObjectCommand)
        .then(
          () => 'a success',
          (reason: unknown) => toS3Error(reason),
        );
      expect(error).toMatchObject({ kind: 'transient', code: 'SERVER_ERROR' });
      expect(requests).toBe(3);
    },
  );
});

test.each(['{"executionArn": "arn', '<html></html>', '{}'])(
  '%s is no answer of Step Functions',
  async (body) => {
    answerWith(body);
    const client = retryUnreadableAnswers(new SFNClient(options));
    await expect(
      client.send(new DescribeExecutionCommand({ executionArn: 'arn' })),
    ).rejects.toMatchObject({ $retryable: {} });
    expect(requests).toBe(3);
  },
);

test('an object without tags has an answer that can be read', async () => {
  answerWith(
    '<?xml version="1.0"?><Tagging ' +
      'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet/></Tagging>',
  );
  expect((await s3().send(new GetObjectTaggingCommand(place))).TagSet).toEqual([]);
});

test('an error of S3 stays as it is', async () => {
  answerWith('<Error><Code>AccessDenied</Code><Message>no</Message></Error>', 403);
  const error = await s3()
    .send(new GetObjectTaggingCommand(place))
    .catch((reason: Error) => reason);
  expect(error).toMatchObject({ name: 'AccessDenied' });
  expect(error).not.toHaveProperty('$retryable', {});
  expect(requests).toBe(1);
});

test('every handler retries unreadable answers of each of its clients', () => {
  const root = resolve(__dirname, '../../../../src/lambda');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const created = files
    .flatMap((name) =>
      [
        ...readFileSync(resolve(root, name), 'utf8').matchAll(
          /.*\s+new \w+Client\(.*|.*new \w+Client\(.*/g,
        ),
      ].map(([code]) => `${name}: ${code.replace(/\(\s+/g, '(')}`),
    )
    .filter((line) => !line.includes('new BucketClient('));
  expect(created.length).toBeGreaterThanOrEqual(4);
  expect(created.filter((line) => !line.includes('retryUnreadableAnswers(new '))).toEqual([]);
});

test('a request that is not answered in time names its operation and its bucket', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((listening) => {
    silent.listen(0, '127.0.0.1', listening);
  });
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const requestHandler = { requestTimeout: 50, throwOnRequestTimeout: true };
  const client = retryUnreadableAnswers(
    new S3Client({ ...options, endpoint, maxAttempts: 1, requestHandler }),
  );
  await expect(client.send(new ListObjectsV2Command({ Bucket: 'b' }))).rejects.toMatchObject({
    name: 'TimeoutError',
    message: expect.stringMatching(
      /^S3 did not answer ListObjectsV2 on bucket b: .*50 ms/,
    ) as string,
  });
  client.destroy();
  await new Promise((closed) => {
    silent.close(closed);
    silent.closeAllConnections();
  });
});
