import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Stage } from './stage';

/**
 * The longest time that a message may take from its topic to the queue. An EventBridge event and
 * two functions may precede it.
 */
const MOST_MS = 180_000;
/** How long the reader waits for a message that should not come. */
const QUIET_MS = 10_000;

/** Reads the subjects of the messages that the topic sent to a queue, and deletes the messages. */
export function queueReader(
  sqs: Pick<SQSClient, 'send'>,
  QueueUrl: string,
  signal: AbortSignal,
  { most = MOST_MS, quiet = QUIET_MS } = {},
): Stage['subjects'] {
  return async (expected) => {
    const subjects: string[] = [];
    const began = Date.now();
    let last = began;
    do {
      signal.throwIfAborted();
      const receive = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: Math.min(5, Math.ceil(quiet / 1000)),
      });
      const { Messages = [] } = await sqs.send(receive, { abortSignal: signal });
      if (Messages.length === 0) {
        continue;
      }
      last = Date.now();
      // SNS wraps a message that it sends to a queue: "Fanout to Amazon SQS queues",
      // sns-sqs-as-subscriber.
      subjects.push(
        ...Messages.map(({ Body }) => (JSON.parse(Body!) as { Subject?: string }).Subject ?? ''),
      );
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
      }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    } while (
      Date.now() - last < quiet ||
      (subjects.length < expected && Date.now() - began < most)
    );
    return subjects.sort();
  };
}
