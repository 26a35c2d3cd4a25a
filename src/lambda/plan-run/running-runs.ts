import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

/**
 * Whether an execution has not ended, as far as Step Functions knows, which may be a little out of date. False after 90 days, when it
 * has forgotten the execution.
 */
export async function isRunning(sfn: SFNClient, executionArn: string): Promise<boolean> {
  try {
    return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === 'RUNNING';
  } catch (error) {
    if ((error as Error).name === 'ExecutionDoesNotExist') { return false; }
    throw error;
  }
}
