/** Batches are read one after the other, so that only a few are in memory. */
import type { _Object, S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { DestinationWinners } from './destination-winners';
import { mergeLine } from './merge-lines';
import { compareLastModified, groupByBatch } from './part-keys';
import { Tally } from './tally';
import { LedgerLine, type LedgerPartRef } from '../../contract/payloads/ledger-line';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { orderedMap } from '../s3/ordered-map';
import { listObjects, readJsonObjectsFrom } from '../s3/read-objects';

const BATCHES_AT_ONCE = 8;

/**
 * `winners` are of a dry run in which objects of different batches may have the same destination.
 * `isCounted` says which lines count; default: all.
 */
export async function tallyLedger(
  s3: S3Client,
  bucket: string,
  ledgerPrefix: string,
  start = 0,
  winners?: DestinationWinners,
  isCounted: (line: LedgerLine) => boolean = () => true,
): Promise<Tally> {
  const tally = new Tally(start);
  for await (const { parts, lines } of readBatches(s3, bucket, ledgerPrefix)) {
    const counted = [...lines.values()].filter(isCounted);
    tally.merge(
      tallyBatch(parts.length, winners ? applyWinners(counted, winners) : counted, start),
    );
  }
  return tally;
}

export async function* tallyBatches(
  s3: S3Client,
  bucket: string,
  ledgerPrefix: string,
  start: number,
  isWanted: (parts: readonly _Object[]) => boolean,
): AsyncGenerator<{ readonly tally: Tally; readonly parts: LedgerPartRef[] }> {
  for await (const { parts, lines, linesOf } of readBatches(s3, bucket, ledgerPrefix, isWanted)) {
    const refs = parts.map(({ Key, ETag }) => ({
      name: Key!.slice(ledgerPrefix.length),
      etag: ETag!,
      lines: linesOf.get(Key!) ?? 0,
    }));
    yield { tally: tallyBatch(parts.length, lines.values(), start), parts: refs };
  }
}

function tallyBatch(parts: number, lines: Iterable<LedgerLine>, start: number): Tally {
  const tally = new Tally(start);
  tally.parts = tally.partsRead = parts;
  for (const line of lines) {
    tally.add(line);
  }
  return tally;
}

/**
 * Marks lines as conflicting if an object of another batch gets their destination. The batch has
 * already compared its own objects with each other.
 */
function applyWinners(lines: readonly LedgerLine[], winners: DestinationWinners): LedgerLine[] {
  const ownWins = new Map<string, boolean>();
  return lines.map((line) => {
    if (line.status !== 'archived') {
      return line;
    }
    const wins = ownWins.get(line.destination) ?? winners.isWinner(line);
    ownWins.set(line.destination, wins);
    const message = 'an object of another batch would already be there';
    return wins
      ? line
      : { ...line, status: 'conflicting', code: ReasonCode.DESTINATION_EXISTS, message };
  });
}

export async function findDestinationWinners(
  s3: S3Client,
  bucket: string,
  ledgerPrefix: string,
): Promise<DestinationWinners> {
  const winners = new DestinationWinners();
  for await (const line of readLedger(s3, bucket, ledgerPrefix)) {
    if (line.status === 'archived') {
      winners.add(line);
    }
  }
  return winners;
}

export async function* readLedger(
  s3: S3Client,
  bucket: string,
  ledgerPrefix: string,
): AsyncGenerator<LedgerLine> {
  for await (const { lines } of readBatches(s3, bucket, ledgerPrefix)) {
    yield* lines.values();
  }
}

/**
 * Yields the batches whose parts are wanted: the lines that count, by their keys, and how many
 * lines each part has.
 */
async function* readBatches(
  s3: S3Client,
  bucket: string,
  ledgerPrefix: string,
  isWanted: (parts: readonly _Object[]) => boolean = () => true,
) {
  const batches = orderedMap(
    groupByBatch(listObjects(s3, bucket, ledgerPrefix)),
    BATCHES_AT_ONCE,
    async (parts) => {
      if (!isWanted(parts)) {
        return undefined;
      }
      const linesOf = new Map<string, number>();
      const written = [...parts].sort(compareLastModified).map(({ Key }) => Key!);
      const lines = await readLines(s3, bucket, written, (part) =>
        linesOf.set(part, (linesOf.get(part) ?? 0) + 1),
      );
      return { parts, lines, linesOf };
    },
  );
  for await (const batch of batches) {
    if (batch) {
      yield batch;
    }
  }
}

/**
 * By key, the younger of two lines. The parts are in the order in which they were written, in which
 * lines of the same time count.
 */
export async function readLines(
  s3: S3Client,
  bucket: string,
  parts: readonly string[],
  onLine?: (part: string) => void,
): Promise<Map<string, LedgerLine>> {
  const lines = new Map<string, LedgerLine>();
  for (const part of parts) {
    for await (const line of readJsonObjectsFrom(s3, bucket, part)) {
      onLine?.(part);
      mergeLine(lines, v.parse(LedgerLine, line));
    }
  }
  return lines;
}
