/**
 * Reads the ledger of a run. Its parts have lines for the objects that were not skipped.
 * The keys of a batch's parts start with the batch's id, so a listing returns them one after the other.
 */
import type { _Object, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { DestinationWinners } from './destination-winners';
import { mergeLine } from './merge-lines';
import { getBatchPrefix } from './part-keys';
import { Tally } from './tally';
import { LedgerLine, type LedgerPartRef } from '../../contract/payloads/ledger-line';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { orderedMap } from '../s3/ordered-map';
import { listObjects, readJsonObjectsFrom } from '../s3/read-objects';

const BATCHES_AT_ONCE = 8;

/**
 * Adds up the whole ledger, with the lines of only a few batches in memory at a time.
 *
 * @param start the start of the run, in epoch seconds
 * @param winners of a dry run in which objects of different batches may have the same destination
 * @param isCounted says which lines count; default: all
 */
export async function tallyLedger(
  s3: S3Client, bucket: string, ledgerPrefix: string, start = 0, winners?: DestinationWinners, isCounted?: (line: LedgerLine) => boolean,
): Promise<Tally> {
  const tally = new Tally(start);
  const batches = listPartsByBatch(s3, bucket, ledgerPrefix);
  for await (const batch of orderedMap(batches, BATCHES_AT_ONCE, (parts) => tallyBatch(s3, bucket, parts, start, winners, isCounted))) {
    tally.merge(batch);
  }
  return tally;
}

/** Yields those batches whose parts are wanted, with what was read of each part. */
export async function* tallyBatches(
  s3: S3Client, bucket: string, ledgerPrefix: string, start: number, isWanted: (parts: readonly _Object[]) => boolean,
): AsyncGenerator<{ readonly tally: Tally; readonly parts: LedgerPartRef[] }> {
  const batches = filter(listPartsByBatch(s3, bucket, ledgerPrefix), isWanted);
  yield* orderedMap(batches, BATCHES_AT_ONCE, async (listed) => {
    const linesOf = new Map<string, number>();
    const tally = await tallyBatch(s3, bucket, listed, start, undefined, undefined, (part) => linesOf.set(part, (linesOf.get(part) ?? 0) + 1));
    return { tally, parts: listed.map(({ Key, ETag }) => ({ name: Key!.slice(ledgerPrefix.length), etag: ETag!, lines: linesOf.get(Key!) ?? 0 })) };
  });
}

async function tallyBatch(
  s3: S3Client, bucket: string, parts: _Object[], start: number, winners?: DestinationWinners, isCounted: (line: LedgerLine) => boolean = () => true,
  onLine?: (part: string) => void,
): Promise<Tally> {
  const tally = new Tally(start);
  tally.parts = parts.length;
  tally.partsRead = parts.length;
  // The batch itself has compared its objects with each other.
  const ownWins = new Map<string, boolean>();
  for (const line of (await readLines(s3, bucket, inOrder(parts), onLine)).values()) {
    if (!isCounted(line)) { continue; }
    if (!winners || line.status !== 'archived') {
      tally.add(line);
      continue;
    }
    const wins = ownWins.get(line.destination) ?? winners.isWinner(line);
    ownWins.set(line.destination, wins);
    tally.add(wins ? line : { ...line, status: 'conflicting', code: ReasonCode.DESTINATION_EXISTS, message: 'an object of another batch would already be there' });
  }
  return tally;
}

/**
 * Finds which objects of a dry run would win their destinations.
 *
 * @param listed how many objects the run listed
 */
export async function findDestinationWinners(s3: S3Client, bucket: string, ledgerPrefix: string, listed: number): Promise<DestinationWinners> {
  const winners = new DestinationWinners(listed);
  for await (const line of readLedger(s3, bucket, ledgerPrefix)) {
    if (line.status === 'archived') { winners.add(line); }
  }
  return winners;
}

/** Yields the lines that count. */
export async function* readLedger(s3: S3Client, bucket: string, ledgerPrefix: string): AsyncGenerator<LedgerLine> {
  const batches = orderedMap(listPartsByBatch(s3, bucket, ledgerPrefix), BATCHES_AT_ONCE, (parts) => readLines(s3, bucket, inOrder(parts)));
  for await (const lines of batches) { yield* lines.values(); }
}

/**
 * Reads the lines of a batch, by key: of two lines for one object the younger one.
 *
 * @param parts the keys of the batch's parts, in the order in which they were written, in which lines of the same time count
 */
export async function readLines(
  s3: S3Client, bucket: string, parts: readonly string[], onLine: (part: string) => void = () => undefined,
): Promise<Map<string, LedgerLine>> {
  const lines = new Map<string, LedgerLine>();
  for (const part of parts) {
    for await (const line of readJsonObjectsFrom(s3, bucket, part)) {
      onLine(part);
      mergeLine(lines, v.parse(LedgerLine, line));
    }
  }
  return lines;
}

/** Returns the keys of the parts, in the order in which the parts were written. */
function inOrder(parts: readonly _Object[]): string[] {
  return [...parts].sort((a, b) => a.LastModified!.getTime() - b.LastModified!.getTime()).map(({ Key }) => Key!);
}

async function* filter<T>(items: AsyncIterable<T>, isWanted: (item: T) => boolean): AsyncGenerator<T> {
  for await (const item of items) {
    if (isWanted(item)) { yield item; }
  }
}

/** Lists the parts of the ledger, and yields the parts of each batch together. */
async function* listPartsByBatch(s3: S3Client, bucket: string, ledgerPrefix: string): AsyncGenerator<_Object[]> {
  let parts: _Object[] = [];
  for await (const part of listObjects(s3, bucket, ledgerPrefix)) {
    if (parts.length > 0 && getBatchPrefix(part.Key!) !== getBatchPrefix(parts[0].Key!)) {
      yield parts;
      parts = [];
    }
    parts.push(part);
  }
  if (parts.length > 0) { yield parts; }
}
