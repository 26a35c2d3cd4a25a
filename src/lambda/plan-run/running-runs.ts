import { DescribeExecutionCommand, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { RunningRun, TurnContext } from './take-turn';
import { toStateMachineArn } from '../text/arn';

/** A run that is further back is one of many that wait for something. */
const MAX_RUNNING = 100;

/** What Step Functions says of the executions of a state machine, which may be a little out of date. */
export function describeExecutions(sfn: SFNClient, executionArn: string): Pick<TurnContext, 'isRunning' | 'listRunning'> {
  const describe = (arn: string) => sfn.send(new DescribeExecutionCommand({ executionArn: arn }));
  return {
    isRunning: async (arn) => {
      try {
        return (await describe(arn)).status === 'RUNNING';
      } catch (error) {
        // Step Functions forgets an execution 90 days after its end.
        if ((error as Error).name === 'ExecutionDoesNotExist') { return false; }
        // The role may describe the runs of its own archiver, and of no other one.
        const isForeign = toStateMachineArn(arn) !== toStateMachineArn(executionArn);
        if (isForeign && (error as Error).name === 'AccessDeniedException') { return undefined; }
        throw error;
      }
    },
    listRunning: async () => {
      const stateMachineArn = toStateMachineArn(executionArn);
      const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: MAX_RUNNING }));
      const others = executions.filter((each) => each.executionArn !== executionArn);
      return Promise.all(others.map(async ({ executionArn: arn, name, startDate, redriveDate }): Promise<RunningRun> => ({
        // A redrive gets the full time of a run again.
        executionArn: arn!, name: name!, startTime: redriveDate ?? startDate!, input: (await describe(arn!)).input,
      })));
    },
  };
}
