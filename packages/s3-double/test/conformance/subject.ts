import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import type { HttpRequest, HttpResponse } from './wire';

/** One documented behavior of S3. */
export interface Check {
  readonly name: string;
  /**
   * The page of the S3 documentation that describes the behavior, below
   * https://docs.aws.amazon.com/AmazonS3/latest/.
   */
  readonly page: string;
  /** Throws if the server behaves differently. */
  readonly run: (subject: Subject) => Promise<void>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Changes a request of the client before it is signed. */
type Edit = (request: HttpRequest) => void;

let buckets = 0;

/** The server under test, with helpers that the checks share. */
export class Subject {
  readonly client: S3Client;
  /** The headers of the latest response. */
  headers: Record<string, string> = {};
  status = 0;

  constructor(
    readonly endpoint: string,
    credentials: Credentials = { accessKeyId: 'conformance', secretAccessKey: 'conformance' },
  ) {
    this.client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials,
      maxAttempts: 1,
    });
    this.client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const response = result.response as HttpResponse;
        this.headers = response.headers;
        this.status = response.statusCode;
        return result;
      },
      { step: 'deserialize', priority: 'low' },
    );
    // If a check does not read a body, the body breaks off when its server stops. Without a
    // listener, that would end the process.
    this.client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        (result.output as { Body?: EventEmitter }).Body?.on('error', () => undefined);
        return result;
      },
      { step: 'initialize' },
    );
  }

  /** Creates a new bucket and returns its name. */
  async bucket(options: { versioning?: 'Enabled'; objectLock?: boolean } = {}): Promise<string> {
    buckets += 1;
    const name = `conformance-${Date.now().toString(36)}-${buckets}`;
    await this.client.send(
      new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: options.objectLock }),
    );
    if (options.versioning) {
      await this.client.send(
        new PutBucketVersioningCommand({
          Bucket: name,
          VersioningConfiguration: { Status: options.versioning },
        }),
      );
    }
    return name;
  }

  /** Writes an object, and returns its version and its ETag with quotes. */
  async put(
    bucket: string,
    key: string,
    body = key,
    input: Partial<PutObjectCommandInput> = {},
  ): Promise<{ etag: string; versionId?: string }> {
    const output = await this.client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body), ...input }),
    );
    assert.ok(output.ETag);
    return { etag: output.ETag, versionId: output.VersionId };
  }

  /**
   * Returns a client that edits requests before it signs them. Checks use it for requests that the
   * SDK would not send.
   */
  edited(edit: Edit): S3Client {
    const { endpoint, region, credentials } = this.client.config;
    const client = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
    });
    client.middlewareStack.add(
      (next) => (args) => {
        edit(args.request as HttpRequest);
        return next(args);
      },
      { step: 'build', priority: 'low' },
    );
    return client;
  }
}

export interface ExpectedError {
  status: number | number[];
  /**
   * One of these error codes is expected. The response to a HEAD has no body and therefore no code.
   */
  code?: string | string[];
  condition?: string;
}

/** Passes if S3 refuses the request in the expected way. */
export async function refused(
  request: Promise<unknown>,
  expected: ExpectedError,
): Promise<S3ServiceException> {
  const error = await request.then(
    () =>
      assert.fail(
        `accepted, but should be refused with ${String(expected.status)} ` +
          `${String(expected.code ?? '')}`,
      ),
    (reason: S3ServiceException) => reason,
  );
  const code = expected.code === undefined ? [] : [expected.code].flat();
  assert.ok(
    [expected.status].flat().includes(error.$metadata?.httpStatusCode ?? 0),
    `${error.$metadata?.httpStatusCode} ${error.name}: ${error.message}`,
  );
  if (code.length > 0) {
    assert.ok(code.includes(error.name), `code ${error.name} instead of ${code.join(' or ')}`);
  }
  if (expected.condition) {
    assert.equal(
      (error as { Condition?: string }).Condition,
      expected.condition,
      'names another condition',
    );
  }
  return error;
}

/** Returns the path of a copy source. Each segment of the key is percent-encoded. */
export function copySource(bucket: string, key: string, versionId?: string): string {
  const path = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  return versionId === undefined ? path : `${path}?versionId=${versionId}`;
}

export const MIB = 1024 ** 2;
