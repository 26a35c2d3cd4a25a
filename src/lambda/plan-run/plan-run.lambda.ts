import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { createPlanPorts } from './plan-ports';
import { planRun } from './plan-run';
import { isExecutionRunning } from '../../actions/verify/lambda/verified-runs';
import type { Plan } from '../../contract/payloads/batch-payloads';
import { PlanRunEvent } from '../../contract/payloads/run';
import { readSettings } from '../runtime/environment';
import { createLogger, logRun } from '../runtime/logging';
import { createS3Client } from '../s3/bucket-region';
import { retryUnreadableAnswers } from '../s3/readable-answers';
import { systemClock } from '../s3/retry';
import { responseTimeout } from '../s3/timeouts';

const logger = createLogger('plan-run');
const options = { retryMode: 'standard', requestHandler: responseTimeout(5_000) };
// The destination may be in another region.
const s3 = createS3Client(options);
const sfn = retryUnreadableAnswers(new SFNClient(options));
/** The function has one minute. */
const CLAIM_MILLISECONDS = 30_000;

export async function handler(event: unknown, context: Context): Promise<Plan> {
  const request = v.parse(PlanRunEvent, event);
  const plan = await logRun(logger, context, request.runId, () => {
    const settings = readSettings(process.env);
    const budget = { clock: systemClock, deadline: systemClock.now() + CLAIM_MILLISECONDS };
    const isRunning = (arn: string) => isExecutionRunning(sfn, arn);
    const onUnread = (error: Error) => logger.warn('earlier reports were not read', error);
    const clients = { s3, isRunning, budget, onUnread };
    return planRun(request, settings, createPlanPorts(clients, settings, request));
  });
  logger.info('run planned', { ...plan, progress: undefined });
  return plan;
}
