import * as events from 'aws-cdk-lib/aws-events';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { RUN_COMPLETED } from '../../contract/published/run-completed';

const FAILED_STATUSES = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Ends without success, and the options may narrow it:
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function createRunFailedRule(
  scope: Construct,
  id: string,
  stateMachine: sfn.IStateMachine,
  options: events.OnEventOptions,
): events.Rule {
  const statuses: unknown = options.eventPattern?.detail?.status;
  const unsupported = Array.isArray(statuses)
    ? statuses.filter((each) => !FAILED_STATUSES.includes(each))
    : [];
  if (unsupported.length > 0) {
    throw new Error(
      `onRunFailed("${id}"): eventPattern.detail.status ${JSON.stringify(unsupported)} must be ` +
        `some of ${FAILED_STATUSES.join(', ')}: ` +
        'omit it to match all of them',
    );
  }
  return createRule(scope, 'onRunFailed', id, options, {
    source: ['aws.states'],
    detailType: ['Step Functions Execution Status Change'],
    // CDK merges the values of both patterns, so the statuses of the options are repeated here
    // instead of all of them.
    detail: {
      stateMachineArn: [stateMachine.stateMachineArn],
      status: Array.isArray(statuses) ? statuses : FAILED_STATUSES,
    },
  });
}

export function createRunCompletedRule(
  scope: Construct,
  id: string,
  stateMachine: sfn.IStateMachine,
  options: events.OnEventOptions,
): events.Rule {
  const { source, detailType } = RUN_COMPLETED;
  return createRule(scope, 'onRunCompleted', id, options, {
    source: [source],
    detailType: [detailType],
    detail: { stateMachineArn: [stateMachine.stateMachineArn] },
  });
}

function createRule(
  scope: Construct,
  method: string,
  id: string,
  options: events.OnEventOptions,
  pattern: events.EventPattern,
): events.Rule {
  if (scope.node.tryFindChild(id)) {
    throw new Error(`${method}("${id}") was called before: give each rule another id`);
  }
  const rule = new events.Rule(scope, id, options);
  rule.addEventPattern(pattern);
  rule.addTarget(options.target);
  return rule;
}
