/** Compares two keys in the order in which S3 lists them: by UTF-8 bytes, which is not how JavaScript compares strings. */
export function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
