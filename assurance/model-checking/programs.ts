/**
 * A mover runs one of these programs. A program calls the code of src/lambda as the handler does,
 * but the explorer provides the client, the clock and the timer.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RUN_START } from './client';
import { isIndexKey, isPackKey } from './packs';
import { ARCHIVE, type Glacier, REPORTS, SOURCE, type Request } from './s3-model';
import { runBatch } from '../../src/actions/archive/lambda/run-batch';
import type {
  BatchEvent,
  PlannedBatchEvent,
  Progress,
} from '../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { ListedObject, PlannedPart } from '../../src/contract/payloads/listing';
import type { Run } from '../../src/contract/payloads/run';
import type { Settings } from '../../src/contract/payloads/settings';
import { moveBatch } from '../../src/lambda/batch/batch-round';
import type { BatchWorker } from '../../src/lambda/batch/batch-worker';
import { BatchLedger } from '../../src/lambda/ledger/batch-ledger';
import { getArchivedVersions } from '../../src/lambda/ledger/merge-lines';
import { getLedgerBatchPrefix } from '../../src/lambda/ledger/part-keys';
import { copyToArchive, deleteSources } from '../../src/lambda/move/move-object';
import type { MoveResult, MoveContext } from '../../src/lambda/move/move-request';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { reconcileBatch } from '../../src/lambda/report-run/reconcile-batch';
import { BucketClient } from '../../src/lambda/s3/bucket-client';
import { withRetries, type Clock } from '../../src/lambda/s3/retry';
import { toS3Error } from '../../src/lambda/s3/s3-error';
import { withSend } from '../../src/lambda/s3/with-send';
import { ConcurrencyController } from '../../src/lambda/throughput/concurrency-controller';
import { CopyThroughput } from '../../src/lambda/throughput/copy-throughput';
import { RequestCounter } from '../../src/lambda/throughput/request-counter';
import { WriteRates } from '../../src/lambda/throughput/write-rates';

export interface Item {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  /** What the listing has shown of an object in GLACIER. */
  readonly glacier?: Glacier;
}

/** The explorer gives these values to a program. */
export interface Surroundings {
  readonly s3: S3Client;
  readonly clock: Clock;
  /** Runs `start` so that the explorer controls the timers that it sets. */
  readonly withTimers: <T>(start: () => T) => T;
  readonly items: readonly Item[];
  readonly destinationOf: (key: string) => string;
  readonly layout: { readonly flatten: boolean };
  readonly conflictPolicy: 'REPORT' | 'RENAME';
  readonly multipartThreshold: number;
  /** There is no other mover. */
  readonly isAlone: boolean;
  readonly isPacking?: boolean;
  /** The plan has put so many objects into each pack. Default: all of them into one. */
  readonly packObjects?: number;
  /** Its child ends after a round that leaves objects, and FinishBatches goes on. */
  readonly endsUnfinished?: boolean;
  /** The source bucket has Object Lock. */
  readonly sourceLocks: boolean;
  /** How many objects of a batch have their lines in one part of the ledger. */
  readonly partLines?: number;
  /** S3 is asked to restore sources in GLACIER. */
  readonly restoresGlacier: boolean;
}

/**
 * Tells, by key, where each object ended. An object without an entry was not there when the program
 * listed the source.
 */
export type Outcomes = Record<string, MoveResult>;
export type Program = (surroundings: Surroundings) => Promise<Outcomes>;

/** A round is longer than any attempt takes on its clock, which does not advance. */
export const ROUND = 300_000;

function createContext(
  { s3, clock, conflictPolicy, multipartThreshold, sourceLocks }: Surroundings,
  deadline: number,
): MoveContext {
  const options = { s3, budget: { clock, deadline }, signal: new AbortController().signal };
  return {
    source: new BucketClient({ ...options, bucket: SOURCE }),
    destination: new BucketClient({ ...options, bucket: ARCHIVE }),
    sourceLocks,
    conflictPolicy,
    maxCopyBytes: multipartThreshold,
    multipartThreshold,
    runStart: RUN_START,
  };
}

async function moveOne(
  surroundings: Surroundings,
  { key, etag, size }: Item,
  deadline: number,
): Promise<Outcomes> {
  const context = createContext(surroundings, deadline);
  const copied = await copyToArchive(context, {
    key,
    etag,
    size,
    destination: surroundings.destinationOf(key),
  });
  if (copied.status !== 'copied') {
    return { [key]: copied };
  }
  return { [key]: (await deleteSources(context, [{ ...copied, key }]))[0] };
}

