import type { Fault } from './faults';
import type { Answer, S3Request } from '../http/context';
import { XML_HEADER, XMLNS } from '../http/xml';

/**
 * Answers with a 2xx status that say nothing about the operation. Proxies and broken servers send
 * them.
 */
export const UNREADABLE: ReadonlySet<Fault['kind']> = new Set([
  'CutXml',
  'ProxyPage',
  'EmptyAnswer',
]);

/** Operations whose 2xx answer has no XML. */
const WITHOUT_XML = new Set([
  'AbortMultipartUpload',
  'CreateBucket',
  'DeleteBucket',
  'DeleteBucketPolicy',
  'DeleteObject',
  'DeleteObjectTagging',
  'GetBucketPolicy',
  'GetObject',
  'HeadBucket',
  'HeadObject',
  'PutBucketEncryption',
  'PutBucketPolicy',
  'PutBucketRequestPayment',
  'PutBucketVersioning',
  'PutObject',
  'PutObjectLegalHold',
  'PutObjectRetention',
  'PutObjectTagging',
  'UploadPart',
]);

export const isAnsweredInXml = (operation: string): boolean => !WITHOUT_XML.has(operation);

const PAGE =
  '<!DOCTYPE html>\n<html><head><title>Please sign in</title></head><body><p>Your session has ' +
  'ended.<br>Sign in again &mdash; thank you.</body></html>\n';

/** The answer of an operation that did not happen. */
export function unexecutedAnswer({ kind }: Fault, { operation }: S3Request, n: number): Answer {
  const body = `${XML_HEADER}<${operation}Result ${XMLNS}></${operation}Result>`;
  return makeUnreadable(kind, { status: 200, body }, n);
}

/**
 * What arrives in place of a 2xx answer. HTTP's framing is intact: only who reads the content can
 * notice. Another answer stays as it is.
 *
 * @param n the number of the request, which determines where XML is cut
 */
export function makeUnreadable(kind: Fault['kind'], answer: Answer, n: number): Answer {
  if (answer.status < 200 || answer.status > 299) {
    return answer;
  }
  switch (kind) {
    case 'ProxyPage':
      return {
        status: 200,
        foreign: true,
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
        body: [Buffer.from(PAGE)],
      };
    case 'EmptyAnswer':
      return { status: 200, foreign: true };
    case 'CutXml':
      return typeof answer.body === 'string'
        ? {
            ...answer,
            headers: { ...answer.headers, 'Content-Type': 'application/xml' },
            body: cutXml(answer.body, n),
          }
        : answer;
    default:
      return answer;
  }
}

/**
 * Cuts anywhere, also in the middle of a character, but never so late that the document is
 * complete.
 */
function cutXml(xml: string, n: number): Buffer[] {
  const bytes = Buffer.from(xml);
  return [bytes.subarray(0, 1 + ((n * 7_919) % (bytes.length - 1)))];
}
