import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import {
  buildRequest,
  element,
  errorAnswer,
  parseTarget,
  type S3Context,
  S3Error,
  XML_HEADER,
  XMLNS,
} from 'cdk-s3-dated-archiver-s3-double';
import { findFacts, type Uploads } from './foreign-facts';
import { readAll } from './read-all';
import { sign } from './signature';
import type { ForeignS3Guard, RefusedDeletion } from '../iam/foreign-s3-guard';
import type { RequestContext } from '../iam/s3-requirements';
import type { Credentials } from '../lambda/environment';

type Request = S3Context['request'];

/** A request as it goes to the S3 behind the proxy. Without a body, the caller's is streamed. */
export interface Outgoing {
  /** Default: the caller's. */
  readonly method?: string;
  readonly url: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer;
}

export interface ForeignAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: IncomingMessage | Buffer;
}

/** How requests of the sandbox's callers go on to the other S3. */
export interface Passage {
  /** Default: every caller may do everything. */
  readonly guard?: ForeignS3Guard;
  /** Of the S3 behind the proxy; callers do not see them. */
  readonly credentials: Credentials;
  readonly uploads: Uploads;
  /** `HOST:PORT` of that S3. */
  readonly host: string;
  readonly send: (outgoing: Outgoing) => Promise<IncomingMessage>;
}

export interface CallersRequest {
  /** Logical id of the caller. */
  readonly caller: string;
  readonly incoming: IncomingMessage;
  readonly operation: string;
  /** If it was read before. */
  readonly body?: Buffer;
  /** Number of the request. */
  readonly n: number;
}

/**
 * Answers a request of a function or of the state machine: by its policies, or with what the other
 * S3 says.
 */
export async function answerCaller(
  given: CallersRequest,
  passage: Passage,
): Promise<ForeignAnswer> {
  const { caller, incoming, operation, n } = given;
  const { guard } = passage;
  const { headers } = incoming;
  // A body with signed chunks is signed as a whole; a DeleteObjects may lose keys; policies may ask
  // for tags.
  const isRead =
    operation === 'DeleteObjects' ||
    operation === 'PutObjectTagging' ||
    String(headers['x-amz-content-sha256']).startsWith('STREAMING-AWS4');
  const body = given.body ?? (isRead ? await readAll(incoming) : undefined);
  const request = toRequest(given, isRead ? body : undefined);
  const context = await toContext(given, request, passage);
  const refusal = guard?.refusal(caller, context);
  if (refusal !== undefined) {
    incoming.resume();
    return denied(refusal, request, n);
  }
  const deletions = operation === 'DeleteObjects' ? guard?.deletions(caller, context) : undefined;
  const refused = deletions?.refused ?? [];
  if (deletions?.allowed.length === 0) {
    return xml(withErrors(`${XML_HEADER}<DeleteResult ${XMLNS}></DeleteResult>`, refused));
  }
  const changed =
    deletions && refused.length > 0 ? deleteBody(deletions) : isRead ? request.body : undefined;
  const plain =
    changed === undefined
      ? headers
      : { ...withoutFraming(headers, request), ...headersOf(changed, operation) };
  const signed = sign(
    { method: request.method, url: incoming.url ?? '/', headers: plain },
    { ...passage, now: new Date() },
  );
  const answer = await passage.send({ ...signed, body: changed ?? body });
  if (refused.length > 0 && answer.statusCode === 200) {
    return xml(withErrors((await readAll(answer)).toString('utf8'), refused));
  }
  if (operation === 'CreateMultipartUpload') {
    return rememberUpload(answer, headers, passage.uploads);
  }
  return hideSecrets(answer, given, context, guard);
}

/** The request, with what policies ask for of the objects and uploads behind the proxy. */
async function toContext(
  { incoming }: CallersRequest,
  request: Request,
  passage: Passage,
): Promise<RequestContext> {
  const { guard, uploads, send } = passage;
  const ask = (url: string) => {
    const method = 'GET';
    const { authorization } = incoming.headers;
    const signed = sign(
      { method, url, headers: { authorization } },
      { ...passage, now: new Date() },
    );
    return send({ ...signed, method, body: Buffer.alloc(0) });
  };
  const objects = guard?.objectsWithTags(request) ?? [];
  return { request, foreign: await findFacts(objects, uploads, ask) };
}