/**
 * Copies and deletes the listed object. It stands for an invocation, or for the repetition of an
 * invocation that was given up.
 */
export const move: Program = (surroundings) =>
  moveOne(surroundings, surroundings.items[0], RUN_START + ROUND);

/** Does the same when the time is up: no call is made a second time. */
export const impatientMove: Program = (surroundings) =>
  moveOne(surroundings, surroundings.items[0], RUN_START);

/** Stands for another run of the same date, which lists the source itself. */
export const listAndMove: Program = async (surroundings) => {
  const [{ key }] = surroundings.items;
  const budget = { clock: surroundings.clock, deadline: RUN_START + ROUND };
  const source = new BucketClient({ s3: surroundings.s3, bucket: SOURCE, budget });
  const { Contents } = await source.request((s3) =>
    s3.send(new ListObjectsV2Command({ Bucket: SOURCE, Prefix: key })),
  );
  const found = Contents?.[0];
  return found
    ? moveOne(surroundings, { key, etag: found.ETag!, size: found.Size! }, RUN_START + ROUND)
    : {};
};

/** Fewer than in the code, because each object more multiplies the states. */
const LEAST_OF_A_PACK = 3;

const thread = new AsyncLocalStorage<string>();

/**
 * Starts a program in a thread of its own, also if the explorer or an earlier program left another
 * one as the current one.
 */
export function startThread<T>(start: () => T): T {
  return thread.run('m', start);
}

/**
 * Tells for which object a call is made. `m` stands for the calls that a batch makes for all
 * objects.
 */
export function threadOf({ operation, input: { Bucket, Key, Range } }: Request): string {
  const place = `${Bucket}/${Key}`;
  // A pack reads its members at the same time, and a restore reads them in the pack and puts them
  // at the same time.
  if (operation === 'GetObject' && (Bucket === SOURCE || isPackKey(place) || isIndexKey(place))) {
    return `read ${Key} ${Range ?? ''} `;
  }
  if (operation === 'PutObject' && Bucket === SOURCE) {
    return `put ${Key} `;
  }
  // Several packs are put, and looked at, at the same time.
  if (isPackKey(place) || isIndexKey(place)) {
    return `pack ${/pack-([0-9a-f]+)/.exec(place)![1]} `;
  }
  if (operation === 'PutObject') {
    return 'm';
  }
  return operation === 'DeleteObjects' || Bucket === REPORTS ? 'm' : (thread.getStore() ?? 'm');
}

/** The same where objects are packed: a pack asks for the tags of its members at the same time. */
export function threadOfPacked(request: Request): string {
  const {
    operation,
    input: { Bucket, Key },
  } = request;
  return operation === 'GetObjectTagging' && Bucket === SOURCE ? `tags ${Key} ` : threadOf(request);
}

/**
 * The same where each object has a part of the ledger of its own: it is written, and its source is
 * deleted, while other objects are copied.
 */
export function threadOfPart(request: Request): string {
  const { operation, input } = request;
  if (operation === 'DeleteObjects') {
    const keys = (input.Delete as { Objects: { Key: string }[] }).Objects.map(({ Key }) => Key);
    return `delete ${keys.join(' ')} `;
  }
  const isPart = input.Bucket === REPORTS && input.Key?.startsWith(RUN.ledgerPrefix);
  return isPart ? `${input.Key} ` : threadOf(request);
}

const LOOKS = ['HeadObject', 'GetObjectTagging', 'ListObjectAnnotations'];

/**
 * The same where an earlier run has packed the objects: a restore looks at the old keys of all
 * members at the same time.
 */
export function threadOfMember(request: Request): string {
  const {
    operation,
    input: { Bucket, Key },
  } = request;
  const own = threadOf(request);
  return LOOKS.includes(operation) && Bucket === SOURCE && own === 'm' ? `look ${Key} ` : own;
}

/**
 * Runs a child workflow: it repeats rounds of moveBatch until moveBatch reports that it is
 * finished. The outcomes come from the ledger.
 */
