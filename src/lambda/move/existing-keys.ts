import type { BucketClient } from '../s3/bucket-client';
import { compareKeys, getKeyBefore } from '../s3/compare-keys';
import { listPage } from '../s3/list-page';
import { toS3Error } from '../s3/s3-error';
import { getCommonPrefix } from '../text/common-prefix';

/**
 * Finds which of the keys exist in a bucket, by listing the ranges that the keys lie in. One page shows a thousand
 * keys, while HeadObject costs one request for each key, or two if the caller may list only under a prefix
 * (`BucketClient.head`).
 *
 * Undefined if listing is denied.
 */
export async function findExistingKeys(bucket: BucketClient, keys: readonly string[]): Promise<ReadonlySet<string> | undefined> {
  const wanted = [...new Set(keys)].sort(compareKeys);
  const prefix = getCommonPrefix(wanted);
  const listed = new Set<string>();
  try {
    let lastListed = '';
    for (let next = 0; next < wanted.length;) {
      const before = getKeyBefore(wanted[next]);
      const page = await bucket.request((s3) => listPage(s3, {
        Bucket: bucket.name,
        Prefix: prefix,
        // Skips the keys between two wanted ones, but never goes back to a page that was listed already.
        StartAfter: (compareKeys(before, lastListed) > 0 ? before : lastListed) || undefined,
      }));
      const found = (page.Contents ?? []).map(({ Key }) => Key!);
      for (const key of found) { listed.add(key); }
      if (!page.IsTruncated) { break; }
      lastListed = found.at(-1)!;
      while (next < wanted.length && compareKeys(wanted[next], lastListed) <= 0) { next++; }
    }
  } catch (error) {
    if (toS3Error(error).kind === 'denied') { return undefined; }
    throw error;
  }
  return new Set(wanted.filter((key) => listed.has(key)));
}
