/**
 * These programs stand for whole runs that share an archive. The run `nightly` has ended before they begin: its ledger is what a
 * restore and a verification read.
 */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { RUN_START } from './client';
import { LOCK_PLACE } from './lock-programs';
import { createWorker, DAY, ROUND, runRounds, type Item, type Outcomes, type Program, type Surroundings } from './programs';
import { ARCHIVE, REPORTS, SOURCE } from './s3-model';
import type { PartVersion, VerifyProgress } from '../../src/contract/payloads/batch-payloads';
import type { Run } from '../../src/contract/payloads/run';
import { toClaimKey, type RunClaim } from '../../src/lambda/ledger/run-claims';
import { initialProgress } from '../../src/lambda/plan-run/plan-run';
import { reportVerification } from '../../src/lambda/report-run/verification/report-verification';
import { restoreBatch } from '../../src/lambda/restore-batch/restore-batch';
import { assertHeld, assertNoRestore } from '../../src/lambda/restore-lock/restore-lock';
import type { ReportSettings } from '../../src/lambda/runtime/environment';
import { listObjects } from '../../src/lambda/s3/read-objects';
import { withSend } from '../../src/lambda/s3/with-send';
import { verifyBatch } from '../../src/lambda/verify-batch/verify-batch';

const ROOT = 'runs/';
const ARCHIVER = 'archiver';

function toRun(id: string, more: Partial<Run> = {}, root = ROOT): Run {
  return {
    id,
    startTime: new Date(RUN_START).toISOString(),
    from: DAY,
    to: DAY,
    dryRun: false,
    objectsPerSecond: 1_000,
    executionArn: toArn(id),
    reportPrefix: `${root}2026-11-25/${id}/`,
    ledgerPrefix: `${root}ledger/day=${DAY}/run=${id}/`,
    ...more,
  };
}

const toArn = (id: string) => `arn:aws:states:eu-west-1:111122223333:execution:${ARCHIVER}:${id}`;

export const NIGHTLY = toRun('nightly');
const AGAIN = toRun('again');
const RESTORE = toRun('restore', { action: 'restore' });
export const VERIFY = toRun('verify', { action: 'verify' });

/** What PlanRun writes for each run before anything else. */
export const CLAIMS: ReadonlyArray<readonly [key: string, text: string]> = [NIGHTLY, AGAIN, RESTORE, VERIFY].map((run) => {
  const { id, startTime, from, to, dryRun, action = 'archive', ledgerPrefix } = run;
  const claim: RunClaim = { archiver: ARCHIVER, executionArn: toArn(id), startTime, action, dryRun, from, to };
  return [toClaimKey(ROOT, ledgerPrefix), JSON.stringify(claim)];
});

/** Archives what it finds at the source, at any time. */
export const archiveRun: Program = (surroundings) => archive(surroundings, AGAIN, (reports) => assertNoRestore({ ...LOCK_PLACE, reports }));

/** The same after a deployment without `allowRestore`. */
export const archiveDisallowed: Program = (surroundings) => archive(surroundings, AGAIN, undefined);

/** The same of an archiver that has another report prefix, as after a deployment that changes it. */
export const archiveElsewhere: Program = (surroundings) => {
  return archive(surroundings, toRun('again', {}, 'other/'), (reports) => assertNoRestore({ key: 'other/restore-lock.json', reports }));
};

async function archive(surroundings: Surroundings, run: Run, checkTurn: Parameters<typeof createWorker>[2]): Promise<Outcomes> {
  const { Contents = [] } = await surroundings.s3.send(new ListObjectsV2Command({ Bucket: SOURCE, Prefix: 'in/' }));
  const items = Contents.map(({ Key, ETag, Size }): Item => ({ key: Key!, etag: ETag!, size: Size! }));
  if (items.length > 0) { await runRounds({ ...surroundings, items }, createWorker(surroundings, () => undefined, checkTurn), run); }
  return {};
}

export const restoreRun: Program = (surroundings) => restore(surroundings, RESTORE);

/** Restores only one of the keys. */
export const restoreOneKey: Program = (surroundings) => restore(surroundings, { ...RESTORE, keys: [surroundings.items[0].key] });

async function restore(surroundings: Surroundings, run: Run): Promise<Outcomes> {
  const worker = createWorker(surroundings, () => undefined, (reports) => assertHeld({ ...LOCK_PLACE, reports }, RESTORE.executionArn!));
  const parts = await listParts(surroundings.s3, NIGHTLY);
  let progress = initialProgress();
  while (!progress.finished) {
    const event = { parts, BatchInput: { run, progress } };
    progress = await surroundings.withTimers(() => restoreBatch({ ...worker, keepsLocks: false }, event, ROUND));
  }
  return {};
}

const RESULTS = { Bucket: REPORTS, Key: 'results' };

/** VerifyBatch and ReportRun. What the verification claims is in its report and in its ledger. */
export const verify: Program = async (surroundings) => {
  const { clock, layout } = surroundings;
  const results = new Map<string | undefined, string>(CLAIMS);
  const s3 = withLocalFiles(surroundings.s3, results);
  const parts = await listParts(s3, NIGHTLY);
  const counts = { listed: 0, present: 0, changed: 0, missing: 0, unproven: 0, skipped: 0 };
  let progress: VerifyProgress = { cursor: 0, finished: false, rounds: 0, counts, bytes: 0, requests: {}, milliseconds: 0 };
  const settings = {
    archiverName: ARCHIVER,
    sourceBucket: SOURCE,
    destinationBucket: ARCHIVE,
    destinationPrefix: 'archive/',
    reportBucket: REPORTS,
    layout,
    maxRounds: 10,
    timeZone: 'UTC',
    batch: { logGroup: 'batches' },
  } as unknown as ReportSettings & { maxRounds: number };
  while (!progress.finished) {
    progress = await verifyBatch({ s3, clock, settings }, { parts, BatchInput: { run: VERIFY, progress } }, ROUND);
  }
  results.set(RESULTS.Key, JSON.stringify({ ResultFiles: { SUCCEEDED: [{ Key: 'succeeded' }], FAILED: [], PENDING: [] } }));
  results.set('succeeded', JSON.stringify([progress]));
  const event = { run: VERIFY, executionId: VERIFY.executionArn!, map: { ResultWriterDetails: RESULTS } };
  await reportVerification({ s3, clock, settings, readInput: async () => undefined }, event);
  return {};
};

/** Files that do not change are not the explorer's: the claims, the result files of the map, and the page for people. */
function withLocalFiles(s3: S3Client, files: ReadonlyMap<string | undefined, string>): S3Client {
  return withSend(s3, async (command: { input: { Key?: string } }, options) => {
    const { Key } = command.input;
    if (Key?.endsWith('.html')) { return {}; }
    const text = files.get(Key);
    return text === undefined ? s3.send(command as never, options) : { Body: Object.assign([Buffer.from(text)], { transformToString: async () => text }) };
  });
}

async function listParts(s3: S3Client, { ledgerPrefix }: Run): Promise<PartVersion[]> {
  const parts: PartVersion[] = [];
  for await (const { Key, ETag, Size } of listObjects(s3, REPORTS, ledgerPrefix)) { parts.push({ key: Key!, etag: ETag!, size: Size! }); }
  return parts;
}