export const batch: Program = async (surroundings) => {
  const problems: Outcomes = {};
  const written = new Map<string, MoveResult>();
  const { items } = surroundings;
  const onProblem = (line: LedgerLine) => {
    problems[line.key] = line as unknown as MoveResult;
  };
  const worker = createWorker(
    { ...surroundings, s3: watchArchived(surroundings.s3, written) },
    onProblem,
  );
  const progress = await runRounds(surroundings, worker);
  const outcomes: Outcomes = {};
  for (const { key } of items) {
    outcomes[key] = problems[key] ?? written.get(key) ?? { status: 'source-gone' };
    // It counts as skipped, and another mover may have written that it is archived.
    if (isRestoring(progress)) {
      outcomes[key] = { status: 'restoring' } as unknown as MoveResult;
    }
  }
  if (surroundings.isPacking && !surroundings.isAlone) {
    forgetPacksOfOthers(outcomes, progress);
  }
  assertCounts(outcomes, progress);
  // Another mover may have changed the ledger since.
  if (surroundings.isAlone) {
    await assertRecorded(surroundings, outcomes);
  }
  return outcomes;
};

/** Runs a child workflow of a map that lists: it ends if its time runs short. */
export const endingBatch: Program = (surroundings) =>
  batch({ ...surroundings, endsUnfinished: true });

/**
 * Runs a child workflow of an archiver that keeps its sources. It has no outcomes: they are those
 * of `batch`, except that the sources stay, which the invariants about a mover that is done do not
 * expect.
 */
export const keepBatch: Program = async (surroundings) => {
  const worker = createWorker(surroundings, () => undefined);
  await runRounds(surroundings, {
    ...worker,
    settings: { ...worker.settings, keepsSources: true },
  });
  return {};
};

/**
 * Runs a child workflow of an archiver that packs small objects, as the plan has put them
 * together.
 */
export const packBatch: Program = (surroundings) => batch({ ...surroundings, isPacking: true });

/**
 * Does the same, but makes one call after the other. Two movers that each work on three objects at
 * the same time have more states than fit into the memory of a machine. Here all orders of the
 * calls of both movers are tried, and only those within one mover are not: `packBatch` has them.
 */
export const packBatchInTurn: Program = (surroundings) => {
  let turn: Promise<unknown> = Promise.resolve();
  const s3 = withSend(surroundings.s3, (command, options) => {
    const answer = turn.then(() => surroundings.s3.send(command as never, options));
    turn = answer.catch(() => undefined);
    return answer;
  });
  return packBatch({ ...surroundings, s3 });
};

export function createWorker(
  surroundings: Surroundings,
  onProblem: BatchWorker['onProblem'],
): BatchWorker {
  const { s3, clock, layout, conflictPolicy, multipartThreshold, isPacking } = surroundings;
  const { sourceLocks, partLines, restoresGlacier, packObjects = Infinity } = surroundings;
  return {
    s3,
    rate: new WriteRates(clock),
    concurrency: new ConcurrencyController(),
    copyThroughput: new CopyThroughput(),
    requests: new RequestCounter(),
    clock,
    settings: {
      sourceBucket: SOURCE,
      destinationBucket: ARCHIVE,
      reportBucket: REPORTS,
      layout,
      conflictPolicy,
      maxRounds: 10,
      ledgerPartLines: partLines,
      multipartThresholdBytes: multipartThreshold,
      destinationPrefix: 'archive/',
      ...(restoresGlacier && {
        glacierSources: { tier: 'Bulk', days: 3, maxObjects: 10, maxBytes: 1_000_000 },
      }),
      ...(isPacking && { packing: { maxObjectSize: 1_000, maxPackSize: 1_000_000 } }),
    } as BatchWorker['settings'],
    select: selectAll(surroundings),
    sourceLocks,
    // With other movers, the deletes take long enough for them to act meanwhile.
    promptDeletes: surroundings.isAlone ? Infinity : -1,
    minPackObjects: Math.min(LEAST_OF_A_PACK, packObjects),
    onProblem,
  };
}

