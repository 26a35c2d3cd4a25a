import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { ArchiveLookup, HEADS_AT_ONCE, HEADS_PER_LIST } from './archive-lookup';
import { compareArchived } from './compare-archived';
import { getReserve } from '../../contract/batches';
import { ErrorName, namedError } from '../../contract/errors';
import type { VerifyEvent, VerifyProgress } from '../../contract/payloads/batch-payloads';
import type { VerifiedLine } from '../../contract/payloads/ledger-line';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { toVerifiedPartKey } from '../ledger/part-keys';
import { readArchivedLines, type RecordedVersion } from '../ledger/read-parts';
import { addRequests, type Requests } from '../pricing/requests';
import { BucketClient } from '../s3/bucket-client';
import { compareKeys } from '../s3/compare-keys';
import { countRequests } from '../s3/count-requests';
import type { Clock } from '../s3/retry';
import { withHalvingTimeout } from '../s3/timeouts';
import { toJsonLines } from '../text/json-lines';

export interface VerifyContext {
  readonly s3: S3Client;
  readonly clock: Clock;
  readonly settings: { readonly destinationBucket: string; readonly reportBucket: string; readonly maxRounds: number };
  /** Called for each object that is changed or missing. */
  readonly onProblem?: (line: VerifiedLine) => void;
}

/**
 * Runs one round: compares the archive with the lines from the cursor on until all are compared or the time ends, and
 * returns the progress. Changes nothing in the archive.
 *
 * @param milliseconds until Lambda ends the invocation
 */
export async function verifyBatch(context: VerifyContext, event: VerifyEvent, milliseconds: number): Promise<VerifyProgress> {
  const { s3, clock, settings } = context;
  const { parts, BatchInput: { run, progress } } = event;
  const end = clock.now() + milliseconds;
  const deadline = end - getReserve(milliseconds);
  const requests: Requests = { ...progress.requests };
  const counted = countRequests(s3, ({ operation }) => addRequests(requests, { [operation]: 1 }));
  const patient = withHalvingTimeout(counted, () => end - clock.now());
  const client = (bucket: string) => new BucketClient({ s3: patient, bucket, budget: { clock, deadline: end } });

  const reports = client(settings.reportBucket);
  const archived = (await readArchivedLines(reports, parts)).sort((a, b) => compareKeys(a.line.destination, b.line.destination));
  const counts = { ...progress.counts, listed: archived.length };
  let { cursor, bytes } = progress;
  const problems: VerifiedLine[] = [];
  const verify = (recorded: RecordedVersion, found?: Parameters<typeof compareArchived>[1]) => {
    const finding = run.dryRun ? undefined : compareArchived(recorded.line, found);
    counts[finding?.status ?? 'present'] += 1;
    if (!finding) {
      bytes += recorded.line.size;
    } else {
      problems.push(toLine(recorded, finding, clock.now() - Date.parse(run.startTime)));
    }
  };
  const lookup = new ArchiveLookup(client(settings.destinationBucket), archived.map(({ line }) => line.destination), run.deep ?? false);
  const begin = cursor;
  while (cursor < archived.length && (cursor === begin || clock.now() < deadline)) {
    const found = run.dryRun ? archived.map(() => undefined) : await lookup.next(cursor);
    for (const each of found) { verify(archived[cursor++], each); }
  }

  if (problems.length > 0) {
    await writeLines(reports, toVerifiedPartKey(run, parts, begin), problems);
    for (const line of problems) { context.onProblem?.(line); }
  }
  const finished = cursor >= archived.length;
  if (run.dryRun) { addRequests(requests, predictRequests(archived.length, run.deep)); }
  const rounds = progress.rounds + 1;
  if (!finished && rounds >= settings.maxRounds) {
    throw namedError(ErrorName.SYSTEMIC_FAILURE, `${ReasonCode.OUT_OF_TIME}: after ${rounds} rounds only ${cursor} of ${archived.length} objects were compared`);
  }
  const began = end - milliseconds;
  const took = run.dryRun ? predictMilliseconds(requests) : clock.now() - began;
  return { cursor, finished, rounds, counts, bytes, requests, milliseconds: progress.milliseconds + took };
}

/** Where the archive has few other objects between those of the ledger, which a dry run does not look at. */
function predictRequests(objects: number, deep = false): Requests {
  return deep || objects < HEADS_PER_LIST ? { HeadObject: objects } : { ListObjectsV2: Math.ceil(objects / 1_000) };
}

/** S3 needs about 150 ms for a page of a listing and 50 ms for one object. */
function predictMilliseconds({ ListObjectsV2 = 0, HeadObject = 0, GetObject = 0 }: Requests): number {
  return ListObjectsV2 * 150 + Math.ceil((HeadObject + GetObject) / HEADS_AT_ONCE) * 50;
}

/** Another attempt at the round writes the same part again. */
async function writeLines(reports: BucketClient, Key: string, lines: readonly VerifiedLine[]): Promise<void> {
  const input = { Bucket: reports.name, Key, Body: toJsonLines(lines), ContentType: 'application/jsonl' };
  await reports.request((client) => client.send(new PutObjectCommand(input)));
}

/** The line of the run that is verified, with what was found now. */
function toLine({ line, part, written }: RecordedVersion, finding: NonNullable<ReturnType<typeof compareArchived>>, at: number): VerifiedLine {
  const { earlier: _earlier, ms: _ms, requests: _requests, ...known } = line;
  return { ...known, ...finding, at, part, written };
}
