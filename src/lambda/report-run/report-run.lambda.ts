import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { checkMapOutput } from './map-results';
import { publishMetrics, publishVerificationMetrics } from './publish-metrics';
import { writeRemainingParts } from './remaining-parts';
import { toCounts } from './report/outcome';
import type { Report } from './report/report';
import { reportRun } from './report-run';
import type { Reported } from './write-report';
import { reportVerification } from '../../actions/verify/lambda/report-verification';
import type { VerificationReport } from '../../actions/verify/lambda/verification-report';
import { type Action, getTarget } from '../../contract/actions';
import { LogMessage } from '../../contract/logs';
import type { LedgerLine } from '../../contract/payloads/ledger-line';
import {
  ReportRunEvent,
  type RunSummary,
  type UnfinishedRun,
} from '../../contract/payloads/report-payloads';
import type { Settings } from '../../contract/payloads/settings';
import { toReportRoot } from '../../contract/report-places';
import { toChatMessage } from '../../features/chat/lambda/chat-message';
import { CALENDAR_CLIENT, updateCalendar } from '../calendar/calendar-file';
import { toCalendarRun } from '../calendar/calendar-runs';
import { readSettings } from '../runtime/environment';
import { createLogger, logRun, toLogFields } from '../runtime/logging';
import { createS3Client } from '../s3/bucket-region';
import { readListingsFast } from '../s3/listing/fast-listing';
import { retryUnreadableAnswers } from '../s3/readable-answers';
import { systemClock } from '../s3/retry';
import { responseTimeout } from '../s3/timeouts';
import { createSelector } from '../selection/select-objects';

const logger = createLogger('report-run');
// If one request failed, a finished run would have no report: more attempts than the default.
// Source and destination may be in other regions.
const s3 = createS3Client(
  {
    retryMode: 'standard',
    maxAttempts: 8,
    requestHandler: responseTimeout(30_000),
  },
  readListingsFast,
);
// The calendar can do without a run, and a run must not wait for it.
const calendarS3 = createS3Client(CALENDAR_CLIENT);
const sfn = retryUnreadableAnswers(
  new SFNClient({ retryMode: 'standard', maxAttempts: 8, requestHandler: responseTimeout(5_000) }),
);
// The time from the start of the process until all modules are loaded. Lambda bills it as
// initialization.
const initSeconds = performance.now() / 1000;

export async function handler(
  event: unknown,
  context: Context,
): Promise<RunSummary | UnfinishedRun> {
  const request = v.parse(ReportRunEvent, event);
  return logRun(logger, context, request.run.id, async () => {
    // The schema takes any list for an object without fields.
    checkMapOutput((event as { readonly map: unknown }).map);
    const settings = readSettings(process.env);
    const unfinished = await writeRemainingParts(
      { s3, readInput, settings, clock: systemClock },
      request,
    );
    if (unfinished) {
      logger.info('objects of some batches remain, so FinishBatches continues these batches');
      return unfinished;
    }
    const {
      reported: { report, summary, alert },
      publish,
    } = await REPORTS[request.run.action](request, settings);
    const { action, outcome, counts, bytes, reasons } = report;
    logger.info(LogMessage.RUN_REPORTED, {
      ...(action && { action }),
      outcome,
      counts,
      bytes,
      reasons,
      report: summary.report,
    });
    // The run is over and has its report, so an error here must not fail it.
    await addToCalendar(settings, request, summary).catch((error: Error) =>
      logger.warn('the calendar was not updated; the report of the run is complete', error),
    );
    // Metrics cannot be published on a condition, so they come last. Only an attempt that dies
    // before its answer arrives publishes them twice.
    publish?.();
    return settings.chatTopicArn ? { ...summary, chat: toChatMessage(alert) } : summary;
  });
}

async function addToCalendar(
  settings: Settings,
  { run, executionId }: ReportRunEvent,
  summary: RunSummary,
): Promise<void> {
  const { archiverName, timeZone, reportBucket, reportRetentionDays } = settings;
  const times = { startedAt: new Date(run.startTime), endedAt: new Date(systemClock.now()) };
  const place = {
    bucket: reportBucket,
    reportPrefix: toReportRoot(run.reportPrefix),
    retentionDays: reportRetentionDays,
  };
  const ended = toCalendarRun(
    { archiver: archiverName, timeZone, executionArn: executionId, ...times },
    summary,
  );
  await updateCalendar(calendarS3, place, ended, systemClock);
}

const readInput = async (executionArn: string) =>
  (await sfn.send(new DescribeExecutionCommand({ executionArn }))).input;

interface Written {
  readonly reported: Reported<Report | VerificationReport>;
  /** Publishes the metrics of the run. Unset: it has none. */
  readonly publish?: () => void;
}

/** Write the report of a run. */
const REPORTS: {
  readonly [action in Action]: (request: ReportRunEvent, settings: Settings) => Promise<Written>;
} = {
  archive: writeMoveReport,
  verify: writeVerificationReport,
  restore: writeMoveReport,
};

async function writeVerificationReport(
  request: ReportRunEvent,
  settings: Settings,
): Promise<Written> {
  const context = { s3, readInput, settings, clock: systemClock };
  const reported = await reportVerification(context, request);
  return { reported, publish: () => publishVerificationMetrics(reported.report) };
}

/** A restore has no metrics. */
async function writeMoveReport(request: ReportRunEvent, settings: Settings): Promise<Written> {
  const { run } = request;
  const context = { s3, readInput, settings, clock: systemClock };
  const onProblem = (line: LedgerLine) => logger.warn(LogMessage.NOT_ARCHIVED, toLogFields(line));
  const onUnread = (error: Error) => logger.warn('earlier reports were not read', error);
  const select = createSelector(settings, run);
  const reported = await reportRun(
    { ...context, select, initSeconds, onProblem, onUnread },
    request,
  );
  if (getTarget(run) !== 'destination') {
    return { reported };
  }
  const { report, arrivalRatio } = reported;
  return { reported, publish: () => publishMetrics(report, toCounts(report.counts), arrivalRatio) };
}
