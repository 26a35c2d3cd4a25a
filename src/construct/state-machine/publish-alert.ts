import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { Action } from '../../contract/actions';
import { BATCH_SUBJECT } from '../../contract/alert-details';
import type { BatchEvent, Progress } from '../../contract/payloads/batch-payloads';
import type { AlertAttributes, BatchAlert } from '../../contract/payloads/outcomes';
import type { RunSummary } from '../../contract/payloads/report-payloads';

const { stringAt, DISCARD } = sfn.JsonPath;

export function toSummaryPath(field: keyof RunSummary): string {
  return `$.${field}`;
}

export function isSummaryOf(actions: readonly Action[]): sfn.Condition {
  const [first, ...more] = actions.map((action) =>
    sfn.Condition.stringEquals(toSummaryPath('action'), action),
  );
  return more.length > 0 ? sfn.Condition.or(first, ...more) : first;
}

/**
 * The messages about a run or a batch, by the id of the task that publishes them. A chat accepts
 * only its own envelope.
 */
const MESSAGES = {
  NotifyRun: {
    toPath: toSummaryPath,
    text: 'message',
    subject: stringAt(toSummaryPath('subject')),
  },
  NotifyChat: { toPath: toSummaryPath, text: 'chat', subject: undefined },
  NotifyBatch: { toPath: toAlertPath, text: 'message', subject: BATCH_SUBJECT },
  NotifyChatOfBatch: { toPath: toAlertPath, text: 'chat', subject: undefined },
} as const;

export function createNotify(
  scope: Construct,
  id: keyof typeof MESSAGES,
  topic: sns.ITopic,
): tasks.SnsPublish {
  const { toPath, text, subject } = MESSAGES[id];
  return new tasks.SnsPublish(scope, id, {
    topic,
    subject,
    message: sfn.TaskInput.fromJsonPathAt(toPath(text)),
    messageAttributes: Object.fromEntries(
      Object.keys(ATTRIBUTES).map((name) => [
        name,
        { value: stringAt(`${toPath('attributes')}.${name}`) },
      ]),
    ),
    resultPath: DISCARD,
  });
}

function toAlertPath(field: keyof BatchAlert): string {
  return `$.${'BatchInput' satisfies keyof BatchEvent}.progress.${'alert' satisfies keyof Progress}.${field}`;
}

const ATTRIBUTES: { readonly [name in keyof AlertAttributes]: true } = {
  archiver: true,
  runId: true,
  outcome: true,
  layer: true,
  details: true,
};
