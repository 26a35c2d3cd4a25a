import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { isRunning } from '../../../../src/lambda/plan-run/running-runs';

const ARN = 'arn:aws:states:eu-west-1:111122223333:execution:Archiver:nightly';

const client = new SFNClient({ region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
const sfn = mockClient(client);
afterEach(() => sfn.reset());

test.each([['RUNNING', true], ['PENDING_REDRIVE', false], ['SUCCEEDED', false], ['ABORTED', false]] as const)('an execution that is %s runs: %s', async (status, expected) => {
  sfn.on(DescribeExecutionCommand, { executionArn: ARN }).resolves({ status });
  expect(await isRunning(client, ARN)).toBe(expected);
});

test('an execution that Step Functions has forgotten does not run', async () => {
  sfn.on(DescribeExecutionCommand).rejects(Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' }));
  expect(await isRunning(client, ARN)).toBe(false);
});

test('a denial is an error', async () => {
  sfn.on(DescribeExecutionCommand).rejects(Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));
  await expect(isRunning(client, ARN)).rejects.toThrow('denied');
});
