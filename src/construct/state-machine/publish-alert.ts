import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { AlertAttributes, BatchAlert, BatchEvent, Progress, RunSummary } from '../../contract/payloads';

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
  const progress = `$.${'BatchInput' satisfies keyof BatchEvent}.progress`;
  const alert = (field: keyof BatchAlert) => `${progress}.${'alert' satisfies keyof Progress}.${field}`;
  return new tasks.SnsPublish(scope, 'NotifyBatch', {
    topic,
    subject: 'S3DatedArchiver: a batch has problems',
    message: sfn.TaskInput.fromJsonPathAt(alert('message')),
    messageAttributes: toMessageAttributes(alert('attributes')),
    resultPath: DISCARD,
  });
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
