/**
 * These programs stand for whole runs that share an archive: PlanRun, the children of the map, and
 * ReportRun. Two archivers, or one before and after a deployment, differ in where they report.
 */
import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { RUN_START } from './client';
import {
  createWorker,
  DAY,
  parseLines,
  ROUND,
  runRounds,
  type Item,
  type Outcomes,
  type Program,
  type Surroundings,
} from './programs';
import { ARCHIVE, REPORTS, SOURCE } from './s3-model';
import { restoreBatch } from '../../src/actions/restore/lambda/restore-batch';
import { writePlannedLedgers } from '../../src/actions/verify/lambda/planned-ledgers';
import { reportVerification } from '../../src/actions/verify/lambda/report-verification';
import { findVerifiedRuns, sumLacking } from '../../src/actions/verify/lambda/verified-runs';
import { verifyBatch } from '../../src/actions/verify/lambda/verify-batch';
import type {
  PartVersion,
  Progress,
  VerifyProgress,
} from '../../src/contract/payloads/batch-payloads';
import type { LedgerLine } from '../../src/contract/payloads/ledger-line';
import type { Run } from '../../src/contract/payloads/run';
import type { Settings } from '../../src/contract/payloads/settings';
import { BALANCED_PARTS_NAME, REPORT_NAME } from '../../src/contract/report-places';
import { toLedgerPartKeys } from '../../src/lambda/ledger/part-keys';
import { type ClaimedRun, toClaimKey } from '../../src/lambda/ledger/run-claims';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { reportRun } from '../../src/lambda/report-run/report-run';
import { listObjects } from '../../src/lambda/s3/read-objects';
import { withRetries } from '../../src/lambda/s3/retry';
import { withSend } from '../../src/lambda/s3/with-send';
import { toJsonLines } from '../../src/lambda/text/json';

const ROOT = 'runs/';
const ARCHIVER = 'archiver';

function toRun(id: string, more: Partial<Run> = {}, root = ROOT): Run {
  return {
    id,
    startTime: new Date(RUN_START).toISOString(),
    from: DAY,
    to: DAY,
    action: 'archive',
    dryRun: false,
    objectsPerSecond: 1_000,
    maxConcurrency: 1,
    reportPrefix: `${root}2026-11-25/${id}/`,
    ledgerPrefix: `${root}ledger/day=${DAY}/run=${id}/`,
    ...more,
  };
}

const toArn = ({ id }: Run) => `arn:aws:states:eu-west-1:111122223333:execution:${ARCHIVER}:${id}`;

/** Its ledger is what a restore and a verification read. */
export const NIGHTLY = toRun('nightly');
const AGAIN = toRun('again');
export const RESTORE = toRun('restore', { action: 'restore' });
export const VERIFY = toRun('verify', { action: 'verify' });

/** Step Functions knows that the run has ended. */
const ENDED = `executions/${toArn(NIGHTLY)}`;
export const REPORT = `${NIGHTLY.reportPrefix}${REPORT_NAME}`;

function toClaim(run: Run): ClaimedRun {
  const { id, startTime, from, to, dryRun, action, ledgerPrefix } = run;
  const place = { bucket: 'any', prefix: '' };
  const places = { source: place, destination: place };
  return {
    archiver: ARCHIVER,
    executionArn: toArn(run),
    startTime,
    action,
    dryRun,
    from,
    to,
    ...places,
    name: id,
    day: to,
    ledgerPrefix,
  };
}

/** What PlanRun writes for each run before anything else. */
const CLAIMS = [NIGHTLY, AGAIN, RESTORE, VERIFY].map(
  (run) => [toClaimKey(ROOT, run.ledgerPrefix), JSON.stringify(toClaim(run))] as const,
);

/**
 * What an earlier run has left: the claims of all runs, and its ledger and its report, if it has
 * ended. Each line has a part, except for those of a pack.
 */
