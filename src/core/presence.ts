import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { patiently, type Patience } from './retry';
import { failureOf } from './s3-failure';

/**
 * Which of these keys a bucket has, from listings of the stretches that they lie in: a page tells of a thousand keys,
 * where looking key by key costs a request each, and two where the caller may list under a prefix only (`look`).
 *
 * Undefined where listing is denied.
 */
export async function presentKeys(
  s3: S3Client, patience: Patience, bucket: string, keys: readonly string[], signal?: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const wanted = [...new Set(keys)].sort(inOrderOfS3);
  const prefix = commonStart(wanted);
  const present = new Set<string>();
  try {
    for (let next = 0; next < wanted.length;) {
      const page = await patiently(patience, () => s3.send(new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        StartAfter: justBefore(wanted[next]),
        // Some characters of keys have no place in XML.
        EncodingType: 'url',
      }), { abortSignal: signal }));
      const found = (page.Contents ?? []).map(({ Key }) => decodeURIComponent(Key!.replace(/\+/g, ' ')));
      for (const key of found) present.add(key);
      const last = page.IsTruncated ? found.at(-1) : undefined;
      if (last === undefined) break;
      while (next < wanted.length && inOrderOfS3(wanted[next], last) <= 0) next++;
    }
  } catch (error) {
    if (failureOf(error).kind === 'denied') return undefined;
    throw error;
  }
  return new Set(wanted.filter((key) => present.has(key)));
}

/** A key to start after that comes before this one and has few others in between. */
function justBefore(key: string): string | undefined {
  return [...key].slice(0, -1).join('') || undefined;
}

/** By UTF-8 bytes, which JavaScript's comparison of strings is not. */
function inOrderOfS3(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Of sorted keys. */
function commonStart(keys: readonly string[]): string {
  const first = [...keys[0] ?? ''];
  const last = [...keys.at(-1) ?? ''];
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length).join('');
}
