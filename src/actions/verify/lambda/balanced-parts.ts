import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { count } from '../../../contract/payloads/common-schemas';
import type { LedgerPartRef } from '../../../contract/payloads/ledger-line';
import { readJsonObjectsFrom } from '../../../lambda/s3/read-objects';

/**
 * The parts of a ledger with which its run was balanced, as the report of the run says. Only what
 * is in them is proven to be whole.
 */
export const BalancedParts = v.object({
  /** The key of the file that has a LedgerPartRef in each line. */
  key: v.string(),
  parts: count,
  lines: count,
});
export type BalancedParts = v.InferOutput<typeof BalancedParts>;

export async function* readBalancedParts(
  s3: S3Client,
  bucket: string,
  { key, parts }: BalancedParts,
): AsyncGenerator<LedgerPartRef> {
  if (parts === 0) {
    return;
  }
  for await (const part of readJsonObjectsFrom(s3, bucket, key)) {
    yield part as LedgerPartRef;
  }
}
