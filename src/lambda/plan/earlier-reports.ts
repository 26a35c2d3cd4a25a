/**
 * The reports of the runs before, with which a run is compared: what arrives as a rule, and what
 * has come since the last one.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { count } from '../../contract/payloads/common-schemas';
import { Counts } from '../../contract/payloads/outcomes';
import { REPORT_NAME } from '../../contract/report-places';
import { addDays } from '../../dates/calendar';
import { listPage } from '../s3/listing/list-page';
import { orderedMap } from '../s3/ordered-map';
import { findJsonFrom } from '../s3/read-objects';
import { toStateMachineArn } from '../text/arn';

/** How far back to look for reports. A weekly archiver has 14 of them in this time. */
const MAX_DAYS = 100;
/** This many days of runs are enough to know the usual number. */
export const MAX_WINDOWS = 14;
/**
 * Limits the requests for archivers that run often, and for prefixes that several archivers share.
 */
const MAX_REPORTS_READ = 60;
const READS_AT_ONCE = 8;

/** The fields that are read from a report. Reports of all versions have those that are required. */
export const EarlierReport = v.object({
  run: v.object({ id: v.string(), executionArn: v.string(), dryRun: v.boolean() }),
  dates: v.object({ from: v.nullable(v.string()), to: v.string() }),
  startedAt: v.string(),
  /** Neither a restore nor a verification has these. */
  counts: Counts,
  /** Set for a run that read a manifest. The writer of a manifest decides which objects arrive. */
  manifest: v.optional(v.unknown()),
  undatedArrivals: v.optional(v.object({ since: v.nullable(v.string()), count })),
});
export type EarlierReport = v.InferOutput<typeof EarlierReport>;

/** The run that others were before. */
export interface LaterRun {
  /** The prop `reportPrefix`. */
  readonly reportRoot: string;
  /** Unset: nothing of the run is written yet. */
  readonly reportPrefix?: string;
  readonly executionArn: string;
  /** An instant in UTC, as reports have it. */
  readonly startedAt: string;
}

/** @param startTime as Step Functions has it, which may have other digits than a report */
export function toLaterRun(
  reportRoot: string,
  executionArn: string,
  startTime: string,
): Omit<LaterRun, 'reportPrefix'> {
  return { reportRoot, executionArn, startedAt: new Date(startTime).toISOString() };
}

/** Reads the reports of the archiver's latest runs, the latest days first. */
export async function readEarlierReports(
  s3: S3Client,
  bucket: string,
  run: LaterRun,
): Promise<EarlierReport[]> {
  const earlier: EarlierReport[] = [];
  for await (const reports of listDays(s3, bucket, run)) {
    earlier.push(...reports);
    if (new Set(earlier.map(({ dates }) => dates.to)).size > MAX_WINDOWS) {
      break;
    }
  }
  return earlier;
}

/** Returns when the archiver's last run began that has a report. Undefined: there is none. */
export async function findPreviousStart(
  s3: S3Client,
  bucket: string,
  run: LaterRun,
): Promise<string | undefined> {
  for await (const reports of listDays(s3, bucket, run)) {
    const starts = reports.map(({ startedAt }) => startedAt).sort();
    if (starts.length > 0) {
      return starts[starts.length - 1];
    }
  }
  return undefined;
}

/** Yields the reports of the runs that started on the same day, the latest day first. */
async function* listDays(
  s3: S3Client,
  bucket: string,
  run: LaterRun,
): AsyncGenerator<EarlierReport[]> {
  const { reportRoot, reportPrefix, startedAt } = run;
  // One page is enough. Ledgers and claims have their own folders next to those of the days.
  const list = async (prefix: string, startAfter?: string) => {
    const page = await listPage(s3, {
      Bucket: bucket,
      Prefix: prefix,
      Delimiter: '/',
      StartAfter: startAfter,
    });
    return (page.CommonPrefixes ?? []).map((each) => each.Prefix!);
  };
  const first = `${reportRoot}${addDays(startedAt.slice(0, 10), -MAX_DAYS)}`;
  const days = (await list(reportRoot, first)).filter((folder) =>
    /^\d{4}-\d\d-\d\d\/$/.test(folder.slice(reportRoot.length)),
  );
  let left = MAX_REPORTS_READ;
  for (const day of days.reverse()) {
    if (left === 0) {
      return;
    }
    const others = (await list(day)).filter((folder) => folder !== reportPrefix).slice(0, left);
    left -= others.length;
    const reports: EarlierReport[] = [];
    for await (const report of orderedMap(others, READS_AT_ONCE, (folder) =>
      findJsonFrom(EarlierReport, s3, bucket, `${folder}${REPORT_NAME}`),
    )) {
      if (report && isEarlierRun(report, run)) {
        reports.push(report);
      }
    }
    yield reports;
  }
}

function isEarlierRun(
  { run, startedAt, manifest }: EarlierReport,
  { executionArn, startedAt: later }: LaterRun,
): boolean {
  const isSameArchiver = toStateMachineArn(run.executionArn) === toStateMachineArn(executionArn);
  return !run.dryRun && !manifest && startedAt <= later && isSameArchiver;
}
