/**
 * CopyObject on a short path: one call per object is what a run is made of, and the SDK spends some 0.5 ms of
 * CPU on each, most of it on building, signing and wrapping a request that differs from the one before in three places.
 *
 * So the first copy goes through the SDK, and the request that the SDK made of it serves as the template of those
 * that follow. Endpoint, region, headers and credentials stay the SDK's, and the signature is only taken over where it
 * reproduces the SDK's own of that request. What is not answered with a copy is sent again
 * through the SDK, whose retries, redirects, clock correction and errors are then those of every other call; the
 * conditions make a second attempt harmless.
 */
import { CopyObjectCommand, type CopyObjectCommandInput, type CopyObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { AimdConcurrencyController } from './concurrency-controller';
import { type SendShort, UnknownAnswer } from './http1-client';
import type { RateController } from './rate-controller';
import { canonicalQuery, type Credentials, encode, type Sign, type SignableRequest, signFromTemplate } from './sigv4';
import { ReasonCode } from '../../contract/reason-codes';
import { toS3Error } from '../s3/s3-error';
import { withSend } from '../s3/with-send';

interface SdkRequest extends SignableRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

/** What the SDK's middleware knows of a request. */
interface SigningContext {
  readonly __smithy_context?: {
    readonly selectedHttpAuthScheme?: { readonly httpAuthOption: { readonly schemeId: string }; readonly identity: Credentials };
  };
  /** Directory buckets have session credentials of their own. */
  readonly s3ExpressIdentity?: unknown;
}

interface Template {
  readonly input: CopyObjectCommandInput;
  readonly request: SdkRequest;
  /** The path up to the key. */
  readonly base: string;
  /** With its question mark. */
  readonly query: string;
  readonly sign: Sign;
}

const SOURCE = 'x-amz-copy-source';
const CONDITION = 'x-amz-copy-source-if-match';
/** In which requests for the same bucket differ. */
const PER_OBJECT_FIELDS = new Set(['Key', 'CopySource', 'CopySourceIfMatch']);
/** Of one attempt: the SDK's retries and the signature set them. */
const PER_ATTEMPT_HEADERS = new Set(['amz-sdk-invocation-id', 'amz-sdk-request']);

/**
 * The client, with copies on the short path. Each copy waits for its turn at the rate controller, as the client's own do.
 *
 *
 * @param concurrency is told how long S3 took to answer, without the wait for the turn
 */
export function withFastCopies(s3: S3Client, rate: RateController, concurrency: AimdConcurrencyController, sendShort: SendShort): S3Client {
  let template: Template | undefined;
  /** A server whose answers the short path does not understand is not asked twice for each copy. */
  let isUnderstood = true;
  s3.middlewareStack.add((next, context) => async (args) => {
    const answer = await next(args);
    if (context.commandName === 'CopyObjectCommand' && isUnderstood) {
      template ??= toTemplate(args.input as CopyObjectCommandInput, args.request as SdkRequest, context as SigningContext);
    }
    return answer;
  }, { step: 'finalizeRequest', priority: 'low', name: 'copyTemplate' });

  const copied = async (model: Template, input: CopyObjectCommandInput, signal?: AbortSignal): Promise<boolean> => {
    const turn = await rate.acquire();
    try {
      const credentials = await s3.config.credentials();
      const { request, path } = toRequest(model, input);
      const headers = model.sign(request, credentials, new Date(Date.now() + s3.config.systemClockOffset));
      const began = performance.now();
      const { status, body } = await sendShort({ ...request, path, headers }, signal);
      // S3 may answer 200 and tell of an error in the body (CopyObject API reference, "Response and special errors").
      const success = status === 200 && body.includes('</CopyObjectResult>');
      if (success) { concurrency.onLatency(performance.now() - began); }
      if (!success && isSlowDown(status, body)) {
        rate.onSlowDown(turn);
      } else {
        rate.onSuccess(turn);
      }
      // Another region, another clock or another token than the template has: the SDK finds out which.
      if (!success && status < 403) { template = undefined; }
      return success;
    } catch (error) {
      if (error instanceof UnknownAnswer) {
        isUnderstood = false;
        template = undefined;
      }
      return false;
    }
  };

  return withSend(s3, async (command: unknown, options) => {
    if (template && command instanceof CopyObjectCommand && matchesTemplate(template.input, command.input)) {
      if (await copied(template, command.input, options?.abortSignal)) {
        return { $metadata: {} } satisfies CopyObjectCommandOutput;
      }
    }
    return s3.send(command as CopyObjectCommand, options);
  });
}

/** Also inside a 200. */
function isSlowDown(status: number, body: string): boolean {
  return toS3Error({ name: /<Code>(\w+)<\/Code>/.exec(body)?.[1], $metadata: { httpStatusCode: status } }).code === ReasonCode.SLOW_DOWN;
}

/** Undefined where a copy needs more than a signature with the function's own credentials. */
function toTemplate(input: CopyObjectCommandInput, request: SdkRequest, context: SigningContext): Template | undefined {
  const scheme = context.__smithy_context?.selectedHttpAuthScheme;
  const path = toPath(input.Key!);
  if (scheme?.httpAuthOption.schemeId !== 'aws.auth#sigv4' || context.s3ExpressIdentity || !request.path.endsWith(`/${path}`)) {
    return undefined;
  }
  const model = { ...request, headers: lowerCased(request.headers) };
  const sign = signFromTemplate(model, scheme.identity, PER_ATTEMPT_HEADERS);
  if (!sign) { return undefined; }
  const headers = Object.fromEntries(Object.entries(model.headers).filter(([name]) => !PER_ATTEMPT_HEADERS.has(name)));
  const query = canonicalQuery(request.query ?? {});
  return { input, request: { ...model, headers }, base: request.path.slice(0, -path.length), query: query && `?${query}`, sign };
}

function toRequest({ request, base, query }: Template, { Key, CopySource, CopySourceIfMatch }: CopyObjectCommandInput) {
  const path = base + toPath(Key!);
  const headers = { ...request.headers, [SOURCE]: CopySource!, [CONDITION]: CopySourceIfMatch! };
  return { request: { ...request, path, headers }, path: path + query };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** As the SDK encodes keys in paths. */
function toPath(key: string): string {
  return key.split('/').map(encode).join('/');
}

function matchesTemplate(model: CopyObjectCommandInput, input: CopyObjectCommandInput): boolean {
  const fixed = (of: CopyObjectCommandInput) => Object.entries(of).filter(([name, value]) => !PER_OBJECT_FIELDS.has(name) && value !== undefined);
  const expected = fixed(model);
  return input.CopySourceIfMatch !== undefined && fixed(input).length === expected.length
    && expected.every(([name, value]) => input[name as keyof CopyObjectCommandInput] === value);
}
