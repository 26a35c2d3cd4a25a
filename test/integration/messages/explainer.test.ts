/** If the explainer itself is broken, the raw event arrives. */
import { Aspects, type Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { rehearse, type Rehearsal, type RehearsalOptions } from '../../helpers/run-in-sandbox';

let rehearsal: Rehearsal;
afterEach(() => rehearsal.close());

async function failWith(change: (explainer: LambdaFunction) => void, options?: RehearsalOptions) {
  rehearsal = await rehearse((stack) => {
    toExplainer(stack, change);
    return {};
  }, options);
  const { status } = await rehearsal.sandbox.run({ input: { dat: 1 }, name: 'nightly' });
  expect(status).toBe('FAILED');
  return rehearsal.sandbox.published;
}

function toExplainer(stack: Stack, change: (explainer: LambdaFunction) => void): void {
  Aspects.of(stack).add({
    visit: (node) => {
      if (node instanceof CfnFunction && node.node.path.includes('/ExplainFailure/')) {
        change(node.node.scope as LambdaFunction);
      }
    },
  });
}

/**
 * Expects that the message tells a person which run it was, how it ended, why, and what is wrong
 * with the explainer.
 */
function expectRawEvent(published: Awaited<ReturnType<typeof failWith>>, reason: RegExp): void {
  expect(published).toHaveLength(1);
  const [{ subject, message, attributes }] = published;
  const { requestPayload, responsePayload, requestContext } = JSON.parse(message) as Record<
    string,
    Record<string, unknown>
  >;
  expect([subject, attributes]).toEqual([null, {}]);
  expect(requestPayload!.detail).toMatchObject({
    executionArn: `${rehearsal.sandbox.stateMachineArn.replace(':stateMachine:', ':execution:')}:nightly`,
    status: 'FAILED',
    error: 'InvalidRunInput',
    cause: expect.stringContaining('unknown field'),
  });
  expect(requestContext!.approximateInvokeCount).toBe(3);
  expect(JSON.stringify(responsePayload)).toMatch(reason);
}

test('the raw event arrives if the process of the explainer dies', async () => {
  expectRawEvent(
    await failWith(() => undefined, {
      onInvoke: ({ logicalId, kill }) => {
        if (logicalId.includes('ExplainFailure')) {
          kill();
        }
      },
    }),
    /signal: killed/,
  );
});

test('the raw event arrives if the explainer cannot be loaded', async () => {
  expectRawEvent(
    await failWith((explainer) =>
      (explainer.node.defaultChild as CfnFunction).addPropertyOverride('Handler', 'index.gone'),
    ),
    /gone/,
  );
});

test('the raw event arrives if the explainer publishes to another topic', async () => {
  expectRawEvent(
    await failWith((explainer) =>
      (explainer.node.defaultChild as CfnFunction).addPropertyOverride(
        'Environment.Variables.ALERT_TOPIC_ARN',
        'arn:aws:sns:us-east-1:123456789012:gone',
      ),
    ),
    /not authorized to perform: SNS:Publish/,
  );
});

test('the message is made from the event if the explainer may not read anything', async () => {
  const published = await failWith((explainer) =>
    explainer.addToRolePolicy(
      new PolicyStatement({ effect: Effect.DENY, actions: ['states:*'], resources: ['*'] }),
    ),
  );
  expect(published).toHaveLength(1);
  expect(published[0]!.message).toMatch(/^Cause: InvalidRunInput: .*unknown field/m);
  expect(published[0]!.message).toMatch(
    /incomplete because the following could not be read:\n(.*\n)* {2}the execution: AccessDeniedException: .*states:DescribeExecution/,
  );
});

test('no message arrives if the role of the explainer may not publish; only the alarms are left', async () => {
  const published = await failWith((explainer) =>
    explainer.addToRolePolicy(
      new PolicyStatement({ effect: Effect.DENY, actions: ['sns:Publish'], resources: ['*'] }),
    ),
  );
  expect(published).toEqual([]);
});
