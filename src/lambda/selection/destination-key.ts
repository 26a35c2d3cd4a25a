/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024;

export function isTooLong(key: string): boolean {
  return Buffer.byteLength(key, 'utf8') > MAX_KEY_BYTES;
}

/**
 * The name beside a taken one: `stem~<first 8 of the source's ETag>.ext`. It depends on nothing
 * else, so that every attempt at the same content comes to the same name.
 */
export function renamed(key: string, etag: string): string {
  const slash = key.lastIndexOf('/') + 1;
  const dot = key.lastIndexOf('.');
  // A leading dot starts a name, not an extension.
  const end = dot > slash ? dot : key.length;
  return `${key.slice(0, end)}~${etag.replaceAll('"', '').slice(0, 8)}${key.slice(end)}`;
}
