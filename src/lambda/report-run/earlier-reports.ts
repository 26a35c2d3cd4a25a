/** Reads what earlier runs of an archiver found, from their reports. */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { type RunArrivals, arrivalRatio, MAX_WINDOWS } from './arrival-ratio';
import { Counts } from '../../contract/payloads';
import { addDays } from '../../dates/calendar';
import { readJsonFrom } from '../s3/read-objects';
import { toStateMachineArn } from '../text/arn';

/** How far back reports are looked for: a weekly archiver has 14 of them in it. */
const DAYS = 100;
/** An end for archivers that run often, and for prefixes that several archivers share. */
const MAX_REPORTS_READ = 60;

/** What is read of a report: also those of other versions have it. */
const EarlierReport = v.object({
  run: v.object({ id: v.string(), executionArn: v.string(), dryRun: v.boolean() }),
  dates: v.object({ from: v.nullable(v.string()), to: v.string() }),
  startedAt: v.string(),
  counts: Counts,
});
export type EarlierReport = v.InferOutput<typeof EarlierReport>;

/**
 * How much arrived for a run's days, compared with the runs before it. See `arrivalRatio`.
 *
 * @param reportPrefix of the run, which ends in `<date>/<run id>/`
 */
export async function readArrivalRatio(s3: S3Client, bucket: string, reportPrefix: string, report: EarlierReport): Promise<number | undefined> {
  if (report.run.dryRun) { return undefined; }
  const [, root, day] = /^(.*?)([^/]+)\/[^/]+\/$/.exec(reportPrefix)!;
  const earlier: RunArrivals[] = [];
  const windows = new Set<string>();
  let read = 0;
  for (const date of (await foldersIn(s3, bucket, root, `${root}${addDays(day, -DAYS)}`)).reverse()) {
    for (const folder of await foldersIn(s3, bucket, date)) {
      if (windows.size > MAX_WINDOWS || read >= MAX_REPORTS_READ) { return arrivalRatio(arrivalsOf(report), earlier); }
      if (folder === reportPrefix) { continue; }
      read += 1;
      const other = await readReport(s3, bucket, `${folder}report.json`);
      if (!other || !isBefore(other, report)) { continue; }
      earlier.push(arrivalsOf(other));
      windows.add(other.dates.to);
    }
  }
  return arrivalRatio(arrivalsOf(report), earlier);
}

/** A run of the same state machine that moved objects. */
function isBefore({ run, startedAt }: EarlierReport, report: EarlierReport): boolean {
  return !run.dryRun && startedAt <= report.startedAt && toStateMachineArn(run.executionArn) === toStateMachineArn(report.run.executionArn);
}

function arrivalsOf({ dates, startedAt, counts }: EarlierReport): RunArrivals {
  return { ...dates, startedAt, archived: counts.archived, selected: counts.archived + counts.conflicting + counts.failed };
}

/** A run that failed early has no report, and a file of that name may be anything. */
async function readReport(s3: S3Client, bucket: string, key: string): Promise<EarlierReport | undefined> {
  try {
    const parsed = v.safeParse(EarlierReport, await readJsonFrom(s3, bucket, key));
    return parsed.success ? parsed.output : undefined;
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey' || error instanceof SyntaxError) { return undefined; }
    throw error;
  }
}

/** One page of them is enough: 1,000. */
async function foldersIn(s3: S3Client, bucket: string, prefix: string, startAfter?: string): Promise<string[]> {
  const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: '/', StartAfter: startAfter }));
  return (page.CommonPrefixes ?? []).map((each) => each.Prefix!);
}
