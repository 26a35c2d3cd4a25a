/**
 * Asks Step Functions itself about the deployed definitions: whether they are valid, and with the
 * TestState API about each state that calls no service. So a state that AWS would not accept is
 * found before any scenario runs into it.
 *
 * No state gets a role: these states need none, and passing one needs iam:PassRole.
 * https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
 */
import {
  DescribeStateMachineCommand,
  type SFNClient,
  TestStateCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { executionName } from './stage';
import type { Row } from './table';

/**
 * The types of states that TestState runs. Of others, the validation of the whole definition has to
 * do.
 */
const TESTABLE = ['Pass', 'Choice', 'Succeed', 'Fail'];

interface Definition {
  readonly States: { readonly [name: string]: State };
}
interface State {
  readonly Type: string;
  readonly ItemProcessor?: Definition;
}

/**
 * Inputs with which a state can end. A state without one here gets the input of a run that failed
 * beyond the tolerance.
 */
const PROGRESS = { cursor: 1, finished: true, rounds: 1, counts: { failed: 0, conflicting: 0 } };
const BATCH = { BatchInput: { progress: PROGRESS } };
const INPUTS: { readonly [state: string]: object } = {
  Action: { run: { action: 'archive' } },
  'Unfinished?': BATCH,
  BatchFinished: BATCH,
  'VerifyUnfinished?': BATCH,
  VerifyFinished: BATCH,
};
const SUMMARY = { action: 'archive', outcome: 'FAILED', message: 'a test of this state' };
/** The errors that states end with on purpose. */
const EXPECTED_ERRORS: { readonly [state: string]: string } = {
  Fail: 'ToleranceExceeded',
  FailVerification: 'ObjectsUnaccounted',
  UnknownAction: 'UnknownAction',
};

type Check = Pick<Row, 'status' | 'details'>;

/** A row for the definition, and one for each state that is not in order or could not be asked. */
export async function testStates(
  sfn: Pick<SFNClient, 'send'>,
  stateMachineArn: string,
): Promise<Row[]> {
  const machine = executionName(stateMachineArn).replace(/^archiver-verify-\w+-/, '');
  let definition: string;
  try {
    definition = (await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))).definition!;
  } catch (error) {
    return [{ name: `the definition of ${machine}`, ...unknown(error) }];
  }
  const rows: Row[] = [
    { name: `the definition of ${machine}`, ...(await validate(sfn, definition)) },
  ];
  const states = listStates(JSON.parse(definition) as Definition).filter(([, { Type }]) =>
    TESTABLE.includes(Type),
  );
  const found: Row[] = [];
  for (const [name, state] of states) {
    found.push({ name: `state ${name} of ${machine}`, ...(await test(sfn, name, state)) });
  }
  const wrong = found.filter(({ status }) => status !== 'passed');
  const passed = found.length - wrong.length;
  return [
    ...rows,
    ...(passed > 0
      ? [{ name: `${passed} states of ${machine}`, status: 'passed' as const, details: [] }]
      : []),
    ...wrong,
  ];
}

async function validate(sfn: Pick<SFNClient, 'send'>, definition: string): Promise<Check> {
  try {
    const { diagnostics = [] } = await sfn.send(
      new ValidateStateMachineDefinitionCommand({ definition }),
    );
    const details = diagnostics
      .filter(({ severity }) => severity === 'ERROR')
      .map(({ code, message, location }) => `${location ?? 'the definition'}: ${code}: ${message}`);
    return { status: details.length === 0 ? 'passed' : 'differs', details };
  } catch (error) {
    return unknown(error);
  }
}

async function test(sfn: Pick<SFNClient, 'send'>, name: string, state: State): Promise<Check> {
  try {
    const { status, error, cause } = await sfn.send(
      new TestStateCommand({
        definition: JSON.stringify(state),
        input: JSON.stringify(INPUTS[name] ?? SUMMARY),
        inspectionLevel: 'INFO',
      }),
    );
    const isFine = status === 'SUCCEEDED' || error === EXPECTED_ERRORS[name];
    return isFine
      ? { status: 'passed', details: [] }
      : { status: 'differs', details: [`${status}: ${error}: ${cause}`] };
  } catch (error) {
    return unknown(error);
  }
}

/** It says nothing about the definition that it could not be asked. */
function unknown(error: unknown): Check {
  const { name, message } = error as Error;
  return { status: 'unknown', details: [`could not be asked: ${name}: ${message}`] };
}

function listStates({ States }: Definition): [string, State][] {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state],
    ...(state.ItemProcessor ? listStates(state.ItemProcessor) : []),
  ]);
}
