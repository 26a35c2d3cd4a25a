import { ReasonCode } from '../../contract/payloads/reason-codes';
import { shorten } from '../text/format';

/**
 * The meaning of an S3 error for a move. The error's name and status decide.
 *
 * A message may quote the key of an object, and the writers of objects choose their keys. So only
 * the beginning of a message is read, up to the first word that may come from a key.
 *
 * - `ambiguous`: a condition failed, or an earlier attempt may have succeeded. The source and the
 *   destination must be inspected to find out.
 * - `missing`: there is no such key.
 * - `denied`: 403. If `s3:ListBucket` is granted under a condition, S3 answers this for a missing
 *   key, too.
 * - `transient`: another attempt may succeed. This includes an answer of status 2xx that cannot be
 *   read: the request may have succeeded.
 * - `final`: no other attempt will succeed.
 */
export interface S3Error {
  readonly kind: 'ambiguous' | 'missing' | 'denied' | 'transient' | 'final';
  readonly code: ReasonCode;
  /** S3's own message, with the request id that AWS support asks for. */
  readonly message: string;
  readonly deniedAction?: string;
  readonly kmsKeyArn?: string;
}

const AMBIGUOUS = new Set([
  'PreconditionFailed',
  // Another request wrote or deleted the key at the same time (S3 user guide, "conditional
  // writes").
  'ConditionalRequestConflict',
  'OperationAborted',
  // An earlier CompleteMultipartUpload of ours may have succeeded without an answer.
  'NoSuchUpload',
  // `confirmCopy`: the answer is not the one to the copy.
  'ForeignAnswer',
]);
const THROTTLED = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequests',
  'BandwidthLimitExceeded',
]);
const TRANSIENT = new Set([
  'InternalError',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'IncompleteBody',
  'TimeoutError',
  'NetworkingError',
]);
const NETWORK = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);
/** KMS's errors that pass, whose names S3 prefixes with `KMS.` (KMS "Throttling", API_Decrypt). */
const KMS_THROTTLED = /^KMS\.(Throttling|LimitExceeded|RequestLimitExceeded|TooManyRequests)\w*$/;
const KMS_TRANSIENT =
  /^KMS\.(KMSInternal|InternalFailure|InternalError|DependencyTimeout|KeyUnavailable|ServiceUnavailable)\w*$/;
/**
 * How S3 begins what KMS said: too many requests, or a key that does not exist for this caller, or
 * that cannot be used.
 */
const KMS_BUSY = /^You have exceeded the rate at which you may call KMS\b/;
const KMS_CIPHERTEXT = /^The ciphertext refers to a customer mast/;
const KMS_KEY_FIRST = /^(arn:[\w-]+:kms:[\w-]+:\d+:(?:key|alias)\/[\w/-]+)(?![\w/:-])/;
/** An object has a lock that this version does not know. */
export const UNKNOWN_LOCK = 'UnknownLock';
/** The destination bucket may give new objects a lock that this role may not read. */
export const UNKNOWN_DEFAULT_LOCK = 'UnknownDefaultLock';
const ARCHIVED = new Set(['InvalidObjectState', 'ObjectNotInActiveTierError']);
/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html */
const NO_EXPEDITED_CAPACITY = 'GlacierExpeditedRetrievalNotAvailable';
/**
 * IAM names the caller, the action, and then the resource, which may be a key that anybody chose:
 * the action follows IAM's first phrase.
 */
const DENIAL =
  /^(?:(?:User(?:: \S+)? is|You are) )?not authorized to perform: ([\w-]+:\w+)(?=\s|$)/;
const DENIED_KMS_KEY =
  /^ on (?:the )?resource: "?(arn:[\w-]+:kms:[\w-]+:\d+:(?:key|alias)\/[\w/-]+)(?=["\s]|$)/;

interface ErrorLike {
  name?: string;
  code?: string;
  message?: string;
  $retryable?: unknown;
  $metadata?: { httpStatusCode?: number; requestId?: string };
}

/** The parts of S3's answer that tell errors apart. */
interface Answer {
  readonly name: string;
  readonly text: string;
  readonly status: number;
}

/** The meaning of an error, without the message. */
type Meaning = Omit<S3Error, 'message'>;

export function toS3Error(error: unknown): S3Error {
  const e = error as ErrorLike;
  const status = e.$metadata?.httpStatusCode ?? 0;
  // An answer without a body (HEAD) has no error code, only a status.
  const name = e.name ?? '';
  const answer = { name, text: e.message ?? '', status };
  const meaning =
    readState(answer) ??
    readKeyUse(answer) ??
    readRequest(answer) ??
    readLoad(answer, e) ??
    readPermission(answer) ??
    is('final', ReasonCode.UNEXPECTED);
  return { ...meaning, message: describe(e, name, status) };
}

function is(kind: S3Error['kind'], code: ReasonCode): Meaning {
  return { kind, code };
}

