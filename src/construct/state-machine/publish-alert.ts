import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { BATCH_SUBJECT } from '../../contract/alert-details';
import type { BatchEvent, Progress } from '../../contract/payloads/batch-payloads';
import type { AlertAttributes, BatchAlert } from '../../contract/payloads/outcomes';
import type { RunSummary } from '../../contract/payloads/report-payloads';

const { stringAt, DISCARD } = sfn.JsonPath;

type Attributes = { [name in keyof AlertAttributes]: tasks.MessageAttribute };

/** Creates the task that publishes the message which the report-run function has written. */
export function createNotifyRun(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
  const summary = (field: keyof RunSummary) => `$.${field}`;
  return new tasks.SnsPublish(scope, 'NotifyRun', {
    topic,
    subject: stringAt(summary('subject')),
    message: sfn.TaskInput.fromJsonPathAt(summary('message')),
    messageAttributes: toMessageAttributes(summary('attributes')),
    resultPath: DISCARD,
  });
}

/** Creates the task that publishes the message which the archive-batch function has written about a finished batch. */
export function createNotifyBatch(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
  return new tasks.SnsPublish(scope, 'NotifyBatch', {
    topic,
    subject: BATCH_SUBJECT,
    message: sfn.TaskInput.fromJsonPathAt(alertPath('message')),
    messageAttributes: toMessageAttributes(alertPath('attributes')),
    resultPath: DISCARD,
  });
}

/** Creates the task that publishes the same message about a run for a chat, which only accepts an envelope of its own. */
export function createNotifyChat(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
  const summary = (field: keyof RunSummary) => `$.${field}`;
  return createChatTask(scope, 'NotifyChat', topic, summary('chat'), summary('attributes'));
}

/** Creates the task that publishes the same message about a batch for a chat. */
export function createNotifyChatOfBatch(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
  return createChatTask(scope, 'NotifyChatOfBatch', topic, alertPath('chat'), alertPath('attributes'));
}

function createChatTask(scope: Construct, id: string, topic: sns.ITopic, message: string, attributes: string): tasks.SnsPublish {
  return new tasks.SnsPublish(scope, id, {
    topic,
    message: sfn.TaskInput.fromJsonPathAt(message),
    messageAttributes: toMessageAttributes(attributes),
    resultPath: DISCARD,
  });
}

/** Returns the path of a field of the message that the archive-batch function has written. */
function alertPath(field: keyof BatchAlert): string {
  return `$.${'BatchInput' satisfies keyof BatchEvent}.progress.${'alert' satisfies keyof Progress}.${field}`;
}

/** @param path the path of the attributes in the state's input */
function toMessageAttributes(path: string): Attributes {
  const attribute = (name: keyof AlertAttributes) => ({ value: stringAt(`${path}.${name}`) });
  return {
    archiver: attribute('archiver'),
    runId: attribute('runId'),
    outcome: attribute('outcome'),
    layer: attribute('layer'),
    details: attribute('details'),
  };
}
