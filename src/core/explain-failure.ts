/** Turns the event of a failed run into the one message that goes out about it. */
import type { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import * as v from 'valibot';
import { gatherFacts, StatusChangeEvent } from './failure-facts';
import { Alert, createFailureAlert } from './failure-message';
import { formatCause } from './text';

export interface ExplainContext {
  readonly sfn: SFNClient;
  readonly sns: SNSClient;
  readonly topicArn: string;
  /** Unset: the state machine's name. */
  readonly archiverName?: string;
  readonly reportBucket?: string;
  /** Told what went wrong in explaining; the message goes out all the same. */
  readonly onError: (error: Error) => void;
}

/** Throws only if the message cannot be published; Lambda then sends the event itself to the topic. */
export async function explainFailure(context: ExplainContext, event: unknown): Promise<Alert> {
  const alert = await explain(context, event);
  await context.sns.send(new PublishCommand({ TopicArn: context.topicArn, Subject: alert.subject, Message: alert.message }));
  return alert;
}

async function explain({ sfn, archiverName, reportBucket, onError }: ExplainContext, event: unknown): Promise<Alert> {
  try {
    const { detail } = v.parse(StatusChangeEvent, event);
    const facts = await gatherFacts(sfn, detail);
    for (const gap of facts.gaps) onError(new Error(gap));
    return createFailureAlert({ archiverName: archiverName ?? detail.stateMachineArn.split(':').pop()!, reportBucket }, facts);
  } catch (error) {
    onError(error as Error);
    return {
      subject: 'Archive run did not succeed',
      message: [
        'A run did not succeed, and what happened could not be put into words. The event says:',
        formatCause(JSON.stringify(event), 8000),
      ].join('\n\n'),
    };
  }
}
