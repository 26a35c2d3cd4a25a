/**
 * Finds the archived copies that no other line needs, for a person who wants each object in one
 * place only. The archiver deletes none.
 */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { partition, toHash } from '../count-restored';
import { REMOVE_COPIES_SCRIPT } from './remove-copies-script';
import { MAX_KEYS_PER_DELETE } from '../../../../contract/batches';
import { splitInto } from '../../../../contract/group-by';
import type { Run } from '../../../../contract/payloads/run';
import { COPIES_FOLDER, LEDGER_FOLDER, toReportRoot } from '../../../../contract/report-places';
import { getBatchPrefix } from '../../../../lambda/ledger/part-keys';
import { readLedger } from '../../../../lambda/ledger/read-ledger';
import { fitsDeleteObjects } from '../../../../lambda/move/delete-sources';
import type { ReportContext } from '../../../../lambda/report-run/report-context';
import { compareKeys } from '../../../../lambda/s3/listing/compare-keys';
import { orderedMap } from '../../../../lambda/s3/ordered-map';
import { listObjects, readJsonObjectsFrom } from '../../../../lambda/s3/read-objects';
import { toAsciiJson } from '../../../../lambda/text/escape';

/** The archived copies of what a run restored. */
export interface Copies {
  /** The days of the restored objects. */
  readonly days: { readonly from: string; readonly to: string };
  /**
   * False: ledgers lack lines, or there was no time to read all of them, so it is not known which
   * copies are removable.
   */
  readonly complete: boolean;
  /** Nothing else needs them. */
  readonly removable: number;
  /** The total size of these copies. */
  readonly bytes: number;
  /** Another key or another run needs them. */
  readonly needed: number;
  /** A DeleteObjects request cannot carry their keys. */
  readonly unnameable: number;
  /** The key of the program that removes the removable ones. Unset: there is none. */
  readonly script?: string;
}

interface Copy {
  readonly etag: string;
  readonly size: number;
  /** The old keys that have its content again, and the ETags there. */
  readonly restored: Map<string, string>;
  readonly lines: Set<string>;
}

const NamingLine = v.object({
  key: v.string(),
  destination: v.string(),
  status: v.string(),
  earlier: v.optional(v.array(v.object({ destination: v.string() })), []),
});

const PARTS_AT_ONCE = 8;

/** The function has 15 minutes, and its report is more important. */
const MAX_MILLISECONDS = 300_000;

/**
 * The run restored at least one object.
 * @param isWhole false: a line that needs a copy may be missing
 */
export async function writeRemovableCopies(
  context: ReportContext,
  run: Run,
  restored: number,
  isWhole = true,
): Promise<Copies> {
  const {
    s3,
    clock,
    settings: { reportBucket: bucket, destinationBucket, sourceBucket },
  } = context;
  const deadline = clock.now() + MAX_MILLISECONDS;
  const folder = `${run.reportPrefix}${COPIES_FOLDER}`;
  const days = { from: '9999-12-31', to: '0000-01-01' };
  const result = {
    days,
    complete: true,
    removable: 0,
    bytes: 0,
    needed: 0,
    unnameable: 0,
  };
  const put = (Key: string, Body: string, ContentType: string) =>
    s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType }));
  const files: string[] = [];
  for (const isIncluded of partition(restored)) {
    const copies = await readCopies(context, run, isIncluded, days);
    const needed = isWhole ? await findNeeded(context, run, copies, deadline) : undefined;
    if (!needed) {
      return { ...result, complete: false, removable: 0, bytes: 0 };
    }
    result.needed += needed.size;
    for (const destination of needed) {
      copies.delete(destination);
    }
    const removable = [...copies].filter(([destination]) => fitsDeleteObjects(destination));
    result.unnameable += copies.size - removable.length;
    result.removable += removable.length;
    result.bytes += removable.reduce((sum, [, { size }]) => sum + size, 0);
    // In the order of the old keys, so that the program lists a short range of them for each file.
    const entries = removable
      .map(([key, copy]) => ({ key, etag: copy.etag, restored: [...copy.restored] }))
      .sort((a, b) => compareKeys(a.restored[0][0], b.restored[0][0]));
    for (const some of splitInto(entries, MAX_KEYS_PER_DELETE)) {
      const name = `${String(files.length).padStart(4, '0')}.json`;
      await put(`${folder}${name}`, toAsciiJson(some), 'application/json');
      files.push(name);
    }
  }
  if (files.length === 0) {
    return result;
  }
  const script = `${folder}remove-copies.py`;
  const settings = {
    files: files.map((name) => `s3://${bucket}/${folder}${name}`),
    archive: destinationBucket,
    source: sourceBucket,
  };
  await put(
    script,
    REMOVE_COPIES_SCRIPT.replace('SETTINGS = {}', `SETTINGS = ${toAsciiJson(settings)}`),
    'text/x-python',
  );
  return { ...result, script };
}

async function readCopies(
  { s3, settings }: ReportContext,
  run: Run,
  isIncluded: (hash: string) => boolean,
  days: { from: string; to: string },
): Promise<Map<string, Copy>> {
  const copies = new Map<string, Copy>();
  for await (const line of readLedger(s3, settings.reportBucket, run.ledgerPrefix)) {
    const { status, key, destination, origin, archivedEtag, restoredEtag, size, day, member } =
      line;
    if (status !== 'restored') {
      continue;
    }
    if (day < days.from) {
      days.from = day;
    }
    if (day > days.to) {
      days.to = day;
    }
    // The pack stays, because it also holds members that were not restored.
    if (member) {
      continue;
    }
    if (!archivedEtag || !restoredEtag || !origin || !isIncluded(toHash(destination))) {
      continue;
    }
    const copy = copies.get(destination) ?? {
      etag: archivedEtag,
      size,
      restored: new Map<string, string>(),
      lines: new Set<string>(),
    };
    copy.restored.set(key, restoredEtag);
    copy.lines.add(toLineName(origin, key));
    copies.set(destination, copy);
  }
  return copies;
}

/**
 * Finds those of the copies that a line needs which this run has not restored. Undefined if there
 * is no time to read all ledgers.
 */
async function findNeeded(
  { s3, clock, settings: { reportBucket: bucket } }: ReportContext,
  run: Run,
  copies: ReadonlyMap<string, Copy>,
  deadline: number,
): Promise<Set<string> | undefined> {
  const needed = new Set<string>();
  const ledgers = `${toReportRoot(run.reportPrefix)}${LEDGER_FOLDER}`;
  const read = async (part: string) => {
    if (part.startsWith(`${ledgers}dry-run/`)) {
      return true;
    }
    if (clock.now() > deadline) {
      return false;
    }
    for await (const record of readJsonObjectsFrom(s3, bucket, part)) {
      const { key, status, destination: own, earlier } = v.parse(NamingLine, record);
      // Lines of restores and verifications rely on no copy.
      for (const { destination } of status === 'archived'
        ? [{ destination: own }, ...earlier]
        : earlier) {
        const copy = copies.get(destination);
        if (copy && !copy.lines.has(toLineName(part, key))) {
          needed.add(destination);
        }
      }
    }
    return true;
  };
  for await (const isRead of orderedMap(
    listObjects(s3, bucket, ledgers),
    PARTS_AT_ONCE,
    ({ Key }) => read(Key!),
  )) {
    if (!isRead) {
      return undefined;
    }
  }
  return needed;
}

/** All parts of a batch together have one line that counts. */
function toLineName(part: string, key: string): string {
  return JSON.stringify([getBatchPrefix(part), key]);
}
