import { createHash } from 'node:crypto';
import { CALENDAR_NAME } from '../../contract/report-places';
import { createDayFinder } from '../../dates/date-window';
import { consoleUrl } from '../alerts/cli-commands';

/** The id of a day in the page. Archivers may share a calendar, and their names may have any characters. */
export function toAnchor(archiver: string, day: string): string {
  return `r${createHash('sha256').update(archiver).digest('hex').slice(0, 8)}-${day}`;
}

/** The address of a run's day, for a page in the folder of the run: `<report prefix><day>/<run>/`. */
export function toCalendarHref(archiver: string, startedAt: string, timeZone: string): string {
  return `../../${CALENDAR_NAME}#${toAnchor(archiver, createDayFinder(timeZone)(new Date(startedAt)))}`;
}

/** The prop `reportPrefix`: the folder of a run is `<day>/<name>/` below it. */
export function toReportRoot(folder: string): string {
  return folder.replace(/[^/]+\/[^/]+\/$/, '');
}

export function objectUrl(executionArn: string, bucket: string, key: string): string | undefined {
  return consoleUrl(executionArn, (region) => `s3/object/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`);
}
