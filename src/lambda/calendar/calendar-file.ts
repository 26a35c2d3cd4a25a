/**
 * The file of the calendar. It contains its runs as JSON, so nothing else has to remember them. The
 * write is conditional: if two runs write at the same time, the second one reads the file again.
 */
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { readRuns, renderCalendar, type ReportPlace } from './calendar-page';
import { addRun, type CalendarRun } from './calendar-runs';
import { getTarget } from '../../contract/actions';
import { CALENDAR_NAME } from '../../contract/report-places';
import { backOff, type Clock } from '../s3/retry';
import { toS3Error } from '../s3/s3-error';
import { responseTimeout, withAbortSignal } from '../s3/timeouts';

/** Options of the client: a request that fails a third time is not worth waiting for. */
export const CALENDAR_CLIENT = {
  retryMode: 'standard',
  maxAttempts: 3,
  requestHandler: responseTimeout(2_000),
};

/** The calendar is not worth more of a run's time. An update usually takes two requests. */
const MILLISECONDS = 5_000;

/**
 * Throws if the calendar could not be updated in time, or if the object under its key is not a
 * calendar.
 */
export async function updateCalendar(
  s3: S3Client,
  place: ReportPlace & { readonly retentionDays?: number },
  run: CalendarRun,
  clock: Clock,
): Promise<void> {
  // The calendar shows the days of archive and source. This run changed neither.
  if (getTarget(run) === 'reports') {
    return;
  }
  const budget = { clock, deadline: clock.now() + MILLISECONDS };
  const limited = withAbortSignal(s3, AbortSignal.timeout(MILLISECONDS));
  const object = { Bucket: place.bucket, Key: `${place.reportPrefix}${CALENDAR_NAME}` };
  for (let attempt = 0; ; attempt++) {
    const { page, etag, denied } = await readPage(limited, object);
    const runs = addRun(
      page === undefined ? [] : readRuns(page, `s3://${object.Bucket}/${object.Key}`),
      run,
      place.retentionDays,
    );
    const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag };
    try {
      await limited.send(
        new PutObjectCommand({
          ...object,
          ...condition,
          Body: renderCalendar(runs, place),
          ContentType: 'text/html; charset=utf-8',
        }),
      );
      return;
    } catch (error) {
      // Another run wrote the page since it was read. With `IfMatch`, 404 means that it is gone by
      // now.
      const isRace = ['ambiguous', 'missing'].includes(toS3Error(error).kind);
      if (!isRace || denied || !(await backOff(budget, attempt))) {
        throw denied ?? error;
      }
    }
  }
}

async function readPage(
  s3: S3Client,
  object: { Bucket: string; Key: string },
): Promise<{ page?: string; etag?: string; denied?: Error }> {
  try {
    const answer = await s3.send(new GetObjectCommand(object));
    return { page: await answer.Body!.transformToString(), etag: answer.ETag! };
  } catch (error) {
    const { kind } = toS3Error(error);
    if (kind === 'missing') {
      return {};
    }
    // S3 answers 403 for a missing key to those who may not list it. The write, which replaces
    // nothing, finds out.
    if (kind === 'denied') {
      return { denied: error as Error };
    }
    throw error;
  }
}
