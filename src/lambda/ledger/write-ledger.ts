import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { LedgerLine, ListedObject, Run } from '../../contract/payloads';
import { withRetries, type RetryBudget } from '../s3/retry';

/** The items of a batch that a round dealt with. */
export interface LedgerRange {
  readonly items: readonly ListedObject[];
  /** Index of the first one, and of the first one after them. */
  readonly from: number;
  readonly to: number;
}

export function getLedgerPrefix(run: Run): string {
  return `${run.reportPrefix}ledger/`;
}

/**
 * A part's key depends on the batch and the range alone, so that a round that is run again writes
 * over its own part, and an invocation that was given up as lost but still runs cannot write a
 * shorter one over it.
 */
export function toLedgerPartKey(run: Run, { items, from, to }: LedgerRange): string {
  return `${getLedgerBatchPrefix(run, items)}${padIndex(from)}_${padIndex(to)}.jsonl`;
}

/** What the keys of all parts of a batch begin with. */
export function getLedgerBatchPrefix(run: Run, items: readonly ListedObject[]): string {
  const batch = createHash('sha256').update(items[0].Key).digest('hex').slice(0, 16);
  return `${getLedgerPrefix(run)}${batch}-`;
}

/** The indices that a part's key tells of; none for a part that settling wrote. */
export function parseLedgerPartRange(partKey: string): { readonly from: number; readonly to: number } | undefined {
  const [, from, to] = /-(\d+)_(\d+)\.jsonl$/.exec(partKey) ?? [];
  return from === undefined ? undefined : { from: Number(from), to: Number(to) };
}

/** Writes JSON Lines. Without lines it takes back what a part of that name said before. */
export async function writeLedgerPart(
  s3: S3Client, budget: RetryBudget, bucket: string, run: Run, range: LedgerRange, lines: readonly LedgerLine[],
): Promise<void> {
  // An empty body would have the SDK warn about its length; a blank line is none of the ledger's.
  const Body = lines.map((line) => JSON.stringify(line) + '\n').join('') || '\n';
  const input = { Bucket: bucket, Key: toLedgerPartKey(run, range), Body, ContentType: 'application/jsonl' };
  await withRetries(budget, () => s3.send(new PutObjectCommand(input)));
}

const padIndex = (index: number) => String(index).padStart(6, '0');
