import {
  type CopyObjectCommandInput,
  type CopyObjectCommandOutput,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ConcurrencyController } from './concurrency-controller';
import { type CopiedObject, hasForeignETag, readCopyResult } from './copy-response';
import type { FastRequests } from './fast-sender';
import type { HttpRequest, HttpResponse } from './http-client';
import type { RateController } from './rate-controller';

/** CopyObject on the fast path. */
export class FastCopies implements FastRequests<CopyObjectCommandInput, CopyObjectCommandOutput> {
  readonly commandName = 'CopyObjectCommand';
  readonly perObject = {
    CopySource: 'x-amz-copy-source',
    CopySourceIfMatch: 'x-amz-copy-source-if-match',
  };
  /** A response to a copy has less than 1,000. */
  readonly maxResponseSize = 64 * 1024;
  /**
   * False where a copy through the SDK has another ETag than its source, such as from a source that
   * KMS encrypts.
   */
  private comparesETags = true;

  /**
   * `concurrency` gets the latency of each copy, without the wait for the rate and for a
   * connection.
   */
  constructor(
    private readonly s3: S3Client,
    readonly rate: RateController,
    private readonly concurrency: ConcurrencyController,
  ) {}

  learn(
    { CopySourceIfMatch = '' }: CopyObjectCommandInput,
    { CopyObjectResult }: CopyObjectCommandOutput,
  ): void {
    this.comparesETags = !hasForeignETag(CopyObjectResult?.ETag ?? '', CopySourceIfMatch);
  }

  async read(
    input: CopyObjectCommandInput,
    response: HttpResponse,
    request: HttpRequest,
    signal?: AbortSignal,
  ): Promise<CopyObjectCommandOutput | undefined | false> {
    const copied = readCopyResult(response.body.toString());
    if (!copied) {
      return undefined;
    }
    const isForeign =
      this.comparesETags &&
      hasForeignETag(copied.ETag, input.CopySourceIfMatch!, response.headers, request.headers);
    if (isForeign && !(await this.isOfEncryptedSource(input, copied, signal))) {
      return false;
    }
    this.concurrency.onLatency(response.milliseconds);
    return toOutput(copied, response);
  }

  /**
   * Whether the source's ETag only looks like an MD5 digest, and the destination has the ETag that
   * the answer names. The answer itself does not show the former.
   */
  private async isOfEncryptedSource(
    input: CopyObjectCommandInput,
    { ETag }: CopiedObject,
    abortSignal?: AbortSignal,
  ): Promise<boolean> {
    const head = (Bucket: string, Key: string) =>
      this.s3.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal });
    try {
      const [, bucket, key] = /^([^/]+)\/(.*)$/s.exec(input.CopySource!)!;
      const [source, copy] = await Promise.all([
        head(bucket, decodeURIComponent(key)),
        head(input.Bucket!, input.Key!),
      ]);
      const isSource =
        source.ETag === input.CopySourceIfMatch &&
        source.ServerSideEncryption?.startsWith('aws:kms');
      return isSource === true && copy.ETag === ETag;
    } catch {
      return false;
    }
  }
}

function toOutput(
  CopyObjectResult: CopiedObject,
  { headers }: HttpResponse,
): CopyObjectCommandOutput {
  return {
    $metadata: {},
    CopyObjectResult,
    VersionId: headers['x-amz-version-id'] as string | undefined,
    CopySourceVersionId: headers['x-amz-copy-source-version-id'] as string | undefined,
  };
}
