import type { Fleet, FunctionHost } from 'cdk-s3-dated-archiver-engine';
import type { App } from '../assembly/scope';
import { isObject } from '../common/json';

/** "Asynchronous invocation", invocation-async-error-handling, of one function. */
interface AsyncConfig {
  readonly retries: number;
  readonly onFailure?: string;
}

export interface AsyncOptions {
  readonly fleet: Fleet;
  readonly app: App;
  /**
   * Milliseconds that stand for a minute: Lambda waits one minute before the first retry and two
   * before the second.
   */
  readonly minuteMs: number;
  readonly clock: () => Date;
  readonly publish: (topicArn: string, message: string) => void;
}

/**
 * Invokes a function asynchronously: retries, and finally sends a record to its failure
 * destination.
 */
export async function invokeAsynchronously(
  host: FunctionHost,
  event: string,
  options: AsyncOptions,
): Promise<void> {
  const config = readAsyncConfig(host, options.app);
  let attempts = 0;
  for (;;) {
    const answer = await options.fleet.invoke(host, event);
    attempts++;
    if ('payload' in answer) {
      return;
    }
    if (attempts > config.retries) {
      if (config.onFailure) {
        options.publish(
          config.onFailure,
          destinationRecord(host, event, answer.error, attempts, options.clock()),
        );
      }
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, attempts * options.minuteMs));
  }
}

function readAsyncConfig(host: FunctionHost, app: App): AsyncConfig {
  for (const properties of app.resolvable(
    'AWS::Lambda::EventInvokeConfig',
    ({ scope, logicalId }) => scope.properties(logicalId),
  )) {
    if (properties.FunctionName !== host.spec.name && properties.FunctionName !== host.spec.arn) {
      continue;
    }
    const destination = isObject(properties.DestinationConfig)
      ? properties.DestinationConfig.OnFailure
      : undefined;
    return {
      retries:
        properties.MaximumRetryAttempts === undefined ? 2 : Number(properties.MaximumRetryAttempts),
      onFailure: isObject(destination) ? String(destination.Destination) : undefined,
    };
  }
  return { retries: 2 };
}

/**
 * The invocation record for a destination: "Capturing records of Lambda asynchronous invocations",
 * invocation-async-retain-records.
 */
function destinationRecord(
  host: FunctionHost,
  event: string,
  error: unknown,
  attempts: number,
  at: Date,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: at.toISOString(),
    requestContext: {
      requestId: `sandbox-${attempts}`,
      functionArn: `${host.spec.arn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: attempts,
    },
    requestPayload: JSON.parse(event) as unknown,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: error,
  });
}
