import { MAX_KEY_BYTES } from '../../contract/checks/check-prefix';

export function isTooLong(key: string): boolean {
  return Buffer.byteLength(key, 'utf8') > MAX_KEY_BYTES;
}

/**
 * The key to use if the destination key is taken. It depends only on key and ETag, so every attempt
 * to archive this content uses it.
 */
export function renamed(key: string, etag: string): string {
  const slash = key.lastIndexOf('/') + 1;
  const dot = key.lastIndexOf('.');
  // A dot at the start of a name does not start an extension.
  const end = dot > slash ? dot : key.length;
  return `${key.slice(0, end)}~${etag.replaceAll('"', '').slice(0, 8)}${key.slice(end)}`;
}
