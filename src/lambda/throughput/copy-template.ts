/** The request that the SDK made of one copy is a template for others: they differ in key, source, condition and signature only. */
import type { CopyObjectCommandInput } from '@aws-sdk/client-s3';
import type { HttpRequest } from './http-client';
import { type Credentials, encode, type Sign, type SignableRequest, signFromTemplate, toCanonicalQuery } from './sigv4';

export interface SdkRequest extends SignableRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

export interface SigningContext {
  readonly __smithy_context?: {
    readonly selectedHttpAuthScheme?: { readonly httpAuthOption: { readonly schemeId: string }; readonly identity: Credentials };
  };
  /** Directory buckets have session credentials of their own. */
  readonly s3ExpressIdentity?: unknown;
}

export interface CopyTemplate {
  readonly input: CopyObjectCommandInput;
  readonly request: SdkRequest;
  readonly basePath: string;
  /** With its question mark; empty if there is no query. */
  readonly queryString: string;
  readonly sign: Sign;
}

const SOURCE = 'x-amz-copy-source';
const SOURCE_CONDITION = 'x-amz-copy-source-if-match';
const UNRESERVED_KEY = /^[\w.~/-]*$/;
/** Input fields in which two copies of one template may differ. */
const PER_OBJECT_FIELDS = new Set(['Key', 'CopySource', 'CopySourceIfMatch']);
/** Headers of one attempt, as the SDK's retries set them, or of one invocation (X-Ray "Tracing header"). */
const PER_ATTEMPT_HEADERS = new Set(['amz-sdk-invocation-id', 'amz-sdk-request', 'x-amzn-trace-id']);

/** @returns undefined if a copy needs more than a signature with the function's own credentials */
export function toCopyTemplate(input: CopyObjectCommandInput, sent: SdkRequest, context: SigningContext): CopyTemplate | undefined {
  const scheme = context.__smithy_context?.selectedHttpAuthScheme;
  const path = encodeKey(input.Key!);
  if (scheme?.httpAuthOption.schemeId !== 'aws.auth#sigv4' || context.s3ExpressIdentity || !sent.path.endsWith(`/${path}`)) {
    return undefined;
  }
  const sentHeaders = Object.fromEntries(Object.entries(sent.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const sign = signFromTemplate({ ...sent, headers: sentHeaders }, scheme.identity, PER_ATTEMPT_HEADERS);
  if (!sign) { return undefined; }
  const headers = Object.fromEntries(Object.entries(sentHeaders).filter(([name]) => !PER_ATTEMPT_HEADERS.has(name)));
  const query = toCanonicalQuery(sent.query ?? {});
  return { input, request: { ...sent, headers }, basePath: sent.path.slice(0, -path.length), queryString: query && `?${query}`, sign };
}

export function matchesTemplate({ input: model }: CopyTemplate, input: CopyObjectCommandInput): boolean {
  const hasSameFields = (one: CopyObjectCommandInput, other: CopyObjectCommandInput) => {
    for (const name in one) {
      const field = name as keyof CopyObjectCommandInput;
      if (one[field] !== other[field] && !PER_OBJECT_FIELDS.has(name)) { return false; }
    }
    return true;
  };
  return input.CopySourceIfMatch !== undefined && hasSameFields(model, input) && hasSameFields(input, model);
}

/** @param now corrected by the clock skew that the SDK has measured */
export function toSignedRequest(template: CopyTemplate, input: CopyObjectCommandInput, credentials: Credentials, now: Date): HttpRequest {
  const { request: { protocol, hostname, port, method, headers: common }, basePath, queryString, sign } = template;
  const path = basePath + encodeKey(input.Key!);
  const headers: Record<string, string> = { ...common, [SOURCE]: input.CopySource!, [SOURCE_CONDITION]: input.CopySourceIfMatch! };
  sign({ method, path, headers }, credentials, now);
  return { protocol, hostname, port, method, path: path + queryString, headers };
}

function encodeKey(key: string): string {
  return UNRESERVED_KEY.test(key) ? key : key.split('/').map(encode).join('/');
}
