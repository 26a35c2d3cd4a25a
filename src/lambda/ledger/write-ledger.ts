import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { LedgerLine, ListedObject, Run } from '../../contract/payloads';
import { withRetries, type RetryBudget } from '../s3/retry';
import { toAsciiJson } from '../text/escape';

/** The items of a batch that a round processed. */
export interface LedgerRange {
  readonly items: readonly ListedObject[];
  /** The index of the first item, and of the item after the last. */
  readonly from: number;
  readonly to: number;
}

export function getLedgerPrefix(run: Run): string {
  return `${run.reportPrefix}ledger/`;
}

/**
 * The key of a part depends only on the batch and the range. So a round that is repeated overwrites its own part, and
 * an invocation that still runs after it was given up cannot overwrite that part with a shorter one.
 */
export function toLedgerPartKey(run: Run, { items, from, to }: LedgerRange): string {
  return `${getLedgerBatchPrefix(run, items)}${padIndex(from)}_${padIndex(to)}.jsonl`;
}

/** The prefix of the keys of all parts of a batch. */
export function getLedgerBatchPrefix(run: Run, items: readonly ListedObject[]): string {
  const batch = createHash('sha256').update(items[0].Key).digest('hex').slice(0, 16);
  return `${getLedgerPrefix(run)}${batch}-`;
}

/** The range of items in a part's key, or undefined for a part that ReportRun wrote. */
export function parseLedgerPartRange(partKey: string): { readonly from: number; readonly to: number } | undefined {
  const [, from, to] = /-(\d+)_(\d+)\.jsonl$/.exec(partKey) ?? [];
  return from === undefined ? undefined : { from: Number(from), to: Number(to) };
}

/** Writes a part as JSON Lines. A part without lines overwrites an earlier part with the same key. */
export async function writeLedgerPart(
  s3: S3Client, budget: RetryBudget, bucket: string, run: Run, range: LedgerRange, lines: readonly LedgerLine[],
): Promise<void> {
  // The SDK logs a warning about an empty body. Readers of the ledger ignore a blank line.
  const Body = lines.map((line) => toAsciiJson(line) + '\n').join('') || '\n';
  const input = { Bucket: bucket, Key: toLedgerPartKey(run, range), Body, ContentType: 'application/jsonl' };
  await withRetries(budget, () => s3.send(new PutObjectCommand(input)));
}

const padIndex = (index: number) => String(index).padStart(6, '0');
