/** Reads from the reports of earlier runs what those runs found. */
import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { type RunArrivals, arrivalRatio, MAX_WINDOWS } from './arrival-ratio';
import { Counts } from '../../contract/payloads/outcomes';
import { addDays } from '../../dates/calendar';
import { createDayFinder } from '../../dates/date-window';
import { listPage } from '../s3/list-page';
import { readJsonFrom } from '../s3/read-objects';
import { toStateMachineArn } from '../text/arn';

/** How far back to look for reports. A weekly archiver has 14 of them in this time. */
const MAX_DAYS = 100;
/** Limits the requests for archivers that run often, and for prefixes that several archivers share. */
const MAX_REPORTS_READ = 60;

/** The fields that are read from a report. Reports of all versions have them. */
const EarlierReport = v.object({
  run: v.object({ id: v.string(), executionArn: v.string(), dryRun: v.boolean() }),
  dates: v.object({ from: v.nullable(v.string()), to: v.string() }),
  startedAt: v.string(),
  counts: Counts,
  /** Only of a run that read a list. Who writes it decides what arrives. */
  manifest: v.optional(v.unknown()),
});
export type EarlierReport = v.InferOutput<typeof EarlierReport>;

/**
 * Compares how much arrived for the days of a run with the runs before it. See `arrivalRatio`.
 *
 * @param reportPrefix the report prefix of the run; it ends in `<date>/<run id>/`
 */
export async function readArrivalRatio(
  s3: S3Client, bucket: string, reportPrefix: string, report: EarlierReport & { readonly timeZone: string },
): Promise<number | undefined> {
  if (report.run.dryRun || report.manifest) { return undefined; }
  const [, root, day] = /^(.*?)([^/]+)\/[^/]+\/$/.exec(reportPrefix)!;
  const earlier: RunArrivals[] = [];
  const windows = new Set<string>();
  const getDay = createDayFinder(report.timeZone);
  const toArrivals = ({ dates, startedAt, counts: { archived, conflicting, failed } }: EarlierReport): RunArrivals => {
    return { ...dates, startedAt, isAhead: dates.to > getDay(new Date(startedAt)), archived, selected: archived + conflicting + failed };
  };
  let read = 0;
  // Ledgers and claims have folders beside those of the days.
  const days = (await listFolders(s3, bucket, root, `${root}${addDays(day, -MAX_DAYS)}`)).filter((folder) => isDay(folder.slice(root.length)));
  for (const date of days.reverse()) {
    for (const folder of await listFolders(s3, bucket, date)) {
      if (windows.size > MAX_WINDOWS || read >= MAX_REPORTS_READ) { return arrivalRatio(toArrivals(report), earlier); }
      if (folder === reportPrefix) { continue; }
      read += 1;
      const other = await readReport(s3, bucket, `${folder}report.json`);
      if (!other || !isEarlierRun(other, report)) { continue; }
      earlier.push(toArrivals(other));
      windows.add(other.dates.to);
    }
  }
  return arrivalRatio(toArrivals(report), earlier);
}

/** Tells whether a report is of an earlier run of the same state machine that moved objects. */
function isEarlierRun({ run, startedAt, manifest }: EarlierReport, report: EarlierReport): boolean {
  const isSameArchiver = toStateMachineArn(run.executionArn) === toStateMachineArn(report.run.executionArn);
  return !run.dryRun && !manifest && startedAt <= report.startedAt && isSameArchiver;
}

/** Returns `undefined` if the run failed before its report, or if the file is not a report. */
async function readReport(s3: S3Client, bucket: string, key: string): Promise<EarlierReport | undefined> {
  try {
    const parsed = v.safeParse(EarlierReport, await readJsonFrom(s3, bucket, key));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey' || error instanceof SyntaxError) { return undefined; }
    throw error;
  }
}

function isDay(folder: string): boolean {
  return /^\d{4}-\d\d-\d\d\/$/.test(folder);
}

/** Lists the folders below a prefix, at most 1,000: one page is enough here. */
async function listFolders(s3: S3Client, bucket: string, prefix: string, startAfter?: string): Promise<string[]> {
  const page = await listPage(s3, { Bucket: bucket, Prefix: prefix, Delimiter: '/', StartAfter: startAfter });
  return (page.CommonPrefixes ?? []).map((each) => each.Prefix!);
}