export function toFiles(
  lines: readonly LedgerLine[],
  lacks?: 'part' | 'list' | 'report',
  isRestoredElsewhere?: boolean,
): (readonly [key: string, text: string])[] {
  if (lines.length === 0) {
    return [...CLAIMS];
  }
  const batches = lines[0].member ? [lines] : lines.map((line) => [line]);
  const parts = batches.map(
    (batch) =>
      [
        toLedgerPartKeys(NIGHTLY, [{ Key: batch[0].key }] as never, 0)[0],
        toJsonLines(batch),
      ] as const,
  );
  const key = `${NIGHTLY.reportPrefix}${BALANCED_PARTS_NAME}`;
  const list = parts.map(([part, text]) => ({
    name: part.slice(NIGHTLY.ledgerPrefix.length),
    etag: `"${createHash('md5').update(text).digest('hex')}"`,
    lines: parseLines(text).length,
  }));
  const report = {
    run: { executionArn: toArn(NIGHTLY) },
    ledger: { balanced: { key, parts: parts.length, lines: lines.length } },
  };
  return [
    ...CLAIMS,
    ...(lacks === 'part' ? parts.slice(1) : parts),
    ...(lacks === 'list' ? [] : [[key, toJsonLines(list)] as const]),
    ...(lacks === 'report' ? [] : [[REPORT, JSON.stringify(report)] as const]),
    [ENDED, 'ended'],
    ...(isRestoredElsewhere ? [toOtherRestore(lines[0])] : []),
  ];
}

/** A restore of the ledger of another run, which has the same object. */
function toOtherRestore(line: LedgerLine): readonly [key: string, text: string] {
  const origin = `${AGAIN.ledgerPrefix}0-0.jsonl`;
  return [
    `${RESTORE.ledgerPrefix}0-0.jsonl`,
    toJsonLines([{ ...line, status: 'restored', origin, restoredEtag: line.etag }]),
  ];
}

/** Archives what it finds at the source, at any time. */
export const archiveRun: Program = (surroundings) => archive(surroundings, AGAIN);

/**
 * The same of an archiver that has another report prefix, as after a deployment that changes it. It
 * knows nothing of the others.
 */
export const archiveElsewhere: Program = (surroundings) =>
  archive(surroundings, toRun('again', {}, 'other/'));

async function archive(surroundings: Surroundings, run: Run): Promise<Outcomes> {
  const s3 = withRetriesOfSdk(surroundings);
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: SOURCE, Prefix: 'in/' }),
  );
  const items = Contents.map(({ Key, ETag, Size }): Item => ({
    key: Key!,
    etag: ETag!,
    size: Size!,
  }));
  if (items.length > 0) {
    await runRounds(
      { ...surroundings, items },
      createWorker(surroundings, () => undefined),
      run,
    );
  }
  return {};
}

/**
 * The run whose ledger the others read, with its report. Each attempt at its batch has the items
 * that the map listed, also after a kill: a Distributed Map lists once.
 */
export const nightlyRun: Program = async (surroundings) => {
  const { clock } = surroundings;
  const progress = await runRounds(
    surroundings,
    createWorker(surroundings, () => undefined),
    NIGHTLY,
  );
  const s3 = withLocalFiles(surroundings, toResultFiles(progress));
  const settings = getReportSettings(surroundings);
  const context = {
    s3,
    clock,
    settings,
    select: () => {
      throw new Error('all batches finished');
    },
    readInput: async () => undefined,
  };
  await reportRun(context, {
    run: NIGHTLY,
    executionId: toArn(NIGHTLY),
    map: { ResultWriterDetails: RESULTS },
  });
  await s3.send(new PutObjectCommand({ Bucket: REPORTS, Key: ENDED, Body: 'ended' }));
  return {};
};

export const restoreRun: Program = (surroundings) => restore(surroundings, RESTORE);

/** Restores only one of the keys. */
export const restoreOneKey: Program = (surroundings) =>
  restore(surroundings, { ...RESTORE, keys: [surroundings.items[0].key] });

async function restore(surroundings: Surroundings, run: Run): Promise<Outcomes> {
  const worker = { ...createWorker(surroundings, () => undefined), sourceLocks: false };
  // Each batch of the ledger has a child.
  for (const part of await listParts(withRetriesOfSdk(surroundings))) {
    let progress = initialProgress();
    while (!progress.finished) {
      const event = { parts: [part], BatchInput: { run, progress } };
      progress = await surroundings.withTimers(() => restoreBatch(worker, event, ROUND));
    }
  }
  return {};
}

/** What the verification claims is in its report and in its ledger. */
export const verify: Program = (surroundings) => verifyAll(surroundings, VERIFY);

export const verifyDeep: Program = (surroundings) =>
  verifyAll(surroundings, { ...VERIFY, deep: true });

