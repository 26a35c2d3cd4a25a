/**
 * The `x-amz-copy-source` header of an object. S3 decodes it once and SDK v3 sends it as it is, so each
 * segment is encoded here: a raw `+`, `%`, `?` or `é` would name another object.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
