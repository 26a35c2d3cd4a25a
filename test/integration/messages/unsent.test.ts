/**
 * A run wrote its report but could not send its message. The message of the explainer quotes the
 * report.
 */
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { getCommands } from './aws-cli';
import { Stage, getOnlyAlert } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(
    { toleratedFailurePercentage: 50 },
    {
      change: (node) => {
        if (node instanceof StateMachine) {
          node.addToRolePolicy(
            new PolicyStatement({
              effect: Effect.DENY,
              actions: ['sns:Publish'],
              resources: ['*'],
            }),
          );
        }
      },
    },
  );
});
afterAll(() => stage.close());

test('the explainer quotes the message that the state machine may not publish', async () => {
  const { summary, alerts } = await stage.play({
    trouble: ({ store }) =>
      store.deny({ operations: ['CopyObject'], keyPrefix: 'archive/2026/11/24/07' }),
  });
  expect(summary.status).toBe('FAILED');
  const { subject, message, details } = getOnlyAlert(alerts);
  expect(subject).toMatch(/^Archive run of 2026-11-24 failed: IAM/);
  expect(message).toMatch(
    /the run failed after it wrote its report, while it was sending its message \(state NotifyRun\)\.$/m,
  );
  expect(message).toMatch(/^Cause: SNS\.AuthorizationErrorException: .*sns:Publish/im);
  expect(message).toContain('20 listed, 19 archived, 0 skipped, 0 conflicting, 1 failed');
  expect(message).toContain(
    "The run's own message, which could not be sent:\n  Rehearsal/Archiver: 1 of 20 objects",
  );
  expect(message).toContain('\n    ACCESS_DENIED incoming/07-2026-11-24.csv\n');
  expect(getCommands(message)).toEqual([
    expect.stringMatching(/^aws stepfunctions redrive-execution /),
  ]);
  expect(details).toMatchObject({
    outcome: 'FAILED',
    layer: 'IAM',
    counts: { listed: 20, archived: 19, skipped: 0, conflicting: 0, failed: 1 },
    reasons: [{ status: 'failed', code: 'ACCESS_DENIED', count: 1 }],
    problems: [{ key: 'incoming/07-2026-11-24.csv', code: 'ACCESS_DENIED' }],
    report: expect.stringMatching(/report\.json$/),
  });
});
