import { getTarget, readsPacks } from '../../../contract/actions';
import type {
  PartVersion,
  Progress,
  RestoreEvent,
} from '../../../contract/payloads/batch-payloads';
import type { LedgerLine } from '../../../contract/payloads/ledger-line';
import type { ListedObject } from '../../../contract/payloads/listing';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import type { Run } from '../../../contract/payloads/run';
import { getExtractedPrefix } from '../../../contract/report-places';
import { markVersions, Packs } from '../../../features/packing/lambda/unpack/packs-of-batch';
import type { BatchHooks } from '../../../lambda/batch/batch-hooks';
import type { BatchOutcomes } from '../../../lambda/batch/batch-outcomes';
import { moveBatch } from '../../../lambda/batch/batch-round';
import type { BatchWorker } from '../../../lambda/batch/batch-worker';
import { createGiven } from '../../../lambda/batch/given';
import { getArchivedFacts, isMoved } from '../../../lambda/ledger/merge-lines';
import { getBatchPrefix } from '../../../lambda/ledger/part-keys';
import {
  chooseVersions,
  readArchivedVersions,
  type Restorable,
} from '../../../lambda/ledger/read-parts';
import { decide, fromHead, ofObject, toArchivedFacts } from '../../../lambda/move/decide';
import type { MoveContext, MoveResult } from '../../../lambda/move/move-request';
import { addRequests } from '../../../lambda/pricing/requests';
import { BucketClient } from '../../../lambda/s3/bucket-client';
import { HEADS_AT_ONCE } from '../../../lambda/s3/object-lookup';
import { orderedMap } from '../../../lambda/s3/ordered-map';
import { toS3Error } from '../../../lambda/s3/s3-error';
import { createRestoreFilter } from '../../../lambda/selection/restore-filter';
import { formatKey } from '../../../lambda/text/format';

/**
 * Copies to old keys that are free, on condition of the archived ETag, and deletes nothing. Members
 * of packs can also go to a folder of the reports.
 * @throws LedgerChanged,
 * SystemicFailure
 */
export async function restoreBatch(
  worker: Omit<BatchWorker, 'select'>,
  { parts, BatchInput }: RestoreEvent,
  milliseconds: number,
): Promise<Progress> {
  const { s3, clock, settings } = worker;
  const end = clock.now() + milliseconds;
  const reports = new BucketClient({
    s3,
    bucket: settings.reportBucket,
    budget: { clock, deadline: clock.now() + milliseconds / 4 },
  });
  const { progress, run } = BatchInput;
  const isForReports = getTarget(run) === 'reports';
  const packs = new Packs(settings);
  const recorded = await readRecorded(reports, parts, run, settings, packs);
  if (recorded.length === 0) {
    return {
      ...progress,
      finished: true,
      rounds: progress.rounds + 1,
      requests: addRequests(worker.requests.take(), progress.requests),
    };
  }
  const { items, select, hooks } = toRestoreItems(recorded, parts[0].key, run, settings, packs);
  const swapped = {
    ...worker,
    settings: {
      ...settings,
      sourceBucket: settings.destinationBucket,
      destinationBucket: isForReports ? settings.reportBucket : settings.sourceBucket,
      conflictPolicy: 'REPORT' as const,
      // The class of each object is in its line.
      storageClass: undefined,
      destinationKeyArn: isForReports ? undefined : settings.sourceKeyArn,
      alertMode: undefined,
    },
    select,
  };
  return moveBatch(swapped, { BatchInput, Items: items }, end - clock.now(), hooks);
}

/** The archived versions that the parts record, and those that the run may restore. */
async function readRecorded(
  reports: BucketClient,
  parts: readonly PartVersion[],
  run: Run,
  { destinationBucket }: Pick<BatchWorker['settings'], 'destinationBucket'>,
  packs: Packs,
): Promise<readonly Restorable[]> {
  if (readsPacks(run)) {
    const archive = reports.of(destinationBucket);
    const read = await Promise.all(parts.map((part) => packs.readIndex(archive, part)));
    const isWanted = createRestoreFilter(run);
    // The run does not restore it, and it counts as skipped once.
    return read
      .flat()
      .filter(({ isRepeated, version, line: { key } }) => !isRepeated || isWanted(key, version));
  }
  const chosen = chooseVersions(await readArchivedVersions(reports, parts));
  return markVersions(chosen, parts[0] ?? {});
}

