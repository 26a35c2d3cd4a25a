/**
 * Reads the ledger of a run. Its parts have lines for the objects that were not skipped.
 * The keys of a batch's parts start with the batch's id, so a listing returns them one after the other.
 */
import type { _Object, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { mergeLine } from './merge-lines';
import { Tally } from './tally';
import { LedgerLine } from '../../contract/payloads';
import { orderedMap } from '../s3/ordered-map';
import { listObjects, readJsonObjectsFrom } from '../s3/read-objects';

const BATCHES_AT_ONCE = 8;

/**
 * Adds up the whole ledger, with the lines of only a few batches in memory at a time.
 *
 * @param start the start of the run, in epoch seconds
 */
export async function tallyLedger(s3: S3Client, bucket: string, ledgerPrefix: string, start = 0): Promise<Tally> {
  const tally = new Tally(start);
  const batches = listPartsByBatch(s3, bucket, ledgerPrefix);
  for await (const batch of orderedMap(batches, BATCHES_AT_ONCE, (parts) => tallyBatch(s3, bucket, parts, start))) {
    tally.merge(batch);
  }
  return tally;
}

async function tallyBatch(s3: S3Client, bucket: string, parts: _Object[], start: number): Promise<Tally> {
  const tally = new Tally(start);
  tally.parts = parts.length;
  for (const line of (await readLines(s3, bucket, parts)).values()) { tally.add(line); }
  return tally;
}

/**
 * Reads the lines of a batch, by key: of two lines for one object the younger one. Lines of the same time count in the
 * order in which their parts were written.
 */
export async function readLines(s3: S3Client, bucket: string, parts: readonly _Object[]): Promise<Map<string, LedgerLine>> {
  const lines = new Map<string, LedgerLine>();
  for (const part of [...parts].sort((a, b) => a.LastModified!.getTime() - b.LastModified!.getTime())) {
    for await (const line of readJsonObjectsFrom(s3, bucket, part.Key!)) { mergeLine(lines, v.parse(LedgerLine, line)); }
  }
  return lines;
}

/** Lists the parts of the ledger, and yields the parts of each batch together. */
async function* listPartsByBatch(s3: S3Client, bucket: string, ledgerPrefix: string): AsyncGenerator<_Object[]> {
  let parts: _Object[] = [];
  for await (const part of listObjects(s3, bucket, ledgerPrefix)) {
    if (parts.length > 0 && getBatchPrefix(part) !== getBatchPrefix(parts[0])) {
      yield parts;
      parts = [];
    }
    parts.push(part);
  }
  if (parts.length > 0) { yield parts; }
}

function getBatchPrefix({ Key: key }: _Object): string {
  return key!.slice(0, key!.lastIndexOf('-'));
}
