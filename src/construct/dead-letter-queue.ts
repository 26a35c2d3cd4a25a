import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { statement } from './access/statements';

/**
 * The queue of what a schedule could not start, whose messages ExplainFailure puts into words.
 *
 * No queue behind it: a message that cannot be told stays, and is tried again, for as long as SQS keeps any.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export function deadLetterQueue(scope: Construct, id: string, explainFailure: lambda.Function, encryptionKey?: kms.IKey): sqs.Queue {
  const queue = new sqs.Queue(scope, id, {
    enforceSSL: true,
    encryption: encryptionKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
    encryptionMasterKey: encryptionKey,
    retentionPeriod: Duration.days(14),
    // Six times the function's timeout (Lambda "Configuring an Amazon SQS queue to use with Lambda").
    visibilityTimeout: Duration.seconds(6 * explainFailure.timeout!.toSeconds()),
  });
  // Beside what an event source of CDK's would grant, exact.
  explainFailure.addToRolePolicy(statement(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue.queueArn));
  // One at a time: of several, one that cannot be published would bring back those that were.
  explainFailure.addEventSourceMapping('StartFailures', { eventSourceArn: queue.queueArn, batchSize: 1 });
  return queue;
}