export async function runRounds(
  surroundings: Surroundings,
  worker: BatchWorker,
  run = RUN,
): Promise<Progress> {
  const { items, withTimers, packObjects = Infinity } = surroundings;
  const Items = toItems(items).map((item, i) =>
    worker.settings.packing ? { ...item, Pack: Math.floor(i / packObjects) } : item,
  );
  const moveAt = (clock: Clock) => (event: BatchEvent) =>
    withTimers(() => moveBatch({ ...worker, clock }, event, ROUND));
  if (surroundings.endsUnfinished) {
    return runChildren(surroundings, run, Items, moveAt);
  }
  let progress: Progress = initialProgress();
  while (!progress.finished) {
    progress = await moveAt(worker.clock)({ BatchInput: { run, progress }, Items });
  }
  return progress;
}

/**
 * Step Functions knows what the child of ArchiveObjects has answered. An attempt that dies before
 * is repeated, and one that dies later is that of a child of FinishBatches.
 */
const ANSWER = 'executions/child';

async function runChildren(
  { s3, clock }: Surroundings,
  run: Run,
  Items: ListedObject[],
  moveAt: (clock: Clock) => (event: BatchEvent) => Promise<Progress>,
): Promise<Progress> {
  const start = clock.now();
  const budget = { clock, deadline: Infinity };
  const reports = new BucketClient({ s3, bucket: REPORTS, budget });
  let progress: Progress = initialProgress();
  let part = await readAnswer(reports);
  if (!part) {
    const event: BatchEvent = { BatchInput: { run, progress }, Items, progressFile: 'write' };
    const answer = await runBatch(reports, event, new RequestCounter(), moveAt(clock));
    if (!answer.remaining) {
      return answer;
    }
    part = answer.remaining;
    const input = { Bucket: REPORTS, Key: ANSWER, Body: JSON.stringify(part) };
    await reports.request((client) => client.send(new PutObjectCommand(input)));
  }
  // Each child of FinishBatches starts later than any of ArchiveObjects, and an attempt that is
  // repeated, not earlier than the one before it.
  const began = clock.now();
  const later: Clock = {
    ...clock,
    now: () => start + 10 * ROUND + clock.now() - began,
  };
  while (!progress.finished) {
    const event: PlannedBatchEvent = {
      BatchInput: { run, progress },
      part,
      progressFile: 'read',
    };
    progress = await runBatch(reports, event, new RequestCounter(), moveAt(later));
  }
  return progress;
}

async function readAnswer(reports: BucketClient): Promise<PlannedPart | undefined> {
  try {
    const input = { Bucket: REPORTS, Key: ANSWER };
    const { Body } = await reports.request((s3) => s3.send(new GetObjectCommand(input)));
    return JSON.parse(await Body!.transformToString()) as PlannedPart;
  } catch (error) {
    if (toS3Error(error).kind === 'missing') {
      return undefined;
    }
    throw error;
  }
}

/**
 * Collects what the ledger parts say is archived that go through this client: what it writes,
 * before what it reads. What it wrote once, and then writes without, it has taken back.
 */
function watchArchived(s3: S3Client, archived: Map<string, MoveResult>): S3Client {
  const keysOf = new Map<string, readonly string[]>();
  return withSend(s3, async (command: { input: { Key?: string; Body?: string } }, options) => {
    const answer = (await s3.send(command as never, options)) as { Body?: Buffer[] };
    const isLedger = command.input.Key?.startsWith(RUN.ledgerPrefix) ?? false;
    const text = isLedger ? (command.input.Body ?? answer.Body?.join('') ?? '') : '';
    const lines = parseLines(text);
    if (isLedger && command.input.Body !== undefined) {
      const part = command.input.Key!;
      const keys = lines.map(({ key }) => key);
      const takenBack = (keysOf.get(part) ?? []).filter((key) => !keys.includes(key));
      takenBack.forEach((key) => archived.delete(key));
      keysOf.set(part, keys);
    }
    for (const line of lines) {
      const version = getArchivedVersions(line).at(-1);
      if (!version || (archived.has(line.key) && command.input.Body === undefined)) {
        continue;
      }
      archived.set(line.key, { status: 'archived', ...version });
    }
    return answer;
  });
}

/**
 * The owner may delete an object that another mover has in memory. This one finds neither the
 * object nor a copy beside it, and says skipped. The other one says archived, in a part of the
 * ledger that this one reads again for other objects.
 */
function forgetPacksOfOthers(outcomes: Outcomes, { counts }: Progress): void {
  for (const [key, outcome] of Object.entries(outcomes)) {
    const skipped = Object.values(outcomes).filter((each) => each.status === 'source-gone').length;
    if (skipped < counts.skipped && 'member' in outcome) {
      outcomes[key] = { status: 'source-gone' };
    }
  }
}

