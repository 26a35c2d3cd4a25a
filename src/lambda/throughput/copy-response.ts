/**
 * Decides whether a response is the answer to one certain copy, and says that the copy succeeded.
 */
import type { CopyObjectResult } from '@aws-sdk/client-s3';
import type { HttpResponse } from './http-client';

/**
 * An ETag that is the MD5 digest of the content, unless the object is encrypted with a key of KMS
 * or of the client.
 */
const MD5_ETAG = /^"?([0-9a-f]{32})"?$/;
const ENCRYPTION = 'x-amz-server-side-encryption';
const CUSTOMER_ENCRYPTION = [
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-copy-source-server-side-encryption-customer-algorithm',
];

/**
 * One result, in no comment or CDATA. fast-xml-parser takes 20 us for it, this pattern 0.3 us ("CPU
 * of a copy" in docs/decisions.md).
 */
const COPY_RESULT =
  /^\s*(?:<\?xml [^<>]*\?>\s*)?<CopyObjectResult(?: xmlns="[^"<>]*")?>((?:\s*<(\w+)>[^<>]*<\/\2>)*)\s*<\/CopyObjectResult>\s*$/;
const QUOTE = /&(?:quot|#34|#x22);/g;

/** The result of a successful copy, as the SDK returns it. */
export type CopiedObject = CopyObjectResult & { readonly ETag: string };

/**
 * S3 may answer 200 and report an error in the body, so a copy has succeeded only if the whole body
 * is one well-formed `CopyObjectResult`. White space may come before it, which S3 sends while it
 * copies. Undefined: the body is anything else.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html ("Response and special
 * errors")
 */
export function readCopyResult(body: string): CopiedObject | undefined {
  const children = COPY_RESULT.exec(body)?.[1] ?? '';
  const copied: Record<string, string> = {};
  // The pattern has shown that they are elements with text. A second pattern would take three times
  // as long.
  for (let open = children.indexOf('<'); open >= 0;) {
    const end = children.indexOf('>', open);
    const close = children.indexOf('<', end);
    const name = children.slice(open + 1, end);
    if (name in copied) {
      return undefined;
    }
    if (name === 'ETag' || name.startsWith('Checksum')) {
      copied[name] = children.slice(end + 1, close).replace(QUOTE, '"');
    }
    open = children.indexOf('<', close + 1);
  }
  return copied.ETag ? (copied as unknown as CopiedObject) : undefined;
}

/**
 * Whether the copy has other content than its source. It can tell only if both ETags are MD5
 * digests, which they are not with keys of KMS or of the client. The destination's default
 * encryption may use KMS although the request names no key, so the response says what applies.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html ("ETag")
 * @param headersOfBoth the headers of the request and of its response, by names in lower case
 */
export function hasForeignETag(
  copied: string,
  source: string,
  ...headersOfBoth: HttpResponse['headers'][]
): boolean {
  if (copied === source) {
    return false;
  }
  const [copiedDigest, sourceDigest] = [copied, source].map((etag) => MD5_ETAG.exec(etag)?.[1]);
  return (
    copiedDigest !== undefined &&
    sourceDigest !== undefined &&
    copiedDigest !== sourceDigest &&
    headersOfBoth.every(allowsMd5ETag)
  );
}

/** Whether the ETag of a response is the digest of its object. */
export function hasMd5ETag(etag: string, headers: HttpResponse['headers']): boolean {
  return MD5_ETAG.test(etag) && allowsMd5ETag(headers);
}

function allowsMd5ETag(headers: HttpResponse['headers']): boolean {
  return (
    (headers[ENCRYPTION] ?? 'AES256') === 'AES256' &&
    CUSTOMER_ENCRYPTION.every((name) => headers[name] === undefined)
  );
}
