import { Logger } from '@aws-lambda-powertools/logger';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { explainFailure, getRunId } from './explain-failure';
import { Env } from '../../contract/settings';
import { logErrors } from '../runtime/logging';
import { responseTimeout } from '../s3/timeouts';

const logger = new Logger({ serviceName: 'explain-failure' });
const options = { retryMode: 'standard', maxAttempts: 5, requestHandler: responseTimeout(5_000) };
const sfn = new SFNClient(options);
const sns = new SNSClient(options);

/** Says in one message why a run failed, timed out, was stopped or could not be started, and what to type. */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  logger.appendKeys({ run_id: getRunId(event) });
  const alerts = await logErrors(logger, () => explainFailure({
    sfn,
    sns,
    // Not checked by a schema: an alert that fails for its own settings would be one more silent failure.
    topicArn: process.env[Env.ALERT_TOPIC_ARN]!,
    archiverName: process.env[Env.ARCHIVER_NAME],
    reportBucket: process.env[Env.REPORT_BUCKET],
    stateMachineArn: process.env[Env.STATE_MACHINE_ARN],
    onError: (error) => logger.warn('not explained in full', error),
  }, event));
  logger.info(alerts.length > 0 ? 'alert sent' : 'nothing to tell', { subjects: alerts.map(({ subject }) => subject) });
}
