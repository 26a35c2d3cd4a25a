/**
 * Finds out what became of the objects of a batch that did not end well.
 *
 * Such a batch may have moved some of its objects; its ledger parts tell only of the rounds that it
 * completed. The buckets tell the rest, and a part of its own says it in the ledger.
 */
import { PutObjectCommand, type S3Client, type _Object } from '@aws-sdk/client-s3';
import type { UnfinishedBatch } from './map-results';
import type { LedgerLine, ListedObject, Stragglers } from '../../contract/payloads';
import { ReasonCode } from '../../contract/reason-codes';
import { toCause } from '../alerts/cause';
import { readLines } from '../ledger/read-ledger';
import { getLedgerBatchPrefix } from '../ledger/write-ledger';
import type { ReportSettings } from '../runtime/environment';
import { orderedMap } from '../s3/ordered-map';
import { findObject, listObjects } from '../s3/read-objects';
import { isTooLong, renamed } from '../selection/destination-key';
import type { Selection } from '../selection/select-objects';
import { addStraggler, noStragglers } from '../selection/stragglers';
import { shorten } from '../text/format';

const INSPECTION_CONCURRENCY = 16;

export interface ReconcileContext {
  readonly s3: S3Client;
  readonly settings: ReportSettings;
  readonly select: (object: ListedObject) => Selection;
  /** Told of each object that was not archived and that its batch has not told of. */
  readonly onProblem?: (line: LedgerLine) => void;
}

export interface Reconciled {
  readonly listed: number;
  readonly skipped: number;
  readonly stragglers: Stragglers;
}

/** An object that the ledger does not tell of, or as failed: a later attempt may have archived it, and have died before it said so. */
interface Open {
  readonly item: ListedObject;
  readonly destination: string;
  readonly recorded?: LedgerLine;
}

/** Writes the missing lines. To settle a batch twice changes nothing: the part is written anew. */
export async function reconcileBatch(context: ReconcileContext, batch: UnfinishedBatch): Promise<Reconciled> {
  const { s3, settings: { reportBucket } } = context;
  const { BatchInput: { run }, Items: items } = batch.event;
  const prefix = getLedgerBatchPrefix(run, items);
  // Sorts behind the batch's other parts, whose cursors are digits.
  const reconciledPart = `${prefix}settled.jsonl`;

  const { known, reconciledBefore: reconciledBefore } = await readKnown(context, prefix, reconciledPart);
  const open: Open[] = [];
  let skipped = 0;
  const stragglers = noStragglers();
  for (const item of items) {
    const recorded = known.get(item.Key);
    if (recorded && recorded.status !== 'failed') { continue; }
    const selection = context.select(item);
    if (selection.selected) {
      open.push({ item, destination: selection.destinationKey, recorded: recorded });
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
      // An empty body would have the SDK warn about its length; a blank line is none of the ledger's.
      Body: lines.map((line) => `${JSON.stringify(line)}\n`).join('') || '\n',
      ContentType: 'application/jsonl',
    }));
  }
  for (const line of lines) {
    if (line.status !== 'archived') { context.onProblem?.(line); }
  }
  const unrecorded = open.filter(({ recorded: recorded }) => !recorded).length - lines.filter(({ key }) => !known.has(key)).length;
  return { listed: items.length, skipped: skipped + unrecorded, stragglers };
}

/** What the batch's own rounds wrote. What an earlier settling wrote is no testimony: it may be out of date. */
async function readKnown({ s3, settings: { reportBucket } }: ReconcileContext, prefix: string, reconciledPart: string) {
  const parts: _Object[] = [];
  let reconciledBefore = false;
  for await (const part of listObjects(s3, reportBucket, prefix)) {
    if (part.Key === reconciledPart) {
      reconciledBefore = true;
    } else {
      parts.push(part);
    }
  }
  return { known: await readLines(s3, reportBucket, parts), reconciledBefore: reconciledBefore };
}

/** One line per object, but none for one that somebody else removed: as in a batch that ends well, it counts as skipped. What was told and still holds is not told again. */
async function inspectObjects(context: ReconcileContext, batch: UnfinishedBatch, open: Open[]): Promise<LedgerLine[]> {
  const present = await stillAtSource(context, open.map(({ item }) => item.Key));
  const startTime = Date.parse(batch.event.BatchInput.run.startTime);
  const { error, text } = toCause(batch.error, batch.cause);
  const message = batch.error || batch.cause ? shorten(`${error}: ${text}`, 500) : 'the batch was not started';
  const lines: LedgerLine[] = [];
  const looks = orderedMap(open, INSPECTION_CONCURRENCY, async (each): Promise<LedgerLine | undefined> => {
    if (present.has(each.item.Key)) {
      return each.recorded ? undefined : { ...baseLine(each), status: 'failed', code: ReasonCode.BATCH_FAILED, message };
    }
    const archived = await findArchived(context, each, startTime);
    return archived === undefined ? undefined : { ...baseLine(each), destination: archived, status: 'archived' };
  });
  for await (const line of looks) {
    if (line) { lines.push(line); }
  }
  return lines;
}

function baseLine({ item, destination }: Open) {
  return { key: item.Key, destination, etag: item.Etag, size: item.Size };
}

/**
 * Which of a batch's keys are still at the source. A batch is a stretch of the listing, so
 * listing that stretch again takes a request or two, where asking key by key takes a thousand.
 */
async function stillAtSource({ s3, settings: { sourceBucket, sourcePrefix } }: ReconcileContext, keys: string[]): Promise<Set<string>> {
  const wanted = new Set(keys);
  const present = new Set<string>();
  const first = keys.reduce((a, b) => (isAfter(a, b) ? b : a));
  const last = keys.reduce((a, b) => (isAfter(b, a) ? b : a));
  if (await findObject(s3, sourceBucket, first)) { present.add(first); }
  for await (const { Key: key } of listObjects(s3, sourceBucket, sourcePrefix, first)) {
    if (isAfter(key!, last)) { break; }
    if (wanted.has(key!)) { present.add(key!); }
  }
  return present;
}

/** S3 orders keys by their UTF-8 bytes, which JavaScript's comparison of strings does not. */
function isAfter(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0;
}

/**
 * Where the archive holds an object that is gone from its source. ETags prove it; where the copy's ETag
 * is a new one (multipart, KMS), an object of the same size that was written since the run began does:
 * nothing is deleted on the strength of it, and the run never deletes a source without its copy.
 */
async function findArchived({ s3, settings }: ReconcileContext, { item, destination }: Open, startTime: number): Promise<string | undefined> {
  // Beside first: such a name is only ever taken where the destination held other content, which may be as long and as new.
  const beside = settings.conflictPolicy === 'RENAME' ? [renamed(destination, item.Etag)] : [];
  const found: _Object[] = [];
  for (const key of [...beside, destination].filter((each) => !isTooLong(each))) {
    const there = await findObject(s3, settings.destinationBucket, key);
    if (there) { found.push(there); }
  }
  const proven = found.find(({ ETag }) => ETag === item.Etag) ?? found.find((each) => each.Size === item.Size && isSince(each, startTime));
  return proven?.Key;
}

/** S3 keeps whole seconds. */
function isSince({ LastModified }: _Object, startTime: number): boolean {
  return LastModified !== undefined && LastModified.getTime() >= Math.floor(startTime / 1000) * 1000;
}
