import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { isExecutionRunning } from '../../../../src/actions/verify/lambda/verified-runs';

const ARN = 'arn:aws:states:eu-west-1:111122223333:execution:Archiver:nightly';

const client = new SFNClient({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
});
const sfn = mockClient(client);
afterEach(() => sfn.reset());

test.each([
  ['RUNNING', true],
  ['PENDING_REDRIVE', false],
  ['SUCCEEDED', false],
  ['ABORTED', false],
] as const)('an execution that is %s runs: %s', async (status, expected) => {
  sfn.on(DescribeExecutionCommand, { executionArn: ARN }).resolves({ status });
  expect(await isExecutionRunning(client, ARN)).toBe(expected);
});

test.each([
  ['ExecutionDoesNotExist', 'Step Functions has forgotten it'],
  ['AccessDeniedException', 'it is of a state machine that an earlier deployment had'],
  ['InvalidArn', 'its ARN is none'],
])('an execution does not run if the answer is %s: %s', async (name) => {
  sfn.on(DescribeExecutionCommand).rejects(Object.assign(new Error('no'), { name }));
  expect(await isExecutionRunning(client, ARN)).toBe(false);
});

test('whether an execution runs is not guessed if Step Functions does not answer', async () => {
  sfn
    .on(DescribeExecutionCommand)
    .rejects(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));
  await expect(isExecutionRunning(client, ARN)).rejects.toThrow('slow down');
});
