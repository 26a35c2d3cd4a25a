import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { readArrivalRatio } from './earlier-reports';
import { checkMapOutput } from './map-results';
import { publishMetrics } from './publish-metrics';
import { reportRun } from './report-run';
import { publishVerificationMetrics } from './verification/publish-verification-metrics';
import { reportVerification } from './verification/report-verification';
import { LogMessage } from '../../contract/logs';
import { ReportRunEvent, type RunSummary } from '../../contract/payloads/report-payloads';
import { Env } from '../../contract/settings';
import { toChatMessage } from '../alerts/chat-message';
import { CALENDAR_CLIENT, updateCalendar } from '../calendar/calendar-file';
import { toReportRoot } from '../calendar/calendar-links';
import { toCalendarRun } from '../calendar/to-calendar-run';
import { readReportSettings } from '../runtime/environment';
import { createLogger, logErrors, toLogFields } from '../runtime/logging';
import { createS3Client } from '../s3/bucket-region';
import { retryUnreadableAnswers } from '../s3/readable-answers';
import { systemClock } from '../s3/retry';
import { responseTimeout } from '../s3/timeouts';
import { createSelector } from '../selection/select-objects';

const logger = createLogger('report-run');
// If one request failed, a finished run would have no report, so allow more attempts than the default. Source and destination may
// be in other regions.
const s3 = createS3Client({ retryMode: 'standard', maxAttempts: 8, requestHandler: responseTimeout(30_000) });
// The calendar can do without a run, and a run must not wait for it.
const calendarS3 = createS3Client(CALENDAR_CLIENT);
const sfn = retryUnreadableAnswers(new SFNClient({ retryMode: 'standard', maxAttempts: 8, requestHandler: responseTimeout(5_000) }));
// The time from the start of the process until all modules are loaded. Lambda bills it as initialization.
const initSeconds = performance.now() / 1000;

/** Adds up the batches and the ledger of a run, writes the report, and returns how the run ended. */
export async function handler(event: unknown, context: Context): Promise<RunSummary> {
  const request = v.parse(ReportRunEvent, event);
  logger.addContext(context);
  logger.appendKeys({ run_id: request.run.id });
  return logErrors(logger, async () => {
    // The schema takes any list for an object without fields.
    checkMapOutput((event as { readonly map: unknown }).map);
    const { summary, publish } = await (request.run.action === 'verify' ? verification(request) : report(request));
    await addToCalendar(request, summary);
    // Metrics cannot be published on a condition, so they come last: an attempt that dies earlier has published none. One that dies
    // before its answer arrives publishes them twice.
    publish();
    return process.env[Env.CHAT_TOPIC_ARN] ? { ...summary, chat: toChatMessage(summary) } : summary;
  });
}

/** The run is over and has its report, so whatever happens here must not fail it. */
async function addToCalendar({ run, executionId }: ReportRunEvent, summary: RunSummary): Promise<void> {
  try {
    const { archiverName, timeZone, reportBucket, reportRetentionDays } = readReportSettings(process.env);
    const times = { startedAt: new Date(run.startTime), endedAt: new Date(systemClock.now()) };
    const place = { bucket: reportBucket, reportPrefix: toReportRoot(run.reportPrefix), retentionDays: reportRetentionDays };
    const ended = toCalendarRun({ archiver: archiverName, timeZone, executionArn: executionId, ...times }, summary);
    await updateCalendar(calendarS3, place, ended, systemClock);
  } catch (error) {
    logger.warn('the calendar was not updated; the report of the run is complete', error as Error);
  }
}

const readInput = async (executionArn: string) => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).input;

/** How a run ended, and what publishes its metrics. */
interface Reported {
  readonly summary: RunSummary;
  readonly publish: () => void;
}

async function verification(request: ReportRunEvent): Promise<Reported> {
  const settings = readReportSettings(process.env);
  const { summary, report: written } = await reportVerification({ s3, readInput, settings, clock: systemClock }, request);
  const { outcome, counts, bytes, reasons } = written;
  logger.info(LogMessage.RUN_REPORTED, { action: 'verify', outcome, counts, bytes, reasons, report: summary.report });
  return { summary, publish: () => publishVerificationMetrics(settings.archiverName, written) };
}

async function report(request: ReportRunEvent): Promise<Reported> {
  const settings = readReportSettings(process.env);
  const { summary, report: written } = await reportRun({
    s3,
    readInput,
    settings,
    select: createSelector(settings, request.run),
    clock: systemClock,
    initSeconds,
    onProblem: (line) => logger.warn(LogMessage.NOT_ARCHIVED, toLogFields(line)),
  }, request);
  if (request.run.action === 'restore') {
    logger.info(LogMessage.RUN_REPORTED, { action: 'restore', outcome: written.outcome, counts: summary.counts, bytes: written.bytes, reasons: written.reasons, report: summary.report });
    return { summary, publish: () => undefined };
  }
  // The comparison is optional: a run that finished its work must not fail because of it.
  const arrivalRatio = await readArrivalRatio(s3, settings.reportBucket, request.run.reportPrefix, written)
    .catch((error: Error) => logger.warn('earlier reports were not read', error));
  const { outcome, counts, bytes, reasons } = written;
  logger.info(LogMessage.RUN_REPORTED, { outcome, counts, bytes, reasons, report: summary.report });
  return { summary, publish: () => publishMetrics(settings.archiverName, written, arrivalRatio ?? undefined) };
}
