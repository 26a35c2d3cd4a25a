import {
  DescribeStateMachineCommand,
  SFNClient,
  TestStateCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { testStates } from './test-states';
import { definition, synth } from '../../helpers/synth';

const client = new SFNClient({ region: 'eu-central-1' });
const sfn = mockClient(client);
const text = JSON.stringify(definition(synth().template));

beforeEach(() => {
  sfn.reset();
  sfn.on(DescribeStateMachineCommand).resolves({ definition: text, roleArn: 'arn:role' });
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({ result: 'OK', diagnostics: [] });
  sfn.on(TestStateCommand).callsFake(({ definition: state }) => {
    const { Type, Error: error } = JSON.parse(state) as { Type: string; Error: string };
    return Type === 'Fail' ? { status: 'FAILED', error } : { status: 'SUCCEEDED' };
  });
});

const MACHINE =
  'arn:aws:states:eu-central-1:111122223333:stateMachine:archiver-verify-1a2b3c4d-Standard';

test(
  'every state that calls no service is tested, those of the batches too, and none needs a ' +
    'role',
  async () => {
    expect(await testStates(client, MACHINE)).toEqual([
      { name: 'the definition of Standard', status: 'passed', details: [] },
      { name: '10 states of Standard', status: 'passed', details: [] },
    ]);
    const calls = sfn.commandCalls(TestStateCommand);
    expect(calls).toHaveLength(10);
    expect(calls.filter(({ args: [{ input }] }) => 'roleArn' in input)).toEqual([]);
  },
);

test('a state that AWS does not run, and an error of the validation, have a row each', async () => {
  sfn
    .on(TestStateCommand)
    .resolves({ status: 'FAILED', error: 'States.Runtime', cause: 'no path' });
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({
    result: 'FAIL',
    diagnostics: [
      {
        severity: 'ERROR',
        code: 'SCHEMA_VALIDATION_FAILED',
        message: 'Prefix',
        location: '/States/ArchiveObjects',
      },
    ],
  });
  const rows = await testStates(client, MACHINE);
  expect(rows).toContainEqual({
    name: 'the definition of Standard',
    status: 'differs',
    details: ['/States/ArchiveObjects: SCHEMA_VALIDATION_FAILED: Prefix'],
  });
  expect(rows).toContainEqual({
    name: 'state Fail of Standard',
    status: 'differs',
    details: ['FAILED: States.Runtime: no path'],
  });
  expect(rows).toHaveLength(11);
});

test('what may not be asked is unknown, and hides nothing else', async () => {
  const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  sfn.on(ValidateStateMachineDefinitionCommand).rejects(denied);
  sfn
    .on(TestStateCommand, { inspectionLevel: 'INFO' })
    .rejectsOnce(denied)
    .resolves({ status: 'SUCCEEDED' });
  const rows = await testStates(client, MACHINE);
  expect(rows.map(({ status }) => status)).toEqual(['unknown', 'passed', 'unknown']);
  expect(rows[0]!.details).toEqual(['could not be asked: AccessDeniedException: not authorized']);
  sfn.on(DescribeStateMachineCommand).rejects(denied);
  expect(await testStates(client, MACHINE)).toMatchObject([
    { name: 'the definition of Standard', status: 'unknown' },
  ]);
});
