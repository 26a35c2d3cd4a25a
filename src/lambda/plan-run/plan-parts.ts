import type { _Object, S3Client } from '@aws-sdk/client-s3';
import type { ComparedVersions } from './latest-versions';
import type { LedgerCheck } from './ledger-check';
import { PACKS_FOLDER } from '../../contract/packs';
import type { PartsItem, PartVersion } from '../../contract/payloads/batch-payloads';
import type { Window } from '../../dates/date-window';
import { groupByBatch, toPartVersion } from '../ledger/part-keys';
import { LinesFile } from '../plan/lines-file';
import { getKeyBefore } from '../s3/listing/compare-keys';
import { listPage } from '../s3/listing/list-page';
import { forEachAtOnce } from '../s3/ordered-map';
import { listObjects } from '../s3/read-objects';

interface Place {
  readonly bucket: string;
  readonly prefix: string;
}

export interface PlannedLedger {
  readonly prefix: string;
  /**
   * How much a child gets, unless one batch of the ledger has more. With no bytes, each child gets
   * the parts of one batch.
   */
  readonly bytes: number;
  readonly isShared?: boolean;
  readonly check?: LedgerCheck;
  /** The result of comparing versions of the same key in all ledgers that the run reads. */
  readonly compared?: ComparedVersions;
}

/** A child's input has at most 256 KiB, and a key up to 1,024 bytes. */
const MAX_PARTS = 150;
const LEDGERS_AT_ONCE = 8;
/** The names of parts begin with a hash, so each of these digits begins a sixteenth of them. */
const DIGITS = [...'0123456789abcdef'];

/**
 * One listing of a million parts would take longer than the function has, so a long one is split by
 * the first character of the names.
 */
export async function writePartsFile(
  s3: S3Client,
  bucket: string,
  key: string,
  ledgers: readonly PlannedLedger[],
): Promise<void> {
  await LinesFile.write(s3, bucket, key, async (file) => {
    let isEmpty = true;
    await forEachAtOnce(ledgers, LEDGERS_AT_ONCE, (ledger) =>
      planLedger(s3, bucket, ledger, (item) => {
        isEmpty = false;
        return file.add(item);
      }),
    );
    // AWS does not document what a map does with an empty file. Only AWS can tell: empty-file.
    if (isEmpty) {
      await file.add({ parts: [] } satisfies PartsItem);
    }
  });
}

const INDEX_NAME = /\/day=(\d{4}-\d{2}-\d{2})\/pack-[0-9a-f]{16}\.jsonl\.gz$/;

/** Lists the indexes of the packs of some days, whose keys are in the order of the days. */
export async function listPackIndexes(
  s3: S3Client,
  { bucket, prefix }: Place,
  { from, to }: Window,
): Promise<PartVersion[]> {
  const folder = `${prefix}${PACKS_FOLDER}`;
  // A server that has folders, as SeaweedFS, leaves out the folder after whose name it is to start.
  // So it gets the name of an earlier day.
  const startAfter = from === null ? undefined : getKeyBefore(`${folder}day=${from}`);
  const found: PartVersion[] = [];
  for await (const index of listObjects(s3, bucket, folder, startAfter)) {
    const [, day] = INDEX_NAME.exec(index.Key!) ?? [];
    if (day !== undefined && day > to) {
      break;
    }
    if (day !== undefined && day >= (from ?? '')) {
      found.push(toPartVersion(index));
    }
  }
  return found;
}

/** Each child gets one of the items, of which there is at least one. */
export async function writeItems(
  s3: S3Client,
  bucket: string,
  key: string,
  items: readonly PartVersion[],
): Promise<void> {
  await LinesFile.write(s3, bucket, key, async (file) => {
    for (const item of items) {
      await file.add({ parts: [item] } satisfies PartsItem);
    }
  });
}

type Add = (item: PartsItem) => Promise<void>;

async function planLedger(
  s3: S3Client,
  bucket: string,
  ledger: PlannedLedger,
  add: Add,
): Promise<void> {
  const { prefix } = ledger;
  const page = await listPage(s3, { Bucket: bucket, Prefix: prefix });
  if (!page.IsTruncated) {
    return addItems(page.Contents ?? [], ledger, add);
  }
  await Promise.all(
    DIGITS.map((digit) => addItems(listObjects(s3, bucket, `${prefix}${digit}`), ledger, add)),
  );
}

async function addItems(
  listed: AsyncIterable<_Object> | Iterable<_Object>,
  { bytes, isShared, check, compared }: PlannedLedger,
  add: Add,
): Promise<void> {
  let parts: PartVersion[] = [];
  for await (const listedBatch of groupByBatch(listed)) {
    const listedParts = listedBatch.map((part) => ({
      ...toPartVersion(part),
      ...(isShared && { shared: true as const }),
    }));
    check?.add(listedParts);
    const batch = compared?.mark(listedParts) ?? listedParts;
    const sum = [...parts, ...batch].reduce((total, { size }) => total + size, 0);
    if (parts.length > 0 && (sum > bytes || parts.length + batch.length > MAX_PARTS)) {
      await add({ parts });
      parts = [];
    }
    parts.push(...batch);
  }
  if (parts.length > 0) {
    await add({ parts });
  }
}
