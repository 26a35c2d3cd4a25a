import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { planRun } from './plan-run';
import { type Plan, PlanRunEvent } from '../../contract/payloads';
import { readPlanSettings } from '../runtime/environment';
import { createLogger, logErrors } from '../runtime/logging';

const logger = createLogger('plan-run');

/** Turns the input of an execution into the plan that all later states follow. */
export async function handler(event: unknown, context: Context): Promise<Plan> {
  logger.addContext(context);
  const request = v.parse(PlanRunEvent, event);
  logger.appendKeys({ run_id: request.runId });
  const plan = await logErrors(logger, () => planRun(request, readPlanSettings(process.env)));
  logger.info('run planned', { ...plan, progress: undefined });
  return plan;
}
