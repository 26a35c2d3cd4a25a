import type { Answer, Fleet } from 'cdk-s3-dated-archiver-engine';
import type { App } from '../assembly/scope';
import { UsageError } from '../common/errors';

/** A function that Lambda invokes with the messages of a queue. */
interface QueueReader {
  readonly functionName: string;
  /** The largest number of messages of one invocation. */
  readonly batchSize: number;
}

const MODELED = ['FunctionName', 'EventSourceArn', 'BatchSize', 'Enabled', 'Tags'];
const DEFAULT_BATCH_SIZE = 10;
/** A larger batch needs a batching window, which the sandbox does not have. */
const MAX_BATCH_SIZE = 10;

/**
 * Invokes the functions that read a queue with its messages, in batches of the size that each of
 * them has.
 */
export async function deliverMessages(
  messages: readonly object[],
  queueArn: string,
  app: App,
  fleet: Pick<Fleet, 'host' | 'invoke'>,
): Promise<Answer[]> {
  const records = messages.map((message) => ({
    ...message,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
  }));
  const answers = findReaders(app, queueArn).flatMap(({ functionName, batchSize }) => {
    const host = fleet.host(functionName);
    if (!host) {
      throw new UsageError(
        `the function ${functionName}, which reads the queue ${queueArn}, is not in the assembly`,
      );
    }
    const starts = records
      .map((_record, index) => index)
      .filter((index) => index % batchSize === 0);
    return starts.map((start) =>
      fleet.invoke(host, JSON.stringify({ Records: records.slice(start, start + batchSize) })),
    );
  });
  return Promise.all(answers);
}

/**
 * The functions that read a queue according to the templates. Throws if nothing reads it, or if a
 * mapping has a property that the sandbox does not model.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
function findReaders(app: App, queueArn: string): QueueReader[] {
  const mappings = [
    ...app.resolvable('AWS::Lambda::EventSourceMapping', ({ scope, logicalId }) => ({
      logicalId,
      properties: scope.properties(logicalId),
    })),
  ];
  const readers = mappings.filter(
    ({ properties }) => properties.EventSourceArn === queueArn && properties.Enabled !== false,
  );
  if (readers.length === 0) {
    const others = mappings.map(
      ({ logicalId, properties }) =>
        `${logicalId} reads ` +
        `${properties.Enabled === false ? 'nothing' : String(properties.EventSourceArn)}`,
    );
    throw new UsageError(
      `no function reads the queue ${queueArn}: ` +
        `${others.join(', ') || 'the templates have no event source mapping'}`,
    );
  }
  return readers.map(({ logicalId, properties }) => toReader(logicalId, properties));
}

function toReader(logicalId: string, properties: Record<string, unknown>): QueueReader {
  const unknown = Object.keys(properties).filter(
    (name) => properties[name] !== undefined && !MODELED.includes(name),
  );
  if (unknown.length > 0) {
    throw new UsageError(
      `event source mapping ${logicalId} has ${unknown.join(', ')}; the sandbox has ` +
        `${MODELED.join(', ')}`,
    );
  }
  const batchSize = Number(properties.BatchSize ?? DEFAULT_BATCH_SIZE);
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > MAX_BATCH_SIZE) {
    throw new UsageError(
      `event source mapping ${logicalId} has the BatchSize ${String(properties.BatchSize)}; ` +
        `without a batching window, Lambda takes 1 to ${MAX_BATCH_SIZE}`,
    );
  }
  return { functionName: String(properties.FunctionName), batchSize };
}
