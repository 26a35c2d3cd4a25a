import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { createStatement } from './places/statements';

/**
 * Creates the dead-letter queue of the schedule. EventBridge Scheduler sends it the runs that it could not start, and
 * the explain-failure function publishes an alert for each.
 *
 * The queue has no dead-letter queue of its own. A message whose alert cannot be published stays in the queue and is
 * retried for as long as SQS keeps it.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export function createDeadLetterQueue(scope: Construct, id: string, explainFailure: lambda.Function, encryptionKey?: kms.IKey): sqs.Queue {
  const queue = new sqs.Queue(scope, id, {
    enforceSSL: true,
    encryption: encryptionKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
    encryptionMasterKey: encryptionKey,
    retentionPeriod: Duration.days(14),
    // Six times the function's timeout (Lambda "Configuring an Amazon SQS queue to use with Lambda").
    visibilityTimeout: Duration.seconds(6 * explainFailure.timeout!.toSeconds()),
  });
  // CDK's SqsEventSource would grant more actions than these.
  explainFailure.addToRolePolicy(createStatement(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue.queueArn));
  // One message per invocation. In a larger batch, one alert that cannot be published would cause the others to be sent
  // again.
  explainFailure.addEventSourceMapping('StartFailures', { eventSourceArn: queue.queueArn, batchSize: 1 });
  return queue;
}
