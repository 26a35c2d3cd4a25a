const UNRESERVED = /^[\w.~/-]*$/;

/** S3 decodes it once, and SDK v3 sends it unchanged. Without encoding, `+`, `%`, `?` or `é` would name another object (API_CopyObject). */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${UNRESERVED.test(key) ? key : key.split('/').map(encodeURIComponent).join('/')}`;
}
