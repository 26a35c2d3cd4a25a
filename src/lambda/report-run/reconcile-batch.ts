/**
 * Finds out what happened to the objects of a batch that did not finish.
 *
 * Such a batch may have moved some of its objects, but its ledger parts cover only the rounds that it completed.
 * The buckets show the rest, and this module writes it to a separate part of the ledger.
 */
import { PutObjectCommand, type S3Client, type _Object } from '@aws-sdk/client-s3';
import type { UnfinishedBatch } from './map-results';
import type { LedgerLine, ListedObject, Stragglers } from '../../contract/payloads';
import { ReasonCode } from '../../contract/reason-codes';
import { toCause } from '../alerts/cause';
import { readLines } from '../ledger/read-ledger';
import { getLedgerBatchPrefix } from '../ledger/write-ledger';
import type { ReportSettings } from '../runtime/environment';
import { compareKeys } from '../s3/compare-keys';
import { orderedMap } from '../s3/ordered-map';
import { findObject, listObjects } from '../s3/read-objects';
import { isTooLong, renamed } from '../selection/destination-key';
import type { Selection } from '../selection/select-objects';
import { addStraggler, noStragglers } from '../selection/stragglers';
import { toAsciiJson } from '../text/escape';
import { shorten } from '../text/format';

const INSPECTION_CONCURRENCY = 16;

export interface ReconcileContext {
  readonly s3: S3Client;
  readonly settings: ReportSettings;
  readonly select: (object: ListedObject) => Selection;
  /** Called for each object that was not archived and that the batch did not record. */
  readonly onProblem?: (line: LedgerLine) => void;
}

export interface Reconciled {
  readonly listed: number;
  readonly skipped: number;
  readonly stragglers: Stragglers;
}

/**
 * An object that the ledger does not have, or has as failed. A later attempt may have archived it and died before it
 * wrote its ledger part.
 */
interface OpenObject {
  readonly item: ListedObject;
  readonly destination: string;
  readonly recorded?: LedgerLine;
}

/** Writes the missing lines. Idempotent: a second call overwrites the part. */
export async function reconcileBatch(context: ReconcileContext, batch: UnfinishedBatch): Promise<Reconciled> {
  const { s3, settings: { reportBucket } } = context;
  const { BatchInput: { run }, Items: items } = batch.event;
  const prefix = getLedgerBatchPrefix(run, items);
  // This name sorts after the other parts of the batch, whose names continue with digits.
  const reconciledPart = `${prefix}settled.jsonl`;

  const { known, reconciledBefore } = await readRecorded(context, prefix, reconciledPart);
  const open: OpenObject[] = [];
  let skipped = 0;
  const stragglers = noStragglers();
  for (const item of items) {
    const recorded = known.get(item.Key);
    if (recorded && recorded.status !== 'failed') { continue; }
    const selection = context.select(item);
    if (selection.selected) {
      open.push({ item, destination: selection.destinationKey, recorded });
    } else {
      skipped += 1;
      if (selection.straggler) { addStraggler(stragglers, selection.straggler, item.Key); }
    }
  }

  const lines = open.length > 0 ? await inspectObjects(context, batch, open) : [];
  if (lines.length > 0 || reconciledBefore) {
    await s3.send(new PutObjectCommand({
      Bucket: reportBucket,
      Key: reconciledPart,
      // The SDK warns about an empty body. Readers of the ledger ignore a blank line.
      Body: lines.map((line) => `${toAsciiJson(line)}\n`).join('') || '\n',
      ContentType: 'application/jsonl',
    }));
  }
  for (const line of lines) {
    if (line.status !== 'archived') { context.onProblem?.(line); }
  }
  const unrecorded = open.filter(({ recorded }) => !recorded).length - lines.filter(({ key }) => !known.has(key)).length;
  return { listed: items.length, skipped: skipped + unrecorded, stragglers };
}

/**
 * Reads the lines that the batch itself wrote. Ignores the part of an earlier reconciliation, which may be out of date.
 */