/** The statuses, names and codes for one target of a restore. */
interface Target {
  readonly status: 'restored' | 'extracted';
  /** In messages. */
  readonly name: string;
  /** The same problems have other names in a restore than in a move, whose codes are the keys. */
  readonly codes: { readonly [code: string]: ReasonCode };
  toKey(key: string): string;
}

const CODES = {
  [ReasonCode.SOURCE_CHANGED]: ReasonCode.ARCHIVED_COPY_CHANGED,
  [ReasonCode.ARCHIVED_CLASS]: ReasonCode.ARCHIVED_COPY_IN_GLACIER,
};

const OLD_KEYS: Target = {
  status: 'restored',
  name: 'the old key',
  codes: { ...CODES, [ReasonCode.DESTINATION_EXISTS]: ReasonCode.OLD_KEY_TAKEN },
  toKey: (key) => key,
};

function toReports(run: Run): Target {
  const prefix = getExtractedPrefix(run.reportPrefix);
  return {
    status: 'extracted',
    name: 'its key in the reports',
    codes: CODES,
    toKey: (key) => `${prefix}${key}`,
  };
}

interface RestoreItems {
  readonly items: ListedObject[];
  readonly select: BatchWorker['select'];
  readonly hooks: BatchHooks;
}

type GetRecorded = (item: Pick<ListedObject, 'Key'>) => Restorable;

/** @param part the first of the files that say that the objects are archived */
function toRestoreItems(
  recorded: readonly Restorable[],
  part: string,
  run: Run,
  settings: BatchWorker['settings'],
  packs: Packs,
): RestoreItems {
  const { storageClass } = settings;
  const given = createGiven(settings, 'takeOff');
  const archiveClass = run.dryRun ? (storageClass ?? 'STANDARD') : undefined;
  const target = getTarget(run) === 'reports' ? toReports(run) : OLD_KEYS;
  const items = recorded.map((each) => toItem(each, run.dryRun ? storageClass : undefined));
  const recordedOf = new Map(items.map((item, index) => [item, recorded[index]]));
  const get: GetRecorded = (item) => recordedOf.get(item as ListedObject)!;
  return {
    items,
    select: createRestoreSelector(run, target, get),
    hooks: {
      move: { sharesDestinations: false, looksFirst: false, isRecorded: true, given },
      isKept: true,
      origin: readsPacks(run) ? part : getBatchPrefix(part),
      toLineKey: (item) => get(item).line.key,
      refuse: (item) => refuse(get(item), target),
      // A copy in the report bucket is read only once or twice, and soon.
      getStorageClass: (item) => (target === OLD_KEYS ? get(item).line.storageClass : undefined),
      // A restore copies only the archived version.
      reselect: () => undefined,
      copy: (context, item, request) => packs.restore(context, request, get(item), archiveClass),
      resolveMissing: (context, outcomes) => resolveAllMissing(context, outcomes, target, get),
      findMoved: async (context, item) => (await lookAtTarget(context, get(item), target)).restored,
      toLine: (line, item) => toRestoreLine(get(item), target, line),
    },
  };
}

function toItem({ version, line }: Restorable, archiveClass: string | undefined): ListedObject {
  return {
    Key: version.destination,
    Etag: version.archivedEtag ?? version.etag,
    Size: version.size,
    LastModified: line.modified ?? 0,
    ...(archiveClass !== undefined && { StorageClass: archiveClass }),
  };
}

function createRestoreSelector(run: Run, target: Target, get: GetRecorded): BatchWorker['select'] {
  const isWanted = createRestoreFilter(run);
  return (item) => {
    const {
      version,
      line: { key },
    } = get(item);
    return isWanted(key, version)
      ? { selected: true, date: version.day, destinationKey: target.toKey(key) }
      : { selected: false, reason: 'not-wanted' };
  };
}