async function verifyAll(surroundings: Surroundings, run: Run): Promise<Outcomes> {
  const { clock } = surroundings;
  const files = new Map<string | undefined, string>(CLAIMS);
  const s3 = withLocalFiles(surroundings, files);
  const settings = getReportSettings(surroundings);
  const isRunning = async (arn: string) =>
    !(await s3
      .send(new GetObjectCommand({ Bucket: REPORTS, Key: `executions/${arn}` }))
      .catch(() => undefined));
  const {
    ledgers: [ledger],
    ...found
  } = await findVerifiedRuns({ s3, bucket: REPORTS, reportPrefix: ROOT, isRunning, now: () => 0 }, [
    toClaim(NIGHTLY),
  ]);
  // PlanRun refuses: no run has ended.
  if (!ledger) {
    return {};
  }
  const parts = await listParts(s3);
  for (const part of parts) {
    ledger.check?.add([part]);
  }
  await writePlannedLedgers(s3, REPORTS, run, {
    verified: 1,
    ...found,
    lacking: await sumLacking([ledger]),
  });

  const counts = { listed: 0, present: 0, changed: 0, missing: 0, unproven: 0, skipped: 0 };
  let progress: VerifyProgress = {
    cursor: 0,
    finished: false,
    rounds: 0,
    counts,
    bytes: 0,
    requests: {},
    retrieved: {},
    milliseconds: 0,
    seen: '',
  };
  while (!progress.finished) {
    progress = await verifyBatch(
      { s3, clock, settings },
      { parts, BatchInput: { run, progress } },
      ROUND,
    );
  }
  for (const [key, text] of toResultFiles(progress)) {
    files.set(key, text);
  }
  const event = { run, executionId: toArn(run), map: { ResultWriterDetails: RESULTS } };
  await reportVerification({ s3, clock, settings, readInput: async () => undefined }, event);
  return {};
}

function getReportSettings({ layout, conflictPolicy }: Surroundings): Settings {
  return {
    archiverName: ARCHIVER,
    sourceBucket: SOURCE,
    sourcePrefix: 'in/',
    destinationBucket: ARCHIVE,
    destinationPrefix: 'archive/',
    reportBucket: REPORTS,
    dateSource: { kind: 'objectName' },
    toleratedFailurePercentage: 0,
    layout,
    conflictPolicy,
    maxRounds: 10,
    timeZone: 'UTC',
    batch: { logGroup: 'batches', memoryMb: 1_024 },
  } as unknown as Settings;
}

const RESULTS = { Bucket: REPORTS, Key: 'results' };

/** What the ResultWriter of a map with one child writes. */
function toResultFiles(progress: Progress | VerifyProgress): Map<string | undefined, string> {
  return new Map([
    [
      RESULTS.Key,
      JSON.stringify({
        ResultFiles: { SUCCEEDED: [{ Key: 'succeeded' }], FAILED: [], PENDING: [] },
      }),
    ],
    ['succeeded', JSON.stringify([progress])],
  ]);
}

/**
 * Files that only their writer reads, or that no program writes, are not the explorer's. Others are
 * requested as the SDK does.
 */
function withLocalFiles(
  surroundings: Surroundings,
  files: Map<string | undefined, string>,
): S3Client {
  const s3 = withRetriesOfSdk(surroundings);
  return withSend(s3, async (command: { input: { Key?: string; Body?: string } }, options) => {
    const { Key, Body } = command.input;
    if (Key?.endsWith('.html')) {
      return {};
    }
    if (Body !== undefined && Key?.includes('/plan/')) {
      files.set(Key, Body);
    }
    const text = files.get(Key);
    if (text === undefined) {
      return s3.send(command as never, options);
    }
    return { Body: Object.assign([Buffer.from(text)], { transformToString: async () => text }) };
  });
}

function withRetriesOfSdk({ s3, clock }: Surroundings): S3Client {
  return withSend(s3, (command, options) =>
    withRetries({ clock, deadline: RUN_START + ROUND }, () => s3.send(command, options)),
  );
}

async function listParts(s3: S3Client): Promise<PartVersion[]> {
  const parts: PartVersion[] = [];
  for await (const { Key, ETag, Size } of listObjects(s3, REPORTS, NIGHTLY.ledgerPrefix)) {
    parts.push({ key: Key!, etag: ETag!, size: Size! });
  }
  return parts;
}
