/**
 * A request that the SDK has made for one object is a template for others: they differ in key,
 * conditions, source and signature only.
 */
import type { HttpRequest } from './http-client';
import {
  type Credentials,
  type Sign,
  type SignableRequest,
  signFromTemplate,
  toCanonicalQuery,
} from './sigv4';
import { encodeKey } from '../text/escape';

export interface SdkRequest extends SignableRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

export interface SigningContext {
  readonly __smithy_context?: {
    readonly selectedHttpAuthScheme?: {
      readonly httpAuthOption: { readonly schemeId: string };
      readonly identity: Credentials;
    };
  };
  /** Directory buckets have session credentials of their own. */
  readonly s3ExpressIdentity?: unknown;
}

/** The input of a command about one object. */
export interface ObjectInput {
  readonly Key?: string;
  readonly ObjectLockRetainUntilDate?: Date;
  readonly StorageClass?: string;
}

/**
 * Headers in which two requests of one template may differ, by the fields of the input. Each
 * request must have all of them.
 */
export type PerObjectHeaders = Readonly<Record<string, string>>;

export interface RequestTemplate {
  readonly input: ObjectInput;
  readonly perObject: PerObjectHeaders;
  /** Without the headers of one attempt. The names of headers are in lower case. */
  readonly request: SdkRequest;
  /** The part of the path before the key. */
  readonly basePath: string;
  /** With its question mark. Empty: the request has no query. */
  readonly queryString: string;
  readonly sign: Sign;
}

/** Fields that are not compared: keys differ, and the name of the template has the date. */
const NOT_COMPARED = new Set(['Key', 'ObjectLockRetainUntilDate']);
/**
 * Headers of one attempt, as the SDK's retries set them, or of one invocation (X-Ray "Tracing
 * header").
 */
const PER_ATTEMPT_HEADERS = new Set([
  'amz-sdk-invocation-id',
  'amz-sdk-request',
  'x-amzn-trace-id',
]);

/**
 * @returns undefined if a request needs more than a signature with the function's own credentials
 */
export function toTemplate(
  input: ObjectInput,
  perObject: PerObjectHeaders,
  sent: SdkRequest,
  context: SigningContext,
): RequestTemplate | undefined {
  const scheme = context.__smithy_context?.selectedHttpAuthScheme;
  const path = encodeKey(input.Key!);
  const isComplete = Object.keys(perObject).every((field) => getField(input, field) !== undefined);
  if (
    !isComplete ||
    scheme?.httpAuthOption.schemeId !== 'aws.auth#sigv4' ||
    context.s3ExpressIdentity ||
    !sent.path.endsWith(`/${path}`)
  ) {
    return undefined;
  }
  const sentHeaders = Object.fromEntries(
    Object.entries(sent.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const sign = signFromTemplate(
    { ...sent, headers: sentHeaders },
    scheme.identity,
    PER_ATTEMPT_HEADERS,
  );
  if (!sign) {
    return undefined;
  }
  const headers = Object.fromEntries(
    Object.entries(sentHeaders).filter(([name]) => !PER_ATTEMPT_HEADERS.has(name)),
  );
  const query = toCanonicalQuery(sent.query ?? {});
  return {
    input,
    perObject,
    request: { ...sent, headers },
    basePath: sent.path.slice(0, -path.length),
    queryString: query && `?${query}`,
    sign,
  };
}

/** Requests with different dates have templates of their own. */
export function toTemplateName(
  commandName: string,
  { ObjectLockRetainUntilDate: date }: ObjectInput,
): string {
  return date ? `${commandName} ${date.getTime()}` : commandName;
}

export function matchesTemplate(
  { input: model, perObject }: RequestTemplate,
  input: ObjectInput,
): boolean {
  const hasSameFields = (one: ObjectInput, other: ObjectInput) => {
    for (const field in one) {
      if (
        getField(one, field) !== getField(other, field) &&
        !NOT_COMPARED.has(field) &&
        !(field in perObject)
      ) {
        return false;
      }
    }
    return true;
  };
  for (const field in perObject) {
    if (getField(input, field) === undefined) {
      return false;
    }
  }
  return hasSameFields(model, input) && hasSameFields(input, model);
}

/** @param now corrected by the clock skew that the SDK has measured */
export function toSignedRequest(
  template: RequestTemplate,
  input: ObjectInput,
  credentials: Credentials,
  now: Date,
): Omit<HttpRequest, 'maxResponseSize'> {
  const { request, perObject, basePath, queryString, sign } = template;
  const { protocol, hostname, port, method } = request;
  const path = basePath + encodeKey(input.Key!);
  const headers: Record<string, string> = { ...request.headers };
  for (const field in perObject) {
    headers[perObject[field]] = getField(input, field)!;
  }
  sign({ method, path, headers }, credentials, now);
  return { protocol, hostname, port, method, path: path + queryString, headers };
}

function getField(input: ObjectInput, field: string): string | undefined {
  return (input as { readonly [name: string]: string | undefined })[field];
}
