import { createHash } from 'node:crypto';
import type { Body } from './body';

/** ETag of a multipart upload: MD5 of the parts' binary MD5s, then `-` and their number. */
export function multipartEtag(parts: readonly Body[]): string {
  const hash = createHash('md5');
  for (const part of parts) {
    hash.update(Buffer.from(part.md5(), 'hex'));
  }
  return `${hash.digest('hex')}-${parts.length}`;
}