async function rememberUpload(
  answer: IncomingMessage,
  headers: IncomingMessage['headers'],
  uploads: Uploads,
): Promise<ForeignAnswer> {
  const body = await readAll(answer);
  const id = /<UploadId>([^<]+)<\/UploadId>/.exec(body.toString())?.[1];
  if (id !== undefined) {
    uploads.set(id, headers);
  }
  return { status: answer.statusCode ?? 502, headers: answer.headers, body };
}

function toRequest({ incoming, operation }: CallersRequest, body: Buffer | undefined): Request {
  const method = incoming.method ?? 'GET';
  const target = parseTarget(incoming.url ?? '/');
  return body
    ? buildRequest(operation, method, target, incoming.headers, body)
    : {
        ...target,
        operation,
        method,
        headers: incoming.headers,
        body: Buffer.alloc(0),
        trailers: {},
      };
}

/**
 * What the caller may not know is left out of the answer; a missing key is 403 to a caller that may
 * not list.
 */
async function hideSecrets(
  answer: IncomingMessage,
  { caller, n }: CallersRequest,
  context: RequestContext,
  guard?: ForeignS3Guard,
): Promise<ForeignAnswer> {
  const { request } = context;
  const { statusCode: status = 502 } = answer;
  const secret = guard?.secretHeaders(caller, context, answer.headers) ?? [];
  const headers = { ...answer.headers };
  for (const name of secret) {
    delete headers[name];
  }
  if (status !== 404 || !guard) {
    return { status, headers, body: answer };
  }
  const body = await readAll(answer);
  // An answer to HEAD has no code.
  const isMissingKey =
    request.operation === 'HeadObject' || body.includes('<Code>NoSuchKey</Code>');
  const refusal = isMissingKey ? guard.refusalToKnow(caller, request) : undefined;
  return refusal === undefined ? { status, headers, body } : denied(refusal, request, n);
}

function denied(message: string, request: Request, n: number): ForeignAnswer {
  const { status, body } = errorAnswer(new S3Error('AccessDenied', { message }), request, n);
  return xml(String(body), status);
}

function xml(text: string, status = 200): ForeignAnswer {
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) };
}

function deleteBody({ allowed, quiet }: ReturnType<ForeignS3Guard['deletions']>): Buffer {
  const objects = allowed.map(
    ({ key, versionId, etag }) =>
      `<Object>${element('Key', key)}${element('VersionId', versionId)}${element('ETag', etag)}</Object>`,
  );
  return Buffer.from(
    `${XML_HEADER}<Delete ${XMLNS}>${element('Quiet', quiet)}${objects.join('')}</Delete>`,
  );
}

function withErrors(result: string, refused: readonly RefusedDeletion[]): string {
  const errors = refused
    .map(
      ({ key, versionId, message }) =>
        `<Error>${element('Key', key)}${element('VersionId', versionId)}${element('Code', 'AccessDenied')}${element('Message', message)}</Error>`,
    )
    .join('');
  return result
    .replace(/<DeleteResult([^>]*)\/>/, '<DeleteResult$1></DeleteResult>')
    .replace('</DeleteResult>', () => `${errors}</DeleteResult>`);
}

/**
 * Headers that describe a body in chunks become those of the plain body; checksums in its trailer
 * become headers.
 */
function withoutFraming(
  headers: IncomingMessage['headers'],
  { operation, trailers }: Request,
): IncomingMessage['headers'] {
  const {
    'content-encoding': encoding,
    'transfer-encoding': _chunked,
    'x-amz-decoded-content-length': _length,
    'x-amz-trailer': _trailer,
    ...rest
  } = headers;
  const codings = encoding
    ?.split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked')
    .join(',');
  // The keys of a DeleteObjects may be others now, and so are its checksums.
  const kept =
    operation === 'DeleteObjects'
      ? Object.fromEntries(
          Object.entries(rest).filter(([name]) => !/^x-amz-(checksum|sdk-checksum)/.test(name)),
        )
      : { ...rest, ...trailers };
  return codings ? { ...kept, 'content-encoding': codings } : kept;
}

function headersOf(body: Buffer, operation: string): IncomingMessage['headers'] {
  return {
    'content-length': String(body.length),
    'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    ...(operation === 'DeleteObjects'
      ? { 'content-md5': createHash('md5').update(body).digest('base64') }
      : {}),
  };
}
