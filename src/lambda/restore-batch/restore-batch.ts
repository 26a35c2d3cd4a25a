import type { Progress, RestoreEvent } from '../../contract/payloads/batch-payloads';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import type { ListedObject } from '../../contract/payloads/listing';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { BatchHooks } from '../batch/batch-hooks';
import { moveBatch } from '../batch/batch-round';
import type { BatchWorker } from '../batch/batch-worker';
import { getArchivedFacts, isMoved } from '../ledger/merge-lines';
import { getBatchPrefix } from '../ledger/part-keys';
import { chooseVersions, readArchivedVersions, type RecordedVersion, type Restorable } from '../ledger/read-parts';
import { decide, fromHead, fromLedger, toArchivedFacts } from '../move/decide';
import type { MoveContext, MoveResult } from '../move/move-request';
import { BucketClient, type ObjectHead } from '../s3/bucket-client';
import { HEADS_AT_ONCE } from '../s3/object-lookup';
import { orderedMap } from '../s3/ordered-map';
import { toS3Error } from '../s3/s3-error';
import { createKeyFilter } from '../selection/glob';
import { formatKey } from '../text/format';

/** Copies to old keys that are free, on condition of the archived ETag, and deletes nothing. @throws LedgerChanged, SystemicFailure */
export async function restoreBatch(
  worker: Omit<BatchWorker, 'select'>, { parts, BatchInput }: RestoreEvent, milliseconds: number,
): Promise<Progress> {
  const { s3, clock, settings } = worker;
  const end = clock.now() + milliseconds;
  const reports = new BucketClient({ s3, bucket: settings.reportBucket, budget: { clock, deadline: clock.now() + milliseconds / 4 } });
  const recorded = await readArchivedVersions(reports, parts);
  const { progress, run } = BatchInput;
  if (recorded.length === 0) { return { ...progress, finished: true, rounds: progress.rounds + 1 }; }
  const archiveClass = run.dryRun ? settings.storageClass : undefined;
  const { items, select, hooks } = toRestoreItems(recorded, getBatchPrefix(parts[0].key), run.keys, archiveClass);
  const swapped = {
    ...worker,
    settings: {
      ...settings,
      sourceBucket: settings.destinationBucket,
      destinationBucket: settings.sourceBucket,
      conflictPolicy: 'REPORT' as const,
      // The class of each object is in its line.
      storageClass: undefined,
      destinationKeyArn: settings.sourceKeyArn,
      alertMode: undefined,
    },
    select,
  };
  return moveBatch(swapped, { BatchInput, Items: items }, end - clock.now(), hooks);
}

const NO_PROOF = 'the ledger does not prove that what the archive holds is this object';

/** @param origin the prefix of the ledger parts that say that the objects are archived; `globs` of keys to restore are unset for all */
function toRestoreItems(
  recorded: readonly RecordedVersion[], origin: string, globs: readonly string[] | undefined, archiveClass: string | undefined,
): { readonly items: ListedObject[]; readonly select: BatchWorker['select']; readonly hooks: BatchHooks } {
  const recordedOf = new Map<Pick<ListedObject, 'Key'>, Restorable>();
  const items = chooseVersions(recorded).map((chosen) => {
    const { version, line } = chosen;
    const item: ListedObject = {
      Key: version.destination,
      Etag: version.archivedEtag ?? version.etag,
      Size: version.size,
      LastModified: line.modified ?? 0,
      ...archiveClass !== undefined && { StorageClass: archiveClass },
    };
    recordedOf.set(item, chosen);
    return item;
  });
  const get = (item: Pick<ListedObject, 'Key'>) => recordedOf.get(item)!;
  const isWanted = createKeyFilter(globs);
  return {
    items,
    select: (item) => {
      const { version, line: { key } } = get(item);
      return isWanted(key) ? { selected: true, date: version.day, destinationKey: key } : { selected: false, reason: 'not-wanted' };
    },
    hooks: {
      move: { sharesDestinations: false, looksFirst: false, isRecorded: true },
      isKept: true,
      origin,
      toLineKey: (item) => get(item).line.key,
      refuse: (item) => {
        const { isProven, line: { key: destination } } = get(item);
        return isProven ? undefined : { status: 'failed', destination, code: ReasonCode.UNPROVEN_COPY, message: NO_PROOF };
      },
      getStorageClass: (item) => get(item).line.storageClass,
      // What was archived is restored, and nothing else.
      reselect: () => undefined,
      resolveMissing: async (context, outcomes) => {
        const missing = orderedMap(outcomes.listMissing(), HEADS_AT_ONCE, async ({ index, item, status }) => {
          return { index, outcome: await resolveMissing(context, get(item), status) };
        });
        for await (const { index, outcome } of missing) { outcomes.set(index, outcome); }
      },
      findMoved: (context, item) => findRestored(context, get(item)),
      toLine: (line, item) => toRestoreLine(get(item), line),
    },
  };
}

