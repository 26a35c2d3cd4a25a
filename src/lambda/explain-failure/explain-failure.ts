import type { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import * as v from 'valibot';
import { createStartAlert, DeadLetterEvent } from './dead-letter';
import { type FailureFacts, gatherFacts, readRun, StatusChangeEvent } from './failure-facts';
import {
  createFailureMessage,
  describeStatus,
  type Message,
  toMessage,
  toOutcome,
} from './failure-message';
import { unknownDetails } from '../../contract/alert-details';
import { toAttributes, toMessageAttributes } from '../alerts/alert-attributes';
import { formatCause } from '../text/format';

export interface ExplainContext {
  readonly sfn: SFNClient;
  readonly sns: SNSClient;
  readonly topicArn: string;
  readonly chatTopicArn?: string;
  /** Default: the name of the state machine. */
  readonly archiverName?: string;
  readonly reportBucket?: string;
  readonly stateMachineArn?: string;
  readonly onError: (error: Error) => void;
  /** Called with the facts about a failed run after its message is sent. It must not throw. */
  readonly onExplained?: (facts: FailureFacts) => Promise<void>;
}

/**
 * Throws only if the message cannot be published. Then Lambda sends the event itself, or the dead
 * letter stays in its queue.
 */
export async function explainFailure(context: ExplainContext, event: unknown): Promise<Message[]> {
  const { messages, facts } = await explain(context, event);
  for (const { subject, message, chat, attributes } of messages) {
    const MessageAttributes = toMessageAttributes(attributes);
    await context.sns.send(
      new PublishCommand({
        TopicArn: context.topicArn,
        Subject: subject,
        Message: message,
        MessageAttributes,
      }),
    );
    if (context.chatTopicArn) {
      // The alert topic has the message already, so a failure here must not send it again.
      await context.sns
        .send(
          new PublishCommand({ TopicArn: context.chatTopicArn, Message: chat, MessageAttributes }),
        )
        .catch(context.onError);
    }
  }
  if (facts) {
    await context.onExplained?.(facts);
  }
  return messages;
}

export function getRunId(event: unknown): string | undefined {
  if (v.is(DeadLetterEvent, event)) {
    return event.Records[0]?.messageAttributes.EXECUTION_ID?.stringValue;
  }
  return readRun(event).name;
}

async function explain(
  { sfn, archiverName, reportBucket, stateMachineArn, onError }: ExplainContext,
  event: unknown,
): Promise<{ readonly messages: Message[]; readonly facts?: FailureFacts }> {
  try {
    if (v.is(DeadLetterEvent, event)) {
      const alerts = event.Records.flatMap(
        (letter) => createStartAlert({ archiverName, stateMachineArn }, letter) ?? [],
      );
      return { messages: alerts.map(toMessage) };
    }
    const { detail } = v.parse(StatusChangeEvent, event);
    const facts = await gatherFacts(sfn, detail);
    for (const gap of facts.gaps) {
      onError(new Error(gap));
    }
    return {
      messages: [
        createFailureMessage(
          { archiverName: archiverName ?? detail.stateMachineArn.split(':').pop()!, reportBucket },
          facts,
        ),
      ],
      facts,
    };
  } catch (error) {
    onError(error as Error);
    const { status } = readRun(event);
    const message = toMessage({
      subject:
        status === 'FAILED'
          ? 'Archive run did not succeed'
          : `Archive run ${describeStatus(status)}`,
      lead: [
        'A run did not succeed, but the explainer could not find out why. This is the event ' +
          'about the run:',
      ],
      details: [[formatCause(JSON.stringify(event), 8000)]],
      attributes: toAttributes({
        ...unknownDetails(archiverName ?? 'unknown', toOutcome(status)),
        runId: getRunId(event) ?? null,
        layer: 'Step Functions',
        cause: (error as Error).message,
      }),
    });
    return { messages: [message] };
  }
}
