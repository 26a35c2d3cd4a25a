/**
 * CopyObject on a short path: one call per object is what a run is made of, and the SDK spends some 0.5 ms of
 * CPU on each, most of it on building a request that differs from the one before in three places.
 *
 * So the first copy goes through the SDK, and the request that the SDK made of it serves as the template of those
 * that follow. Endpoint, region, headers, signer, credentials, connections and time-outs stay the SDK's. What is not
 * answered with a copy is sent again through the SDK, whose retries, redirects, clock correction and errors are
 * then those of every other call; the conditions make a second attempt harmless.
 */
import type { Readable } from 'stream';
import { CopyObjectCommand, type CopyObjectCommandInput, type CopyObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { RateController } from './rate';

interface Request {
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** What the SDK's middleware knows of a request. */
interface SigningContext {
  readonly __smithy_context?: {
    readonly selectedHttpAuthScheme?: {
      readonly httpAuthOption: { readonly schemeId: string; readonly signingProperties?: object };
      readonly identity: object;
      readonly signer: { sign(request: Request, identity: object, properties: object): Promise<Request> };
    };
  };
  /** Directory buckets have session credentials of their own. */
  readonly s3ExpressIdentity?: unknown;
}

interface Template {
  readonly input: CopyObjectCommandInput;
  readonly request: Request;
  /** The path up to the key. */
  readonly base: string;
  readonly sign: (request: Request) => Promise<Request>;
}

interface Answer {
  readonly statusCode: number;
  readonly body: Readable;
}

const SOURCE = 'x-amz-copy-source';
const CONDITION = 'x-amz-copy-source-if-match';
/** In which requests for the same bucket differ. */
const VARYING = new Set(['Key', 'CopySource', 'CopySourceIfMatch']);
/** Of one attempt: the signer and the retries set them. */
const OF_ATTEMPT = new Set(['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256', 'amz-sdk-invocation-id', 'amz-sdk-request']);

/**
 * The client, with copies on the short path. Each copy waits for its turn at the rate controller, as the client's own do.
 */
export function withDirectCopies(s3: S3Client, rate: RateController): S3Client {
  let template: Template | undefined;
  s3.middlewareStack.add((next, context) => async (args) => {
    const answer = await next(args);
    if (context.commandName === 'CopyObjectCommand') {
      template ??= templateOf(args.input as CopyObjectCommandInput, args.request as Request, context as SigningContext);
    }
    return answer;
  }, { step: 'finalizeRequest', priority: 'low', name: 'copyTemplate' });

  const copied = async (model: Template, input: CopyObjectCommandInput, abortSignal?: AbortSignal): Promise<boolean> => {
    const turn = await rate.turn();
    try {
      const request = await model.sign(requestOf(model, input));
      const { response } = await s3.config.requestHandler.handle(request as never, { abortSignal }) as unknown as { response: Answer };
      const body = await textOf(response.body);
      // S3 may answer 200 and tell of an error in the body (CopyObject API reference, "Response and special errors").
      const success = response.statusCode === 200 && body.includes('</CopyObjectResult>');
      if (success) rate.succeeded(turn);
      if (response.statusCode === 503) rate.slowDown(turn);
      // Another region, another clock or another token than the template has: the SDK finds out which.
      if (!success && response.statusCode < 403) template = undefined;
      return success;
    } catch {
      return false;
    }
  };

  const send = async (command: unknown, options?: { abortSignal?: AbortSignal }): Promise<unknown> => {
    if (template && command instanceof CopyObjectCommand && isLike(template.input, command.input)) {
      if (await copied(template, command.input, options?.abortSignal)) return { $metadata: {} } satisfies CopyObjectCommandOutput;
    }
    return s3.send(command as CopyObjectCommand, options);
  };
  return Object.create(s3, { send: { value: send } }) as S3Client;
}

/** Undefined where a copy needs more than a signature with the function's own credentials. */
function templateOf(input: CopyObjectCommandInput, request: Request, context: SigningContext): Template | undefined {
  const scheme = context.__smithy_context?.selectedHttpAuthScheme;
  const path = pathOf(input.Key!);
  if (scheme?.httpAuthOption.schemeId !== 'aws.auth#sigv4' || context.s3ExpressIdentity || !request.path.endsWith(`/${path}`)) return undefined;
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !OF_ATTEMPT.has(name.toLowerCase())));
  return {
    input,
    request: { ...request, headers },
    base: request.path.slice(0, -path.length),
    sign: (unsigned) => scheme.signer.sign(unsigned, scheme.identity, scheme.httpAuthOption.signingProperties ?? {}),
  };
}

function requestOf({ request, base }: Template, { Key, CopySource, CopySourceIfMatch }: CopyObjectCommandInput): Request {
  return { ...request, path: base + pathOf(Key!), headers: { ...request.headers, [SOURCE]: CopySource!, [CONDITION]: CopySourceIfMatch! } };
}

/** As the SDK encodes keys in paths. */
function pathOf(key: string): string {
  return key.split('/').map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)).join('/');
}

function isLike(model: CopyObjectCommandInput, input: CopyObjectCommandInput): boolean {
  const fixed = (of: CopyObjectCommandInput) => Object.entries(of).filter(([name, value]) => !VARYING.has(name) && value !== undefined);
  const expected = fixed(model);
  return input.CopySourceIfMatch !== undefined && fixed(input).length === expected.length
    && expected.every(([name, value]) => input[name as keyof CopyObjectCommandInput] === value);
}

function textOf(body: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    body.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => resolve(text)).on('error', reject)
      .on('close', () => reject(new Error('the answer broke off')));
  });
}
