/**
 * Asks Step Functions itself about every state of the deployed definitions, with the TestState API: a state that AWS
 * would not accept is found before any scenario runs into it.
 * https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
 */
import { DescribeStateMachineCommand, type SFNClient, TestStateCommand, ValidateStateMachineDefinitionCommand } from '@aws-sdk/client-sfn';

/** The types of states that TestState runs. Of others, the validation of the whole definition has to do. */
const TESTABLE = ['Pass', 'Choice', 'Succeed', 'Fail'];

interface Definition {
  readonly States: { readonly [name: string]: State };
}
interface State {
  readonly Type: string;
  readonly ItemProcessor?: Definition;
}

/** Inputs with which a state can end. A state without one here gets the input of a run that failed beyond the tolerance. */
const PROGRESS = { cursor: 1, finished: true, rounds: 1, counts: { failed: 0, conflicting: 0 } };
const BATCH = { BatchInput: { progress: PROGRESS } };
const INPUTS: { readonly [state: string]: object } = {
  'Action': { run: { action: 'archive' } },
  'Unfinished?': BATCH,
  'BatchFinished': BATCH,
  'VerifyUnfinished?': BATCH,
  'VerifyFinished': BATCH,
};
const SUMMARY = { action: 'archive', outcome: 'FAILED', message: 'a test of this state' };
/** The errors that states end with on purpose. */
const EXPECTED_ERRORS: { readonly [state: string]: string } = { Fail: 'ToleranceExceeded', FailVerification: 'ObjectsUnaccounted' };

/** Returns what is wrong, in a line for each state; nothing if all is well. */
export async function testStates(sfn: Pick<SFNClient, 'send'>, stateMachineArn: string): Promise<{ tested: number; problems: string[] }> {
  const { definition, roleArn } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const { diagnostics = [] } = await sfn.send(new ValidateStateMachineDefinitionCommand({ definition }));
  const problems = diagnostics.filter(({ severity }) => severity === 'ERROR').map(({ code, message, location }) => `${location ?? 'the definition'}: ${code}: ${message}`);
  const states = listStates(JSON.parse(definition!) as Definition).filter(([, { Type }]) => TESTABLE.includes(Type));
  for (const [name, state] of states) {
    const { status, error, cause } = await sfn.send(new TestStateCommand({
      definition: JSON.stringify(state), roleArn, input: JSON.stringify(INPUTS[name] ?? SUMMARY), inspectionLevel: 'INFO',
    }));
    if (status !== 'SUCCEEDED' && error !== EXPECTED_ERRORS[name]) { problems.push(`${name}: ${status}: ${error}: ${cause}`); }
  }
  return { tested: states.length, problems };
}

function listStates({ States }: Definition): [string, State][] {
  return Object.entries(States).flatMap(([name, state]) => [[name, state], ...state.ItemProcessor ? listStates(state.ItemProcessor) : []]);
}