const NO_PROOF = 'the ledger does not prove that what the archive holds is this object';
const REPLACED =
  'a later run archived other content under this key, and this run takes that: to get this one, ' +
  'name its run in place of days';

function refuse(
  { isProven, isReplaced, line }: Restorable,
  target: Target,
): MoveResult | undefined {
  const destination = target.toKey(line.key);
  if (isReplaced) {
    return {
      status: 'conflicting',
      destination,
      code: ReasonCode.LATER_VERSION,
      message: REPLACED,
    };
  }
  return isProven
    ? undefined
    : { status: 'failed', destination, code: ReasonCode.UNPROVEN_COPY, message: NO_PROOF };
}

async function resolveAllMissing(
  context: MoveContext,
  outcomes: BatchOutcomes,
  target: Target,
  get: GetRecorded,
): Promise<void> {
  const missing = orderedMap(
    outcomes.listMissing(),
    HEADS_AT_ONCE,
    async ({ index, item, status }) => {
      return { index, outcome: await resolveMissing(context, get(item), target, status) };
    },
  );
  for await (const { index, outcome } of missing) {
    outcomes.set(index, outcome);
  }
}

async function lookAtTarget(
  { destination }: MoveContext,
  { version, line }: Restorable,
  target: Target,
): Promise<{ readonly isTaken: boolean; readonly restored?: MoveResult }> {
  const key = target.toKey(line.key);
  const head = await destination.head(key);
  if (!head || decide(fromHead(head), ofObject(version)) !== 'same') {
    return { isTaken: head !== undefined };
  }
  const archived = toArchivedFacts(head, { archived: head.VersionId });
  return {
    isTaken: true,
    restored: {
      status: 'archived',
      isKept: true,
      destination: key,
      etag: version.etag,
      size: version.size,
      archived,
    },
  };
}

/**
 * @param status `source-gone`: the archive holds nothing under the key, `deselected`: it holds
 * something else
 */
async function resolveMissing(
  context: MoveContext,
  recorded: Restorable,
  target: Target,
  status: 'source-gone' | 'deselected',
): Promise<MoveResult> {
  const place = { destination: target.toKey(recorded.line.key) } as const;
  const archived = formatKey(recorded.version.destination);
  try {
    const { isTaken, restored } = await lookAtTarget(context, recorded, target);
    if (restored) {
      return restored;
    }
    if (status === 'deselected') {
      const message = `the archive holds another object under ${archived} than the one that was archived`;
      return { ...place, status: 'conflicting', code: ReasonCode.ARCHIVED_COPY_CHANGED, message };
    }
    const oldKey = isTaken ? 'holds something else, as far as S3 shows' : 'is free';
    const message = `the archive holds nothing under ${archived}, and ${target.name} ${oldKey}`;
    return { ...place, status: 'failed', code: ReasonCode.ARCHIVED_COPY_MISSING, message };
  } catch (error) {
    const { code, message } = toS3Error(error);
    return { ...place, status: 'failed', code, message };
  }
}

function toRestoreLine(
  { version, line, part, notes }: Restorable,
  { name, codes, status: done }: Target,
  copied: LedgerLine,
): LedgerLine {
  const { key, modified, storageClass } = line;
  const { destination, etag, size, day } = version;
  const { status, code, at, ms, requests, archivedEtag: restoredEtag } = copied;
  const message =
    code === ReasonCode.DESTINATION_EXISTS ? `${name} holds other content` : copied.message;
  const isDone = isMoved(status);
  return {
    v: version.member ? 3 : 2,
    key,
    destination,
    status: isDone ? done : status,
    origin: part,
    ...(code !== undefined && { code: codes[code] ?? code }),
    ...(message !== undefined && { message }),
    etag,
    size,
    day,
    ...(done === 'restored' && isDone && restoredEtag !== undefined && { restoredEtag }),
    at,
    ...(ms !== undefined && { ms }),
    ...getArchivedFacts(version),
    ...(modified !== undefined && etag === line.etag && { modified }),
    ...(storageClass !== undefined && { storageClass }),
    ...(requests !== undefined && { requests }),
    ...(notes !== undefined && { notes }),
  };
}