async function readRecorded({ s3, settings: { reportBucket } }: ReconcileContext, prefix: string, reconciledPart: string) {
  const parts: _Object[] = [];
  let reconciledBefore = false;
  for await (const part of listObjects(s3, reportBucket, prefix)) {
    if (part.Key === reconciledPart) {
      reconciledBefore = true;
    } else {
      parts.push(part);
    }
  }
  return { known: await readLines(s3, reportBucket, parts), reconciledBefore };
}

/**
 * Writes one line per object. Objects that someone else removed get no line and count as skipped, as in a batch that
 * succeeds. Recorded lines that are still true are not written again.
 */
async function inspectObjects(context: ReconcileContext, batch: UnfinishedBatch, open: OpenObject[]): Promise<LedgerLine[]> {
  const present = await listRemaining(context, open.map(({ item }) => item.Key));
  const startTime = Date.parse(batch.event.BatchInput.run.startTime);
  const { error, text } = toCause(batch.error, batch.cause);
  const message = batch.error || batch.cause ? shorten(`${error}: ${text}`, 500) : 'the batch was not started';
  const lines: LedgerLine[] = [];
  const inspections = orderedMap(open, INSPECTION_CONCURRENCY, async (each): Promise<LedgerLine | undefined> => {
    if (present.has(each.item.Key)) {
      return each.recorded ? undefined : { ...toBaseLine(each), status: 'failed', code: ReasonCode.BATCH_FAILED, message };
    }
    const archived = await findArchived(context, each, startTime);
    return archived === undefined ? undefined : { ...toBaseLine(each), destination: archived, status: 'archived' };
  });
  for await (const line of inspections) {
    if (line) { lines.push(line); }
  }
  return lines;
}

function toBaseLine({ item, destination }: OpenObject) {
  return { key: item.Key, destination, etag: item.Etag, size: item.Size };
}

/**
 * Finds the keys of a batch that are still at the source. A batch is a contiguous part of the listing, so listing that
 * part again takes one or two requests, while asking for each key would take up to a thousand.
 */
async function listRemaining({ s3, settings: { sourceBucket, sourcePrefix } }: ReconcileContext, keys: string[]): Promise<Set<string>> {
  const wanted = new Set(keys);
  const present = new Set<string>();
  const first = keys.reduce((a, b) => (compareKeys(a, b) > 0 ? b : a));
  const last = keys.reduce((a, b) => (compareKeys(b, a) > 0 ? b : a));
  if (await findObject(s3, sourceBucket, first)) { present.add(first); }
  for await (const { Key: key } of listObjects(s3, sourceBucket, sourcePrefix, first)) {
    if (compareKeys(key!, last) > 0) { break; }
    if (wanted.has(key!)) { present.add(key!); }
  }
  return present;
}

/**
 * Finds the key under which the archive holds an object that is gone from its source. An equal ETag proves it. If the
 * copy has a new ETag (multipart, KMS), an object of the same size that was written since the run began is accepted:
 * this decides only what the ledger says, nothing is deleted because of it, and the run never deletes a source without
 * its copy.
 */
async function findArchived({ s3, settings }: ReconcileContext, { item, destination }: OpenObject, startTime: number): Promise<string | undefined> {
  // Check the renamed key first. It exists only if the destination held different content, which may have the same size
  // and age.
  const renamedKeys = settings.conflictPolicy === 'RENAME' ? [renamed(destination, item.Etag)] : [];
  const found: _Object[] = [];
  for (const key of [...renamedKeys, destination].filter((each) => !isTooLong(each))) {
    const there = await findObject(s3, settings.destinationBucket, key);
    if (there) { found.push(there); }
  }
  const proven = found.find(({ ETag }) => ETag === item.Etag) ?? found.find((each) => each.Size === item.Size && isSince(each, startTime));
  return proven?.Key;
}

/** Compares in whole seconds because S3 stores whole seconds. */
function isSince({ LastModified }: _Object, startTime: number): boolean {
  return LastModified !== undefined && LastModified.getTime() >= Math.floor(startTime / 1000) * 1000;
}
