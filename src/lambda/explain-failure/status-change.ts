/** Reads EventBridge's "Step Functions Execution Status Change". */
import * as v from 'valibot';

/** A fact that cannot be read is left out alone: the message is made from the rest. */
const text = v.fallback(v.optional(v.string()), undefined);

/** Epoch milliseconds from 1973 to 9998. A smaller number counts seconds. What DescribeExecution says takes its place. */
const instant = v.fallback(v.optional(v.pipe(v.number(), v.minValue(1e11), v.maxValue(Date.UTC(9998, 11, 31)))), undefined);

/** Only the ARN is required: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
export const StatusChangeEvent = v.object({
  detail: v.pipe(v.object({
    executionArn: v.string(),
    stateMachineArn: text,
    name: text,
    status: text,
    startDate: instant,
    stopDate: instant,
    /** Step Functions omits an input of more than 248 KiB. */
    input: text,
    error: text,
    cause: text,
  }), v.transform((detail) => ({
    ...detail,
    stateMachineArn: detail.stateMachineArn ?? detail.executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, ''),
    name: detail.name ?? detail.executionArn.split(':').pop()!,
    status: detail.status ?? 'FAILED',
  }))),
});
export type StatusChange = v.InferOutput<typeof StatusChangeEvent>['detail'];

export function readRun(event: unknown): { name?: string; status: string } {
  const { output, success } = v.safeParse(v.object({ detail: v.object({ name: text, status: text }) }), event);
  return { name: success ? output.detail.name : undefined, status: (success ? output.detail.status : undefined) ?? 'FAILED' };
}
