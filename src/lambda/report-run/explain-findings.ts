/**
 * Distinguishes lost objects from objects that a restore copied back. After a restore, a person may
 * remove the archived copy. Nothing else explains a missing object: runs never overwrite an
 * archived object, so a later object of the same name is no explanation.
 */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import type { ReportContext } from './report-context';
import { getTarget } from '../../contract/actions';
import { groupBy } from '../../contract/group-by';
import { LedgerLine, VerifiedLine } from '../../contract/payloads/ledger-line';
import type { Run } from '../../contract/payloads/run';
import { toReportRoot } from '../../contract/report-places';
import { contentOf, placeOf } from '../ledger/identity';
import { type ClaimedRun, listRuns } from '../ledger/run-claims';
import { decide, fromListing, ofObject } from '../move/decide';
import { BucketClient } from '../s3/bucket-client';
import { findListed, type FoundObject } from '../s3/object-lookup';
import { listObjects, readJsonObjectsFrom } from '../s3/read-objects';
import { toJsonLines } from '../text/json';

/**
 * The versions that a verification did not find as the ledgers record them. A version counts once.
 */
export interface Findings {
  readonly changed: number;
  readonly missing: number;
  readonly unproven: number;
  /** Absent from the place in the ledger, with an explanation, such as a restore. */
  readonly skipped: number;
  /** The number of findings of the children. Several of them may be about one version. */
  readonly reported: number;
  /** The most severe findings, in order of severity. */
  readonly problems: readonly VerifiedLine[];
}

interface Suspect {
  readonly line: VerifiedLine;
  readonly parts: Set<string>;
  readonly restored: { readonly by: string; readonly restoredEtag?: string }[];
  explainedBy?: string;
}

const SEVERITY = { skipped: 0, unproven: 1, changed: 2, missing: 3 };
const MAX_PROBLEMS = 20;
const LOOKUP_MILLISECONDS = 10 * 60_000;

/** Reads the findings of a verification, and looks for restores that explain them. Idempotent. */
export async function explainFindings(context: ReportContext, run: Run): Promise<Findings> {
  const suspects = await readSuspects(context, run);
  await readRestores(context, run, suspects);
  await lookUpOldKeys(context, suspects);
  await writeExplanations(context, run, suspects);
  return countFindings(suspects);
}

/** By the identity of the version. */
type Suspects = ReadonlyMap<string, Suspect>;

async function readSuspects(
  { s3, settings: { reportBucket } }: ReportContext,
  run: Run,
): Promise<Suspects> {
  const suspects = new Map<string, Suspect>();
  for await (const record of readRecords(s3, reportBucket, run.ledgerPrefix)) {
    const line = v.parse(VerifiedLine, record);
    const identity = placeOf(line.key, line);
    const known = suspects.get(identity);
    // Another program may have removed the object between two looks. An abandoned attempt may have
    // written a finding twice.
    const isWorse = known !== undefined && SEVERITY[line.status] > SEVERITY[known.line.status];
    const suspect =
      known && !isWorse ? known : { line, parts: known?.parts ?? new Set(), restored: [] };
    suspect.parts.add(line.part);
    suspects.set(identity, suspect);
  }
  return suspects;
}

async function readRestores(
  { s3, settings }: ReportContext,
  { reportPrefix }: Run,
  suspects: Suspects,
): Promise<void> {
  const { reportBucket, archiverName } = settings;
  const lost = groupBy(
    [...suspects.values()].filter(({ line }) => line.status !== 'unproven'),
    ({ line }) => line.key,
  );
  if (lost.size === 0) {
    return;
  }
  for await (const run of listRuns(s3, reportBucket, toReportRoot(reportPrefix))) {
    if (run.archiver !== archiverName || getTarget(run) !== 'source' || run.dryRun) {
      continue;
    }
    for await (const record of readRecords(s3, reportBucket, run.ledgerPrefix)) {
      addRestored(lost, run, v.parse(LedgerLine, record));
    }
  }
}

