/**
 * CopyObject on a fast path. A run makes one such call per object, and the SDK spends some 0.5 ms of CPU on each, most of it on building,
 * signing and wrapping a request that differs from the previous one in three places. The first copy goes through the SDK, and its request
 * becomes the template of those that follow. Endpoint, region, headers and credentials stay the SDK's. Any response that is not certainly the
 * success of the copy is retried through the SDK, so retries, redirects, clock-skew correction and errors behave as usual. The conditions of
 * the request make a second attempt harmless.
 */
import { CopyObjectCommand, type CopyObjectCommandInput, type CopyObjectCommandOutput, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ConcurrencyController } from './concurrency-controller';
import { type CopiedObject, hasForeignETag, readCopyResult } from './copy-response';
import { type CopyTemplate, matchesTemplate, type SdkRequest, type SigningContext, toCopyTemplate, toSignedRequest } from './copy-template';
import { type HttpResponse, type SendRequest, UnsupportedResponseError } from './http-client';
import type { RateController } from './rate-controller';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { RequestIds } from '../s3/readable-answers';
import { toS3Error } from '../s3/s3-error';
import { withSend } from '../s3/with-send';

/** Each fast copy waits for the rate, as the client's own do. `concurrency` gets its latency, without that wait and that for a connection. */
export function withFastCopies(s3: S3Client, rate: RateController, concurrency: ConcurrencyController, sendRequest: SendRequest): S3Client {
  const fastPath = new FastPath(s3, rate, concurrency, sendRequest);
  s3.middlewareStack.add((next, context) => async (args) => {
    const result = await next(args);
    if (context.commandName === 'CopyObjectCommand') {
      const output = result.output as CopyObjectCommandOutput;
      fastPath.learn(args.input as CopyObjectCommandInput, args.request as SdkRequest, context as SigningContext, output);
    }
    return result;
  }, { step: 'finalizeRequest', priority: 'low', name: 'copyTemplate' });

  return withSend(s3, async (command: unknown, options) => {
    const copied = command instanceof CopyObjectCommand ? await fastPath.copy(command.input, options?.abortSignal) : undefined;
    return copied ?? s3.send(command as CopyObjectCommand, options);
  });
}

class FastPath {
  private template?: CopyTemplate;
  /** False after a response that belongs to no request: from then on all copies go through the SDK. */
  private isTrusted = true;
  /** False where a copy through the SDK has another ETag than its source, such as from a source that KMS encrypts. */
  private comparesETags = true;
  private readonly requestIds = new RequestIds();

  constructor(
    private readonly s3: S3Client,
    private readonly rate: RateController,
    private readonly concurrency: ConcurrencyController,
    private readonly sendRequest: SendRequest,
  ) {}

  learn(input: CopyObjectCommandInput, request: SdkRequest, context: SigningContext, output: CopyObjectCommandOutput): void {
    if (!this.isTrusted || this.template) { return; }
    this.template = toCopyTemplate(input, request, context);
    this.comparesETags = !hasForeignETag(output.CopyObjectResult?.ETag ?? '', input.CopySourceIfMatch ?? '');
  }

  /** @returns undefined if the copy has to go through the SDK: it does not fit the template, or its success is not certain */
  async copy(input: CopyObjectCommandInput, signal?: AbortSignal): Promise<CopyObjectCommandOutput | undefined> {
    const { template } = this;
    if (!template || !matchesTemplate(template, input)) { return undefined; }
    const epoch = await this.rate.acquire();
    try {
      const { config } = this.s3;
      const request = toSignedRequest(template, input, await config.credentials(), new Date(Date.now() + config.systemClockOffset));
      // It may have changed while this copy waited.
      if (!this.isTrusted) { return undefined; }
      const response = await this.sendRequest(request, signal);
      const answer = this.readSuccess(response);
      const isForeign = answer && this.comparesETags && hasForeignETag(answer.ETag, input.CopySourceIfMatch!, response.headers, request.headers);
      const isOwn = !isForeign || await this.isOfEncryptedSource(input, answer, signal);
      if (!isOwn) { this.turnOff(); }
      const copied = isOwn ? answer : undefined;
      if (copied) { this.concurrency.onLatency(response.milliseconds); }
      if (!copied && isSlowDown(response)) {
        this.rate.onSlowDown(epoch);
      } else {
        this.rate.onSuccess(epoch);
      }
      return copied && toOutput(copied, response);
    } catch (error) {
      // A server whose responses cannot be read is not asked twice for each copy.
      if (error instanceof UnsupportedResponseError) { this.turnOff(); }
      return undefined;
    }
  }

  private readSuccess(response: HttpResponse): CopiedObject | undefined {
    if (this.requestIds.record(response.headers) !== undefined) {
      this.turnOff();
      return undefined;
    }
    const copied = response.status === 200 ? readCopyResult(response.body) : undefined;
    // If the template's region, clock or token is wrong, the SDK finds out the right one.
    if (!copied && response.status < 403) { this.template = undefined; }
    return copied;
  }

  /** Whether the source's ETag only looks like an MD5 digest, which an answer does not say, and the destination has the ETag that it names. */
  private async isOfEncryptedSource(input: CopyObjectCommandInput, { ETag }: CopiedObject, abortSignal?: AbortSignal): Promise<boolean> {
    const head = (Bucket: string, Key: string) => this.s3.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal });
    try {
      const [, bucket, key] = /^([^/]+)\/(.*)$/s.exec(input.CopySource!)!;
      const [source, copy] = await Promise.all([head(bucket, decodeURIComponent(key)), head(input.Bucket!, input.Key!)]);
      const isSource = source.ETag === input.CopySourceIfMatch && source.ServerSideEncryption?.startsWith('aws:kms');
      return isSource === true && copy.ETag === ETag;
    } catch {
      return false;
    }
  }

  private turnOff(): void {
    this.isTrusted = false;
    this.template = undefined;
  }
}

function toOutput(CopyObjectResult: CopiedObject, { headers }: HttpResponse): CopyObjectCommandOutput {
  return {
    $metadata: {},
    CopyObjectResult,
    VersionId: headers['x-amz-version-id'] as string | undefined,
    CopySourceVersionId: headers['x-amz-copy-source-version-id'] as string | undefined,
  };
}

/** SlowDown may also come inside a 200. */
function isSlowDown({ status, body }: HttpResponse): boolean {
  return toS3Error({ name: /<Code>(\w+)<\/Code>/.exec(body)?.[1], $metadata: { httpStatusCode: status } }).code === ReasonCode.SLOW_DOWN;
}
