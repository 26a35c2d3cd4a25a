import { Logger } from '@aws-lambda-powertools/logger';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { explainFailure, getRunId } from './explain-failure';
import { Env } from '../../contract/settings';
import { logErrors } from '../runtime/logging';
import { retryUnreadableAnswers } from '../s3/readable-answers';
import { responseTimeout } from '../s3/timeouts';

const logger = new Logger({ serviceName: 'explain-failure' });
const options = { retryMode: 'standard', maxAttempts: 5, requestHandler: responseTimeout(5_000) };
const sfn = retryUnreadableAnswers(new SFNClient(options));
const sns = retryUnreadableAnswers(new SNSClient(options));

/**
 * Sends one message that says why a run failed, timed out, was stopped or did not start, and which command to run next.
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  logger.appendKeys({ run_id: getRunId(event) });
  const alerts = await logErrors(logger, () => explainFailure({
    sfn,
    sns,
    // The environment is not validated: if an alert failed because of its own settings, nobody would hear of the failed
    // run.
    topicArn: process.env[Env.ALERT_TOPIC_ARN]!,
    archiverName: process.env[Env.ARCHIVER_NAME],
    reportBucket: process.env[Env.REPORT_BUCKET],
    stateMachineArn: process.env[Env.STATE_MACHINE_ARN],
    onError: (error) => logger.warn('not explained in full', error),
  }, event));
  logger.info(alerts.length > 0 ? 'alert sent' : 'no alert needed', { subjects: alerts.map(({ subject }) => subject) });
}
