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

/** Returns the path of a field of ReportRun's result. */
export function toSummaryPath(field: keyof RunSummary): string {
  return `$.${field}`;
}

/** Creates the task that publishes the message which the report-run function has written. */
export function createNotifyRun(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
  return createTask(scope, 'NotifyRun', topic, toSummaryPath, { message: 'message', subject: stringAt(toSummaryPath('subject')) });
}

/** Creates the task that publishes the message which the archive-batch function has written about a finished batch. */
export function createNotifyBatch(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
  return createTask(scope, 'NotifyBatch', topic, alertPath, { message: 'message', subject: BATCH_SUBJECT });
}

/** Creates the task that publishes the same message about a run for a chat, which only accepts an envelope of its own. */
export function createNotifyChat(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
  return createTask(scope, 'NotifyChat', topic, toSummaryPath, { message: 'chat' });
}

/** Creates the task that publishes the same message about a batch for a chat. */
export function createNotifyChatOfBatch(scope: Construct, topic: sns.ITopic): tasks.SnsPublish {
  return createTask(scope, 'NotifyChatOfBatch', topic, alertPath, { message: 'chat' });
}

function createTask(
  scope: Construct, id: string, topic: sns.ITopic, toPath: (field: keyof BatchAlert) => string,
  { message, subject }: { readonly message: 'message' | 'chat'; readonly subject?: string },
): tasks.SnsPublish {
  return new tasks.SnsPublish(scope, id, {
    topic,
    subject,
    message: sfn.TaskInput.fromJsonPathAt(toPath(message)),
    messageAttributes: toMessageAttributes(toPath('attributes')),
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
