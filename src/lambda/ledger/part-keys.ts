/**
 * The keys of ledgers. A ledger has a folder for its day, in it one for its run, in it a prefix for
 * each batch, and below that a part for each round. Nothing else lies there: Athena's table has
 * days as partitions.
 */
import type { _Object } from '@aws-sdk/client-s3';
import type { PartVersion } from '../../contract/payloads/batch-payloads';
import type { ListedObject } from '../../contract/payloads/listing';
import type { Run } from '../../contract/payloads/run';
import { LEDGER_FOLDER } from '../../contract/report-places';
import { encode } from '../text/escape';
import { sha256 } from '../text/hash';

/**
 * A dry run is apart from the days: the table never says archived where it only would be. `day` is
 * the last one of the run.
 */
export function toLedgerPrefix(
  reportPrefix: string,
  day: string,
  folder: string,
  isDryRun: boolean,
): string {
  return `${reportPrefix}${LEDGER_FOLDER}${isDryRun ? 'dry-run/' : ''}day=${day}/run=${encode(folder)}/`;
}

export function getBatchPrefix(partKey: string): string {
  return partKey.slice(0, partKey.lastIndexOf('-') + 1);
}

/** A listed part of a ledger, or index of packs, as the plan of a run names it. */
export function toPartVersion({ Key, ETag, Size }: _Object): PartVersion {
  return { key: Key!, etag: ETag!, size: Size! };
}

/** Lines of the same time count in the order in which their parts were written. */
export function compareLastModified(a: _Object, b: _Object): number {
  return a.LastModified!.getTime() - b.LastModified!.getTime();
}

/**
 * Divides a listing into the parts of each batch. They come in a row, because their keys start with
 * its id.
 */
export async function* groupByBatch(
  listed: AsyncIterable<_Object> | Iterable<_Object>,
): AsyncGenerator<_Object[]> {
  let parts: _Object[] = [];
  for await (const part of listed) {
    if (parts.length > 0 && getBatchPrefix(part.Key!) !== getBatchPrefix(parts[0].Key!)) {
      yield parts;
      parts = [];
    }
    parts.push(part);
  }
  if (parts.length > 0) {
    yield parts;
  }
}

/**
 * `origin`, the batch of another ledger, tells batches with the same objects apart. Default: the
 * first object names the batch.
 */
export function getLedgerBatchPrefix(
  run: Pick<Run, 'ledgerPrefix'>,
  items: readonly Pick<ListedObject, 'Key'>[],
  origin?: string,
): string {
  return `${run.ledgerPrefix}${sha256(origin ?? items[0].Key).slice(0, 16)}-`;
}

/**
 * The largest number of lines in a part. Batches that a function has planned may have more objects.
 */
export const MAX_PART_LINES = 1_000;

/**
 * The keys of all parts that a round may write: each for the next `partLines` objects of the batch.
 * They depend only on the batch, the number of rounds before, and the place of the object in the
 * batch, so a repeated round writes to its own parts, however far it gets.
 */
export function toLedgerPartKeys(
  run: Run,
  items: readonly ListedObject[],
  round: number,
  { partLines = MAX_PART_LINES, origin }: { partLines?: number; origin?: string } = {},
): string[] {
  const name = `${getLedgerBatchPrefix(run, items, origin)}${padIndex(round)}`;
  return Array.from(
    { length: Math.ceil(items.length / partLines) },
    (_, portion) => `${name}${portion > 0 ? `.${portion}` : ''}.jsonl`,
  );
}

/**
 * The key of a part of a verification's own ledger, which a round that is repeated writes again.
 */
export function toVerifiedPartKey(run: Run, parts: readonly PartVersion[], from: number): string {
  return `${run.ledgerPrefix}${sha256(parts.map(({ key }) => key).join('\n')).slice(0, 16)}-${padIndex(from)}.jsonl`;
}

const padIndex = (index: number) => String(index).padStart(6, '0');