function addRestored(
  lost: ReadonlyMap<string, Suspect[]>,
  run: ClaimedRun,
  restoredLine: LedgerLine,
): void {
  const { status, key, origin, restoredEtag } = restoredLine;
  if (status !== 'restored' || origin === undefined) {
    return;
  }
  for (const { line, parts, restored } of lost.get(key) ?? []) {
    // If the destination is a pack, a line explains only one member.
    const isThis =
      placeOf(key, restoredLine) === placeOf(key, line) &&
      contentOf(key, restoredLine) === contentOf(key, line);
    if (parts.has(origin) && isThis) {
      restored.push({ by: run.name, restoredEtag });
    }
  }
}

/**
 * A restore explains a missing object only while the old key holds the version. A listing shows
 * this without reading the object.
 */
async function lookUpOldKeys(
  { s3, clock, settings: { sourceBucket } }: ReportContext,
  suspects: Suspects,
): Promise<void> {
  const restored = [...suspects.values()].filter((suspect) => suspect.restored.length > 0);
  const source = new BucketClient({
    s3,
    bucket: sourceBucket,
    budget: { clock, deadline: clock.now() + LOOKUP_MILLISECONDS },
  });
  const present = await findListed(
    source,
    restored.map(({ line }) => line.key),
  );
  for (const suspect of restored) {
    const found = present.get(suspect.line.key);
    suspect.explainedBy =
      found &&
      suspect.restored.find(({ restoredEtag }) => isVersion(found, suspect.line, restoredEtag))?.by;
  }
}

/**
 * Whether the old key holds the version: the object that the restore wrote, or one with the same
 * digest.
 */
function isVersion(
  found: FoundObject,
  line: VerifiedLine,
  restoredEtag: string | undefined,
): boolean {
  const oldKey = line.key;
  const put = { size: line.size, etag: restoredEtag, isMd5: false, place: oldKey, checksums: {} };
  return [put, ofObject(line)].some(
    (version) => decide(fromListing(found, oldKey), version) === 'same',
  );
}

function countFindings(suspects: Suspects): Findings {
  const lines = [...suspects.values()].map((suspect) => describe(suspect.line, suspect));
  const counts = { changed: 0, missing: 0, unproven: 0, skipped: 0 };
  for (const { status } of lines) {
    counts[status] += 1;
  }
  const reported = [...suspects.values()].reduce((sum, { parts }) => sum + parts.size, 0);
  const problems = lines
    .filter(({ status }) => status !== 'skipped')
    .sort((a, b) => SEVERITY[b.status] - SEVERITY[a.status]);
  return { ...counts, reported, problems: problems.slice(0, MAX_PROBLEMS) };
}

async function writeExplanations(
  { s3, settings: { reportBucket: bucket } }: ReportContext,
  run: Run,
  suspects: Suspects,
): Promise<void> {
  if (![...suspects.values()].some(({ explainedBy }) => explainedBy !== undefined)) {
    return;
  }
  for await (const { Key } of listObjects(s3, bucket, run.ledgerPrefix)) {
    const before: VerifiedLine[] = [];
    for await (const line of readJsonObjectsFrom(s3, bucket, Key!)) {
      before.push(v.parse(VerifiedLine, line));
    }
    const after = before.map((line) => describe(line, suspects.get(placeOf(line.key, line))!));
    if (before.every(({ status }, index) => status === after[index].status)) {
      continue;
    }
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key,
        Body: toJsonLines(after),
        ContentType: 'application/jsonl',
      }),
    );
  }
}

function describe(line: VerifiedLine, { explainedBy }: Suspect): VerifiedLine {
  if (explainedBy === undefined) {
    return line;
  }
  const { code: _, ...known } = line;
  return {
    ...known,
    status: 'skipped',
    message: `restored by run ${explainedBy}, and its old key holds it`,
  };
}

async function* readRecords(
  s3: S3Client,
  bucket: string,
  ledgerPrefix: string,
): AsyncGenerator<unknown> {
  for await (const { Key } of listObjects(s3, bucket, ledgerPrefix)) {
    yield* readJsonObjectsFrom(s3, bucket, Key!);
  }
}
