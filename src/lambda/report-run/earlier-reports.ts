import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { getSelected } from './report/outcome';
import { groupBy } from '../../contract/group-by';
import { Counts } from '../../contract/payloads/outcomes';
import { REPORT_NAME } from '../../contract/report-places';
import { addDays, daysBetween } from '../../dates/calendar';
import { createDayFinder } from '../../dates/date-window';
import { listPage } from '../s3/listing/list-page';
import { findJsonFrom } from '../s3/read-objects';
import { toStateMachineArn } from '../text/arn';

/** How far back to look for reports. A weekly archiver has 14 of them in this time. */
const MAX_DAYS = 100;
/**
 * Limits the requests for archivers that run often, and for prefixes that several archivers share.
 */
const MAX_REPORTS_READ = 60;

/** The fields that are read from a report. Reports of all versions have them. */
export const EarlierReport = v.object({
  run: v.object({ id: v.string(), executionArn: v.string(), dryRun: v.boolean() }),
  dates: v.object({ from: v.nullable(v.string()), to: v.string() }),
  startedAt: v.string(),
  counts: Counts,
  /** Only of a run that read a list. Who writes it decides what arrives. */
  manifest: v.optional(v.unknown()),
});
export type EarlierReport = v.InferOutput<typeof EarlierReport>;

/**
 * Compares what arrived for the days of a run with the runs before it. `reportPrefix` ends in
 * `<date>/<run id>/`.
 */
export async function readArrivalRatio(
  s3: S3Client,
  bucket: string,
  reportPrefix: string,
  report: EarlierReport & { readonly timeZone: string },
): Promise<number | undefined> {
  if (report.run.dryRun || report.manifest) {
    return undefined;
  }
  const earlier: RunArrivals[] = [];
  const getDay = createDayFinder(report.timeZone);
  const toArrivals = ({ dates, startedAt, counts }: EarlierReport): RunArrivals => ({
    ...dates,
    startedAt,
    isAhead: dates.to > getDay(new Date(startedAt)),
    archived: counts.archived,
    selected: getSelected(counts),
  });
  let read = 0;
  for await (const folder of listRunFolders(s3, bucket, reportPrefix)) {
    if (new Set(earlier.map(({ to }) => to)).size > MAX_WINDOWS || read >= MAX_REPORTS_READ) {
      break;
    }
    if (folder === reportPrefix) {
      continue;
    }
    read += 1;
    const other = await findJsonFrom(EarlierReport, s3, bucket, `${folder}${REPORT_NAME}`);
    if (other && isEarlierRun(other, report)) {
      earlier.push(toArrivals(other));
    }
  }
  return arrivalRatio(toArrivals(report), earlier);
}

async function* listRunFolders(
  s3: S3Client,
  bucket: string,
  reportPrefix: string,
): AsyncGenerator<string> {
  const [, root, day] = /^(.*?)([^/]+)\/[^/]+\/$/.exec(reportPrefix)!;
  // One page is enough. Ledgers and claims have folders beside those of the days.
  const list = async (prefix: string, startAfter?: string) => {
    const page = await listPage(s3, {
      Bucket: bucket,
      Prefix: prefix,
      Delimiter: '/',
      StartAfter: startAfter,
    });
    return (page.CommonPrefixes ?? []).map((each) => each.Prefix!);
  };
  const days = (await list(root, `${root}${addDays(day, -MAX_DAYS)}`)).filter((folder) =>
    /^\d{4}-\d\d-\d\d\/$/.test(folder.slice(root.length)),
  );
  for (const each of days.reverse()) {
    yield* await list(each);
  }
}

function isEarlierRun({ run, startedAt, manifest }: EarlierReport, report: EarlierReport): boolean {
  const isSameArchiver =
    toStateMachineArn(run.executionArn) === toStateMachineArn(report.run.executionArn);
  return !run.dryRun && !manifest && startedAt <= report.startedAt && isSameArchiver;
}

export interface RunArrivals {
  readonly from: string | null;
  readonly to: string;
  readonly startedAt: string;
  /** Its days had not begun when it started, or not all of them. */
  readonly isAhead: boolean;
  readonly archived: number;
  readonly selected: number;
}

/** A median of fewer windows says little. */
const MIN_WINDOWS = 5;
const MAX_WINDOWS = 14;

/**
 * Divides what arrived for the days of a run by the median of what arrived for the windows of as
 * many days before it, as longer windows hold more. Returns 0 if nothing arrived, and 1 if too few
 * earlier runs are known. Undefined if an earlier run was for later days: this run catches up on
 * old days and says nothing about new arrivals. Neither does a run for days that have not begun,
 * and it makes no other run one that catches up.
 */
export function arrivalRatio(run: RunArrivals, earlier: RunArrivals[]): number | undefined {
  const later = earlier.filter(({ to }) => to > run.to);
  if (run.isAhead || later.some(({ isAhead }) => !isAhead)) {
    return undefined;
  }
  const comparable = earlier
    .filter((other) => other.to <= run.to && countDays(other) === countDays(run))
    .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));

  const windows = groupBy([...comparable, run], ({ to }) => to);
  const arrived = countArrived(windows.get(run.to)!);
  if (arrived === 0) {
    return 0;
  }

  windows.delete(run.to);
  const usual = [...windows]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .slice(0, MAX_WINDOWS)
    .map(([, runs]) => countArrived(runs));
  const middle = median(usual);
  return usual.length < MIN_WINDOWS || middle === 0 ? 1 : arrived / middle;
}

/** A repeated run finds only what the runs before it left, so what those archived is added. */
function countArrived(runs: RunArrivals[]): number {
  const last = runs[runs.length - 1];
  return runs.slice(0, -1).reduce((sum, { archived }) => sum + archived, last.selected);
}

function countDays({ from, to }: RunArrivals): number {
  return from === null ? Infinity : daysBetween(from, to) + 1;
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
