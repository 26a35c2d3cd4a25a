/**
 * Compares a ledger with what its run was balanced with, in memory that grows with batches. The
 * list of parts is read again only if they differ.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { type BalancedParts, readBalancedParts } from '../../actions/verify/lambda/balanced-parts';
import type { LackingPart } from '../../actions/verify/lambda/planned-ledgers';
import type { PartVersion } from '../../contract/payloads/batch-payloads';
import { type BatchId, PartSums, toBatchId } from '../ledger/part-sums';
import { isMissing, readJsonObjectsFrom } from '../s3/read-objects';

type Part = { readonly name: string; readonly etag: string };

export class LedgerCheck {
  private readonly differing = new Map<BatchId, readonly Part[]>();

  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly prefix: string,
    private readonly balanced: BalancedParts,
    private readonly sums: PartSums,
  ) {}

  add(batch: readonly PartVersion[]): void {
    const parts = batch.map(({ key, etag }) => ({ name: key.slice(this.prefix.length), etag }));
    const id = toBatchId(parts[0].name);
    if (!this.sums.remove(id, parts)) {
      this.differing.set(id, parts);
    }
  }

  /**
   * Yields what the ledger lacks, after all batches were added. A part that was written again may
   * have more lines: only lost ones are lacking.
   */
  async *lacking(): AsyncGenerator<LackingPart> {
    const suspicious = new Set([...this.sums.ids(), ...this.differing.keys()]);
    if (suspicious.size === 0) {
      return;
    }
    for await (const { name, etag, lines } of readBalancedParts(
      this.s3,
      this.bucket,
      this.balanced,
    )) {
      const id = toBatchId(name);
      if (!suspicious.has(id)) {
        continue;
      }
      const listed = this.differing.get(id)?.find((part) => part.name === name);
      if (listed?.etag === etag) {
        continue;
      }
      const part = `${this.prefix}${name}`;
      let lost = lines;
      if (listed) {
        for await (const _ of readJsonObjectsFrom(this.s3, this.bucket, part)) {
          lost -= 1;
        }
      }
      if (lost > 0) {
        yield { part, lines: lost };
      }
    }
  }
}

/** Returns undefined if the list of the parts is not whole, so that it proves nothing. */
export async function openLedgerCheck(
  s3: S3Client,
  bucket: string,
  prefix: string,
  balanced: BalancedParts,
): Promise<LedgerCheck | undefined> {
  const sums = new PartSums();
  const left = { parts: balanced.parts, lines: balanced.lines };
  try {
    for await (const part of readBalancedParts(s3, bucket, balanced)) {
      sums.add(part);
      left.parts -= 1;
      left.lines -= part.lines;
    }
  } catch (error) {
    if (!(await isMissing(s3, bucket, balanced.key, error))) {
      throw error;
    }
  }
  return left.parts === 0 && left.lines === 0
    ? new LedgerCheck(s3, bucket, prefix, balanced, sums)
    : undefined;
}
