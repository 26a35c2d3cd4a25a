import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { describeExecutions } from '../../../../src/lambda/plan-run/running-runs';

const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:Archiver';
const arn = (name: string) => `arn:aws:states:eu-west-1:111122223333:execution:Archiver:${name}`;
const START = new Date('2026-11-24T01:00:00Z');
const REDRIVE = new Date('2026-11-25T09:00:00Z');

const client = new SFNClient({ region: 'eu-west-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
const sfn = mockClient(client);
afterEach(() => sfn.reset());

function running(...names: { name: string; redriveDate?: Date }[]) {
  sfn.on(ListExecutionsCommand, { stateMachineArn: MACHINE, statusFilter: 'RUNNING' }).resolves({
    executions: names.map((each) => ({ ...each, executionArn: arn(each.name), stateMachineArn: MACHINE, startDate: START, status: 'RUNNING' })),
  });
  sfn.on(DescribeExecutionCommand).resolves({ input: '{}' });
  return describeExecutions(client, arn('undo')).listRunning();
}

test('lists the other runs', async () => {
  expect(await running({ name: 'undo' }, { name: 'nightly' })).toEqual([{ executionArn: arn('nightly'), name: 'nightly', startTime: START, input: '{}' }]);
});

test('a run that is redriven is in the way since its redrive, because it gets the full time of a run again', async () => {
  expect(await running({ name: 'nightly', redriveDate: REDRIVE })).toMatchObject([{ startTime: REDRIVE }]);
});

test('of a run that another archiver started, nobody here knows whether it is running', async () => {
  sfn.on(DescribeExecutionCommand).rejects(Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));
  expect(await describeExecutions(client, arn('undo')).isRunning(arn('other').replace('Archiver', 'Other'))).toBeUndefined();
});

test('a denial for a run of the same archiver is an error, because the role lacks a permission', async () => {
  sfn.on(DescribeExecutionCommand).rejects(Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));
  await expect(describeExecutions(client, arn('undo')).isRunning(arn('other'))).rejects.toThrow('denied');
});

test('a run that Step Functions has forgotten is not running', async () => {
  sfn.on(DescribeExecutionCommand).rejects(Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' }));
  expect(await describeExecutions(client, arn('undo')).isRunning(arn('old'))).toBe(false);
});
