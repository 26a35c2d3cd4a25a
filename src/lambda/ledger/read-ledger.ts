/**
 * Reads a run's ledger: parts named `<batch id>-<cursor>.jsonl`, one line per object that was not skipped.
 * The parts of a batch share its id, so they are adjacent in a listing.
 */
import type { _Object, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { Tally } from './tally';
import { parseLedgerPartRange } from './write-ledger';
import { LedgerLine } from '../../contract/payloads';
import { orderedMap } from '../s3/ordered-map';
import { listObjects, readJsonObjectsFrom } from '../s3/read-objects';

const BATCHES_AT_ONCE = 8;

/**
 * Adds the whole ledger up. In memory: the lines of a few batches at a time.
 *
 * @param start of the run, in epoch seconds
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
 * The lines of a batch by key. A key may stand in two parts, where rounds of the same batch overlapped
 * (Lambda and EXPRESS workflows may run things twice): the later part tells what became of it.
 */
export async function readLines(s3: S3Client, bucket: string, parts: _Object[]): Promise<Map<string, LedgerLine>> {
  const lines = new Map<string, LedgerLine>();
  for (const part of parts.filter((each) => !isOutdated(each, parts))) {
    for await (const line of readJsonObjectsFrom(s3, bucket, part.Key!)) {
      const parsed = v.parse(LedgerLine, line);
      lines.set(parsed.key, parsed);
    }
  }
  return lines;
}

/**
 * Whether later parts tell of all that this one tells of. A redriven batch begins anew, its rounds may end
 * elsewhere, and it has no line for what is gone by then: lines of the attempt that failed must not stay.
 */
function isOutdated(part: _Object, parts: _Object[]): boolean {
  const range = parseLedgerPartRange(part.Key!);
  if (!range) { return false; }
  const later = parts.filter(({ LastModified }) => LastModified! > part.LastModified!).flatMap(({ Key: key }) => parseLedgerPartRange(key!) ?? []);
  let told = range.from;
  for (const { from, to } of later.sort((a, b) => a.from - b.from)) {
    if (from <= told) { told = Math.max(told, to); }
  }
  return told >= range.to;
}

/** Each batch's parts. */
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