async function findRestored({ destination }: MoveContext, recorded: Restorable): Promise<MoveResult | undefined> {
  const head = await destination.head(recorded.line.key);
  return head && isVersion(head, recorded) ? toRestored(head, recorded) : undefined;
}

/** @param status `source-gone`: the archive holds nothing under the key, `deselected`: it holds something else */
async function resolveMissing(
  { destination }: MoveContext, recorded: Restorable, status: 'source-gone' | 'deselected',
): Promise<MoveResult> {
  const { line, version } = recorded;
  const place = { destination: line.key } as const;
  const archived = formatKey(version.destination);
  try {
    const head = await destination.head(line.key);
    if (head && isVersion(head, recorded)) { return toRestored(head, recorded); }
    if (status === 'deselected') {
      const message = `the archive holds something else under ${archived} than what was archived`;
      return { ...place, status: 'conflicting', code: ReasonCode.ARCHIVED_COPY_CHANGED, message };
    }
    const oldKey = head ? 'holds something else, as far as S3 shows' : 'is free';
    const message = `the archive holds nothing under ${archived}, and the old key ${oldKey}`;
    return { ...place, status: 'failed', code: ReasonCode.ARCHIVED_COPY_MISSING, message };
  } catch (error) {
    const { code, message } = toS3Error(error);
    return { ...place, status: 'failed', code, message };
  }
}

function isVersion(head: ObjectHead, { version }: Restorable): boolean {
  return decide(fromHead(head), fromLedger(version)) === 'same';
}

function toRestored(head: ObjectHead, { line, version }: Restorable): MoveResult {
  const archived = toArchivedFacts(head, { archived: head.VersionId });
  return { status: 'archived', isKept: true, destination: line.key, etag: version.etag, size: version.size, archived };
}

/** The same problems have other names in a restore. */
const CODES: { readonly [code: string]: ReasonCode } = {
  [ReasonCode.DESTINATION_EXISTS]: ReasonCode.OLD_KEY_TAKEN,
  [ReasonCode.SOURCE_CHANGED]: ReasonCode.ARCHIVED_COPY_CHANGED,
  [ReasonCode.ARCHIVED_CLASS]: ReasonCode.ARCHIVED_COPY_IN_GLACIER,
};

function toRestoreLine({ version, line, part }: Restorable, copied: LedgerLine): LedgerLine {
  const { key, modified, storageClass } = line;
  const { destination, etag, size, day } = version;
  const { status, code, at, ms, requests, archivedEtag: restoredEtag } = copied;
  const message = code === ReasonCode.DESTINATION_EXISTS ? 'the old key holds other content' : copied.message;
  const isDone = isMoved(status);
  return {
    v: version.member ? 3 : 2,
    key,
    destination,
    status: isDone ? 'restored' : status,
    origin: part,
    ...code !== undefined && { code: CODES[code] ?? code },
    ...message !== undefined && { message },
    etag,
    size,
    day,
    ...isDone && restoredEtag !== undefined && { restoredEtag },
    at,
    ...ms !== undefined && { ms },
    ...getArchivedFacts(version),
    ...modified !== undefined && etag === line.etag && { modified },
    ...storageClass !== undefined && { storageClass },
    ...requests !== undefined && { requests },
  };
}
