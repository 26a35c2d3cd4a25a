import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

/**
 * Step Functions forgets an execution 90 days after its end. The role may describe the runs of its own state machine only, and those of
 * an earlier deployment ended with it.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
const ENDED = ['ExecutionDoesNotExist', 'AccessDeniedException', 'InvalidArn'];

/** Whether a run is still going, for the first time or because it was redriven. */
export async function isRunning(sfn: SFNClient, executionArn: string): Promise<boolean> {
  try {
    return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === 'RUNNING';
  } catch (error) {
    if (ENDED.includes((error as Error).name)) { return false; }
    throw error;
  }
}
