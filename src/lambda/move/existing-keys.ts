import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { withRetries, type RetryBudget } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';
import { getCommonPrefix } from '../text/common-prefix';

/**
 * Which of these keys a bucket has, from listings of the stretches that they lie in: a page tells of a thousand keys,
 * where looking key by key costs a request each, and two where the caller may list under a prefix only (`look`).
 *
 * Undefined where listing is denied.
 */
export async function existingKeys(
  s3: S3Client, budget: RetryBudget, bucket: string, keys: readonly string[], signal?: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const wanted = [...new Set(keys)].sort(compareKeys);
  const prefix = getCommonPrefix(wanted);
  const present = new Set<string>();
  try {
    let passed = '';
    for (let next = 0; next < wanted.length;) {
      const before = justBefore(wanted[next]);
      const page = await withRetries(budget, () => s3.send(new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        // No page twice, however many keys lie between the two.
        StartAfter: (compareKeys(before, passed) > 0 ? before : passed) || undefined,
        // Some characters of keys have no place in XML.
        EncodingType: 'url',
      }), { abortSignal: signal }));
      const found = (page.Contents ?? []).map(({ Key }) => decodeURIComponent(Key!.replace(/\+/g, ' ')));
      for (const key of found) { present.add(key); }
      if (!page.IsTruncated) { break; }
      passed = found.at(-1)!;
      while (next < wanted.length && compareKeys(wanted[next], passed) <= 0) { next++; }
    }
  } catch (error) {
    if (toS3Error(error).kind === 'denied') { return undefined; }
    throw error;
  }
  return new Set(wanted.filter((key) => present.has(key)));
}

/** What comes before this key, with few others in between: its last character is the one before. */
function justBefore(key: string): string {
  const characters = [...key];
  const last = characters.pop()!.codePointAt(0)!;
  if (last > 0) { characters.push(String.fromCodePoint(last === 0xe000 ? 0xd7ff : last - 1)); }
  return characters.join('');
}

/** By UTF-8 bytes, which JavaScript's comparison of strings is not. */
function compareKeys(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
