/**
 * The request that the SDK made of one copy, as a template for other copies between the same buckets: they differ in key,
 * source, condition and signature only.
 */
import type { CopyObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest as SmithyRequest } from '@smithy/types';
import type { HttpRequest } from './http-client';

/** The parts of an SDK request that are used here. */
export interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
}

/** What the SDK's middleware knows about a request. */
export interface SigningContext {
  readonly __smithy_context?: {
    readonly selectedHttpAuthScheme?: { readonly httpAuthOption: { readonly schemeId: string } };
  };
  /** Directory buckets have session credentials of their own. */
  readonly s3ExpressIdentity?: unknown;
}

export interface CopyTemplate {
  readonly input: CopyObjectCommandInput;
  readonly request: SdkRequest;
  /** The path up to the key. */
  readonly basePath: string;
  /** With its question mark; empty if there is no query. */
  readonly queryString: string;
  readonly signer: SignatureV4;
}

const SOURCE = 'x-amz-copy-source';
const SOURCE_CONDITION = 'x-amz-copy-source-if-match';
const DATE = 'x-amz-date';
/** Input fields in which two copies of one template may differ. */
const PER_OBJECT_FIELDS = new Set(['Key', 'CopySource', 'CopySourceIfMatch']);
/** Headers that belong to one attempt. The SDK's retries set the first two, and the signer sets the others. */
const PER_ATTEMPT_HEADERS = new Set(['amz-sdk-invocation-id', 'amz-sdk-request', 'authorization', DATE, 'x-amz-security-token']);
const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=/;

/** @returns undefined if a copy needs more than a signature with the function's own credentials */
export async function toCopyTemplate(
  { config }: S3Client, input: CopyObjectCommandInput, sent: SdkRequest, context: SigningContext,
): Promise<CopyTemplate | undefined> {
  const path = encodeKey(input.Key!);
  const isSigV4 = context.__smithy_context?.selectedHttpAuthScheme?.httpAuthOption.schemeId === 'aws.auth#sigv4';
  if (!isSigV4 || context.s3ExpressIdentity || !sent.path.endsWith(`/${path}`)) { return undefined; }

  const sentHeaders = Object.fromEntries(Object.entries(sent.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const [, region, service] = AUTHORIZATION.exec(sentHeaders.authorization ?? '') ?? [];
  if (!region) { return undefined; }
  const { credentials, sha256 } = config;
  const signer = new SignatureV4({ region, service, credentials, sha256, uriEscapePath: false, applyChecksum: false });
  // If the SDK's own signature does not come out, the SDK signs in a way that is not known here.
  const signed = await getSignedHeaders(signer, { ...sent, headers: sentHeaders }, toDate(sentHeaders[DATE]));
  if (signed.authorization !== sentHeaders.authorization) { return undefined; }

  const headers = Object.fromEntries(Object.entries(sentHeaders).filter(([name]) => !PER_ATTEMPT_HEADERS.has(name)));
  const queryString = toQueryString(sent.query ?? {});
  return {
    input,
    request: { ...sent, headers },
    basePath: sent.path.slice(0, -path.length),
    queryString: queryString && `?${queryString}`,
    signer,
  };
}

/** Whether the copy differs from the template in nothing but key, source and condition. */
export function matchesTemplate({ input: model }: CopyTemplate, input: CopyObjectCommandInput): boolean {
  const getShared = (from: CopyObjectCommandInput) =>
    Object.entries(from).filter(([name, value]) => !PER_OBJECT_FIELDS.has(name) && value !== undefined);
  const expected = getShared(model);
  return input.CopySourceIfMatch !== undefined && getShared(input).length === expected.length
    && expected.every(([name, value]) => input[name as keyof CopyObjectCommandInput] === value);
}

/** @param now corrected by the clock skew that the SDK has measured */
export async function toSignedRequest(template: CopyTemplate, input: CopyObjectCommandInput, now: Date): Promise<HttpRequest> {
  const { request, basePath, queryString, signer } = template;
  const path = basePath + encodeKey(input.Key!);
  const headers = { ...request.headers, [SOURCE]: input.CopySource!, [SOURCE_CONDITION]: input.CopySourceIfMatch! };
  return { ...request, path: path + queryString, headers: await getSignedHeaders(signer, { ...request, path, headers }, now) };
}

async function getSignedHeaders(signer: SignatureV4, request: SdkRequest, signingDate: Date): Promise<Record<string, string>> {
  const signed = await signer.sign(request as SmithyRequest, { signingDate });
  return (signed as SmithyRequest).headers;
}

/** Encodes a key as the SDK does it for a path. */
function encodeKey(key: string): string {
  return key.split('/').map(encode).join('/');
}

function toQueryString(query: NonNullable<SdkRequest['query']>): string {
  return Object.entries(query).flatMap(([name, value]) => [value ?? ''].flat().map((each) => `${encode(name)}=${encode(each)}`)).join('&');
}

/** Encodes everything but letters, digits and `-._~`, as Signature Version 4 requires it. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** @param basic such as `20261124T010203Z` */
function toDate(basic: string): Date {
  return new Date(basic.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\d)/, '$1-$2-$3:$4:$5'));
}
