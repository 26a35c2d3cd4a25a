import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { explainFailure, getRunId } from './explain-failure';
import { toFailedRun } from './failed-run';
import type { FailureFacts } from './failure-facts';
import { CALENDAR_CLIENT, updateCalendar } from '../calendar/calendar-file';
import { createLogger, logRun } from '../runtime/logging';
import { createS3Client } from '../s3/bucket-region';
import { retryUnreadableAnswers } from '../s3/readable-answers';
import { systemClock } from '../s3/retry';
import { responseTimeout } from '../s3/timeouts';

const logger = createLogger('explain-failure');
const options = { retryMode: 'standard', maxAttempts: 5, requestHandler: responseTimeout(5_000) };
const sfn = retryUnreadableAnswers(new SFNClient(options));
const sns = retryUnreadableAnswers(new SNSClient(options));
const calendarS3 = createS3Client(CALENDAR_CLIENT);

/**
 * Sends one message that says why a run failed, timed out, was stopped or did not start, and which
 * command to run next.
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  const alerts = await logRun(logger, context, getRunId(event), () =>
    explainFailure(
      {
        sfn,
        sns,
        // The environment is not validated: an alert that fails because of its own settings would
        // hide the failed run.
        topicArn: process.env.ALERT_TOPIC_ARN!,
        chatTopicArn: process.env.CHAT_TOPIC_ARN,
        archiverName: process.env.ARCHIVER_NAME,
        reportBucket: process.env.REPORT_BUCKET,
        stateMachineArn: process.env.STATE_MACHINE_ARN,
        onError: (error) => logger.warn('not explained in full', error),
        // The message is sent, so an error here must not cause a retry that sends it again.
        onExplained: (facts) =>
          addToCalendar(facts).catch((error: Error) =>
            logger.warn('the calendar was not updated; the message is sent', error),
          ),
      },
      event,
    ),
  );
  logger.info(alerts.length > 0 ? 'alert sent' : 'no alert needed', {
    subjects: alerts.map(({ subject }) => subject),
  });
}

async function addToCalendar(facts: FailureFacts): Promise<void> {
  const { env } = process;
  const archiver = env.ARCHIVER_NAME ?? facts.change.stateMachineArn.split(':').pop()!;
  const run = toFailedRun({ archiver, timeZone: env.TIME_ZONE ?? 'UTC' }, facts, systemClock.now());
  const retentionDays = Number(env.REPORT_RETENTION_DAYS) || undefined;
  await updateCalendar(
    calendarS3,
    { bucket: env.REPORT_BUCKET!, reportPrefix: env.REPORT_PREFIX!, retentionDays },
    run,
    systemClock,
  );
}