/** Runs what ReportRun does for a batch that did not finish. The batch may still run. */
export const reconcile: Program = async (surroundings) => {
  const settings = {
    sourceBucket: SOURCE,
    sourcePrefix: 'in/',
    destinationBucket: ARCHIVE,
    reportBucket: REPORTS,
    layout: surroundings.layout,
    conflictPolicy: surroundings.conflictPolicy,
  } as Settings;
  const event: BatchEvent = {
    BatchInput: { run: RUN, progress: initialProgress() },
    Items: toItems(surroundings.items),
  };
  const { s3, clock } = surroundings;
  const problems: Outcomes = {};
  await reconcileBatch(
    {
      // As the SDK's own retries do in ReportRun.
      s3: withSend(s3, (command) =>
        withRetries({ clock, deadline: RUN_START + ROUND }, () => s3.send(command)),
      ),
      clock,
      settings,
      select: selectAll(surroundings),
      onProblem: (line) => {
        problems[line.key] = line as unknown as MoveResult;
      },
    },
    { event, error: 'Lambda.Unknown' },
  );
  return problems;
};

function selectAll({ items, destinationOf }: Surroundings): BatchWorker['select'] {
  return ({ Key }) => {
    // moveBatch calls this function at the beginning of each object's thread.
    thread.enterWith('abcd'[items.findIndex(({ key }) => key === Key)]);
    return {
      selected: true,
      date: DAY,
      folder: 'archive/',
      destinationKey: destinationOf(Key),
    } as ReturnType<BatchWorker['select']>;
  };
}

function toItems(items: readonly Item[]): ListedObject[] {
  return items.map(({ key, etag, size, glacier }) => ({
    Key: key,
    Etag: etag,
    Size: size,
    LastModified: LISTED,
    ...(glacier && { StorageClass: 'GLACIER' }),
    ...(glacier === 'ongoing' && { RestoredUntil: 'ongoing' as const }),
    ...(glacier === 'readable' && { RestoredUntil: RUN_START / 1_000 + 86_400 }),
  }));
}

export const DAY = '2026-11-24';
/** When the listed objects were written, in epoch seconds: before the run. */
const LISTED = RUN_START / 1_000 - 1;
const RUN: Run = {
  id: 'run',
  startTime: new Date(RUN_START).toISOString(),
  from: '2026-11-24',
  to: '2026-11-24',
  action: 'archive',
  dryRun: false,
  reportPrefix: 'runs/2026-11-25/run/',
  ledgerPrefix: 'runs/ledger/day=2026-11-24/run=run/',
  objectsPerSecond: 1_000,
};

export function parseLines(body: string): LedgerLine[] {
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LedgerLine);
}

function assertCounts(outcomes: Outcomes, { counts }: Progress): void {
  const seen = {
    listed: Object.keys(outcomes).length,
    archived: 0,
    skipped: 0,
    conflicting: 0,
    failed: 0,
  };
  for (const { status } of Object.values(outcomes)) {
    seen[isSkipped(status) ? 'skipped' : (status as 'archived')] += 1;
  }
  if (JSON.stringify(seen) !== JSON.stringify(counts)) {
    throw new Error(
      `the outcomes are ${JSON.stringify(seen)}, the counts say ${JSON.stringify(counts)}`,
    );
  }
}

/** Of a batch with one object: S3 restores it. */
function isRestoring({ skipped }: Progress): boolean {
  return JSON.stringify(skipped).includes('"restoring"');
}

const isSkipped = (status: string) => status === 'source-gone' || status === 'restoring';

async function assertRecorded(
  { items, s3, clock }: Surroundings,
  outcomes: Outcomes,
): Promise<void> {
  const budget = { clock, deadline: RUN_START + ROUND };
  const ledger = new BatchLedger(RUN, getLedgerBatchPrefix(RUN, toItems(items)));
  const { counting: lines } = await ledger.load(new BucketClient({ s3, bucket: REPORTS, budget }));
  for (const [key, { status }] of Object.entries(outcomes)) {
    const said = lines.get(key)?.status ?? 'source-gone';
    if (said !== status) {
      throw new Error(`the outcome of ${key} is ${status}, the ledger says ${said}`);
    }
  }
}
