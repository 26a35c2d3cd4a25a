/** Compares keys in the order of S3's listings: by UTF-8 bytes, which is not how JavaScript compares strings. */
export function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