/** Errors that depend on the content of the buckets. */
function readState({ name, text, status }: Answer): Meaning | undefined {
  if (AMBIGUOUS.has(name) || status === 412 || status === 409) {
    return is('ambiguous', ReasonCode.UNEXPECTED);
  }
  if (name === 'NoSuchBucket') {
    return is('final', ReasonCode.NO_SUCH_BUCKET);
  }
  if (name === 'NoSuchKey' || name === 'NotFound' || status === 404) {
    return is('missing', ReasonCode.UNEXPECTED);
  }
  if (ARCHIVED.has(name)) {
    return is('final', ReasonCode.ARCHIVED_CLASS);
  }
  if (name === UNKNOWN_LOCK || name === UNKNOWN_DEFAULT_LOCK) {
    return is('final', ReasonCode.LOCKED);
  }
  // "Bucket is missing Object Lock Configuration": the copy has the source's lock, and the
  // destination bucket cannot keep it.
  if (name === 'InvalidRequest' && /^Bucket is missing Object ?Lock/i.test(text)) {
    return is('final', ReasonCode.LOCKED);
  }
  return undefined;
}

/** Keys that encrypt objects. */
function readKeyUse({ name, text, status }: Answer): Meaning | undefined {
  // "The object was stored using a form of Server Side Encryption": with SSE-C, the copy request
  // must contain the key.
  if (
    name === 'InvalidRequest' &&
    /^The object was stored using a form of Server.Side Encryption/i.test(text)
  ) {
    return is('final', ReasonCode.CUSTOMER_KEY);
  }
  if (KMS_THROTTLED.test(name) || (status === 403 && KMS_BUSY.test(text))) {
    return is('transient', ReasonCode.SLOW_DOWN);
  }
  if (KMS_TRANSIENT.test(name)) {
    return is('transient', ReasonCode.SERVER_ERROR);
  }
  if (name.startsWith('KMS.')) {
    return { ...is('final', ReasonCode.KMS_DENIED), kmsKeyArn: KMS_KEY_FIRST.exec(text)?.[1] };
  }
  const denial = status === 403 ? readDenial(text) : undefined;
  if (denial?.action.startsWith('kms:') || (status === 403 && KMS_CIPHERTEXT.test(text))) {
    return {
      ...is('final', ReasonCode.KMS_DENIED),
      deniedAction: denial?.action,
      kmsKeyArn: denial?.kmsKeyArn,
    };
  }
  return undefined;
}

/** Errors of requests that S3 never executes. */
function readRequest({ name, text }: Answer): Meaning | undefined {
  if (
    name === 'SameObject' ||
    (name === 'InvalidRequest' &&
      /^This copy request is illegal because it is trying to copy an object to itself/i.test(text))
  ) {
    return is('final', ReasonCode.SAME_OBJECT);
  }
  if (name === 'KeyTooLongError') {
    return is('final', ReasonCode.KEY_TOO_LONG);
  }
  return undefined;
}

/** Errors of requests that S3 does not execute now. */
function readLoad({ name, status }: Answer, e: ErrorLike): Meaning | undefined {
  // Before the status 503: a lower rate of requests changes nothing, nor does another attempt soon.
  if (name === NO_EXPEDITED_CAPACITY) {
    return is('final', ReasonCode.NO_EXPEDITED_CAPACITY);
  }
  if (THROTTLED.has(name) || status === 503 || status === 429) {
    return is('transient', ReasonCode.SLOW_DOWN);
  }
  const isUnreadable = status >= 200 && status < 300;
  if (
    isUnreadable ||
    TRANSIENT.has(name) ||
    NETWORK.has(e.code ?? '') ||
    (status >= 500 && status !== 501) ||
    e.$retryable
  ) {
    return is('transient', ReasonCode.SERVER_ERROR);
  }
  return undefined;
}

function readPermission({ name, text, status }: Answer): Meaning | undefined {
  if (name === 'ExpiredToken' || name === 'InvalidToken') {
    return is('final', ReasonCode.EXPIRED_CREDENTIALS);
  }
  if (status === 403) {
    return { ...is('denied', ReasonCode.ACCESS_DENIED), deniedAction: readDenial(text)?.action };
  }
  return undefined;
}

export function readDenial(
  message: string,
): { readonly action: string; readonly kmsKeyArn?: string } | undefined {
  const found = DENIAL.exec(message);
  if (!found) {
    return undefined;
  }
  const [phrase, action] = found;
  return {
    action,
    kmsKeyArn: action.startsWith('kms:')
      ? DENIED_KMS_KEY.exec(message.slice(phrase.length))?.[1]
      : undefined,
  };
}

/** IAM's messages may have a long key, and end with the policy that denied the action. */
const MAX_MESSAGE_LENGTH = 400;

function describe(e: ErrorLike, name: string, status: number): string {
  const label =
    name && name !== 'Error' && name !== 'Unknown' && name !== 'UnknownError'
      ? name
      : (e.code ?? (status ? `HTTP ${status}` : 'error'));
  const id = e.$metadata?.requestId;
  return (
    `${label}: ` +
    `${shorten(e.message || 'no message', MAX_MESSAGE_LENGTH)}${id ? ` (request ${id})` : ''}`
  );
}
