import { DescribeStateMachineCommand, SFNClient, TestStateCommand, ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn';
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

test('every state that calls no service is tested, those of the batches too', async () => {
  expect(await testStates(client, 'arn:machine')).toEqual({ tested: 9, problems: [] });
  expect(sfn.commandCalls(TestStateCommand)).toHaveLength(9);
});

test('a state that AWS does not run, and an error of the validation, are told', async () => {
  sfn.on(TestStateCommand).resolves({ status: 'FAILED', error: 'States.Runtime', cause: 'no path' });
  sfn.on(ValidateStateMachineDefinitionCommand).resolves({
    result: 'FAIL', diagnostics: [{ severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message: 'Prefix', location: '/States/ArchiveObjects' }],
  });
  const { problems } = await testStates(client, 'arn:machine');
  expect(problems).toContain('/States/ArchiveObjects: SCHEMA_VALIDATION_FAILED: Prefix');
  expect(problems).toContain('Fail: FAILED: States.Runtime: no path');
  expect(problems).toHaveLength(10);
});
