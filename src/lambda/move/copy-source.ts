/** Most keys need no encoding. */
const UNRESERVED = /^[\w.~/-]*$/;

/**
 * S3 decodes the header once and SDK v3 sends it unchanged. Without encoding, `+`, `%`, `?` or `é` would name another object.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${UNRESERVED.test(key) ? key : key.split('/').map(encodeURIComponent).join('/')}`;
}
