import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3Call } from '../../../../packages/s3-double/src';
import { RequestIds, retryUnreadableAnswers } from '../../../../src/lambda/s3/readable-answers';
import { type Harness, inThisRealm, startHarness } from '../../../helpers/harness';

describe('a request id', () => {
  test.each(['x-amz-request-id', 'x-amzn-requestid'])(
    'is known the second time, also after ten thousand others, with the connection of the ' +
      'first: %s',
    (name) => {
      const ids = new RequestIds();
      expect(ids.record({ [name]: 'A' }, 1)).toBeUndefined();
      for (let i = 0; i < 10_000; i++) {
        expect(ids.record({ [name]: String(i) }, 2)).toBeUndefined();
      }
      expect(ids.record({ [name]: 'A' }, 2)).toBe(1);
    },
  );

  test('that is not there is not known', () => {
    const ids = new RequestIds();
    for (let i = 0; i < 2; i++) {
      expect(ids.record({})).toBeUndefined();
    }
  });
});

describe('an answer that comes twice on a connection', () => {
  let it: Harness;
  let s3: S3Client;
  let calls: S3Call[];
  beforeAll(async () => {
    it = await startHarness();
  });
  afterAll(() => it.close());
  beforeEach(() => {
    calls = [];
    it.before = (call) => {
      calls.push(call);
    };
    const options = {
      endpoint: it.endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 3,
      requestHandler: { httpAgent: { maxSockets: 1 } },
    };
    s3 = retryUnreadableAnswers(new S3Client(options));
    s3.middlewareStack.add((next) => (args) => next(args).catch(inThisRealm), {
      step: 'finalizeRequest',
      priority: 'low',
    });
  });
  afterEach(() => s3.destroy());

  /** Lets the next request have the answer to the one before it. Its operation is not executed. */
  function repeatOnce(): void {
    let faults = 1;
    it.before = (call) => {
      calls.push(call);
      return faults-- > 0 ? { kind: 'StaleAnswer', executed: false } : undefined;
    };
  }

  test('is no answer to a copy, and the copy is sent again on another connection', async () => {
    for (const key of ['one', 'two']) {
      it.put(key, '');
    }
    const copy = (key: string) =>
      s3.send(
        new CopyObjectCommand({
          Bucket: 'archive',
          Key: key,
          CopySource: `source/${key}`,
          IfNoneMatch: '*',
        }),
      );
    await copy('one');
    repeatOnce();
    await copy('two');
    expect(it.read('archive', 'two')).toBe('');
    // The first request on a connection follows no other.
    expect(calls.map(({ key, follows }) => [key, follows])).toEqual([
      ['one', undefined],
      ['two', true],
      ['two', undefined],
    ]);
  });

  test('says nothing about an object, whether it is a success or an error', async () => {
    it.put('there');
    const head = (key: string) =>
      s3.send(new HeadObjectCommand({ Bucket: 'source', Key: key })).then(
        ({ ContentLength }) => ContentLength,
        ({ name }: Error) => name,
      );
    expect(await head('absent')).toBe('NotFound');
    repeatOnce();
    expect(await head('there')).toBe('content of there'.length);
    repeatOnce();
    expect(await head('absent')).toBe('NotFound');
    expect(calls.filter(({ follows }) => !follows)).toHaveLength(3);
  });

  test('says nothing about a listing, a delete, a read or a write', async () => {
    it.put('x');
    const commands = [
      new ListObjectsV2Command({ Bucket: 'source' }),
      new PutObjectCommand({ Bucket: 'archive', Key: 'x', Body: 'y' }),
      new GetObjectCommand({ Bucket: 'source', Key: 'x' }),
      new DeleteObjectsCommand({ Bucket: 'source', Delete: { Objects: [{ Key: 'x' }] } }),
    ];
    for (const command of commands) {
      await s3
        .send(new HeadObjectCommand({ Bucket: 'archive', Key: 'none' }))
        .catch(() => undefined);
      repeatOnce();
      const answer = await s3.send(command as GetObjectCommand);
      await answer.Body?.transformToString();
    }
    expect(it.read('archive', 'x')).toBe('y');
    expect(it.read('source', 'x')).toBeUndefined();
  });

  test('is one of many where a server gives all requests one id: then ids say nothing', async () => {
    let connections = 0;
    let requests = 0;
    const server = createServer((_, response) => {
      requests++;
      response.writeHead(200, { 'x-amz-request-id': 'ALWAYS', etag: '"e"' }).end();
    }).on('connection', () => {
      connections++;
    });
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    const client = retryUnreadableAnswers(
      new S3Client({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: 'us-east-1',
        forcePathStyle: true,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        maxAttempts: 3,
      }),
    );
    for (let i = 0; i < 5; i++) {
      await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' }));
    }
    expect([requests, connections]).toEqual([6, 2]);
    client.destroy();
    server.close();
    server.closeAllConnections();
  });
});
