import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

/**
 * Step Functions forgets an execution 90 days after its end. The role may describe the executions of its own state machine only, and
 * those of an earlier one ended with it.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
const ENDED = ['ExecutionDoesNotExist', 'AccessDeniedException', 'InvalidArn'];

/**
 * Whether an execution has not ended, or was redriven and has not ended again, as far as Step Functions knows, which may be a little
 * out of date.
 */
export async function isRunning(sfn: SFNClient, executionArn: string): Promise<boolean> {
  try {
    return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === 'RUNNING';
  } catch (error) {
    if (ENDED.includes((error as Error).name)) { return false; }
    throw error;
  }
}
