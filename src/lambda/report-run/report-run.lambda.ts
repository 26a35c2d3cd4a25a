import { Logger } from '@aws-lambda-powertools/logger';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { readArrivalRatio } from './earlier-reports';
import { publishMetrics } from './publish-metrics';
import { reportRun } from './report-run';
import { LogMessage } from '../../contract/logs';
import { ReportRunEvent, type RunSummary } from '../../contract/payloads';
import { readReportSettings } from '../runtime/environment';
import { logErrors, toLogFields } from '../runtime/logging';
import { responseTimeout } from '../s3/timeouts';
import { createSelector } from '../selection/select-objects';

const logger = new Logger({ serviceName: 'report-run' });
// One request that fails would leave a finished run without its report: more budget than the default.
const s3 = new S3Client({ retryMode: 'standard', maxAttempts: 8, followRegionRedirects: true, requestHandler: responseTimeout(30_000) });
// From the start of the process until everything is loaded, as Lambda bills it.
const initSeconds = performance.now() / 1000;

/** Adds a run's batches and its ledger up, writes the report and says how the run ended. */
export async function handler(event: unknown, context: Context): Promise<RunSummary> {
  const request = v.parse(ReportRunEvent, event);
  logger.addContext(context);
  logger.appendKeys({ run_id: request.run.id });
  return logErrors(logger, () => report(request));
}

async function report(request: ReportRunEvent): Promise<RunSummary> {
  const settings = readReportSettings(process.env);
  const { summary, report: written } = await reportRun({
    s3,
    settings,
    select: createSelector(settings, request.run),
    now: () => new Date(),
    initSeconds,
    onProblem: (line) => logger.warn(LogMessage.NOT_ARCHIVED, toLogFields(line)),
  }, request);
  // A run that has done its work does not fail for want of a comparison.
  const arrivalRatio = await readArrivalRatio(s3, settings.reportBucket, request.run.reportPrefix, written)
    .catch((error: Error) => logger.warn('earlier reports were not read', error));
  publishMetrics(settings.archiverName, written, arrivalRatio ?? undefined);
  const { outcome, counts, bytes, reasons } = written;
  logger.info(LogMessage.RUN_REPORTED, { outcome, counts, bytes, reasons, report: summary.report });
  return summary;
}
