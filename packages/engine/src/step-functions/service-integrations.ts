import type { ServiceCall } from './world';
import { isObject, type Json, type JsonObject } from '../common/json';
import type { Fleet } from '../lambda/fleet';
import { StateError } from '../states-language/errors';
import { FUNCTION, INTEGRATION } from '../states-language/integrations';

/** A message attribute as the API accepts it. */
export interface MessageAttribute {
  readonly DataType?: unknown;
  readonly StringValue?: unknown;
}

export interface Publisher {
  /** Returns the id of the message. Throws what SNS answers, with its code and status. */
  publish(
    topicArn: string,
    message: string,
    subject: string | null,
    attributes: Readonly<Record<string, MessageAttribute>>,
  ): string;
}

/** What SNS refuses. */
interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

export interface EventSender {
  /** Does what PutEvents does with one entry, and returns its result. */
  put(entry: JsonObject, resources: readonly string[]): JsonObject;
}

/** Each throws if the caller may not do so. */
export interface ServicePermissions {
  demandInvoke(accessKeyId: string, functionArn: string): void;
  demandPublish(accessKeyId: string, topicArn: string): void;
  demandPutEvents(accessKeyId: string): void;
}

export interface Services {
  readonly fleet: Pick<Fleet, 'host' | 'invoke'>;
  readonly topics: Publisher;
  readonly events: EventSender;
  readonly permissions: ServicePermissions;
  /** The access key of the caller, the state machine. */
  readonly accessKeyId: string;
}

/** The services that Task states call. */
export function serviceCalls(services: Services): (call: ServiceCall) => Promise<Json> {
  return async ({ resource, input, caller }) => {
    if (FUNCTION.test(resource)) {
      return invoke(services, resource, JSON.stringify(input));
    }
    const parameters = isObject(input) ? (input as JsonObject) : {};
    if (INTEGRATION.exec(resource)?.[1] === 'sns:publish') {
      return publish(services, parameters);
    }
    if (INTEGRATION.exec(resource)?.[1] === 'events:putEvents') {
      return putEvents(services, parameters, caller);
    }
    const payload = parameters.Payload === undefined ? '{}' : JSON.stringify(parameters.Payload);
    return {
      ExecutedVersion: '$LATEST',
      Payload: await invoke(services, String(parameters.FunctionName), payload),
      StatusCode: 200,
    };
  };
}

async function invoke(
  { fleet, permissions, accessKeyId }: Services,
  functionName: string,
  payload: string,
): Promise<Json> {
  const host = fleet.host(functionName);
  permissions.demandInvoke(
    accessKeyId,
    functionName.startsWith('arn:') ? functionName : (host?.spec.arn ?? functionName),
  );
  if (!host) {
    throw serviceError('Lambda', `Function not found: ${functionName}:$LATEST`, {
      service: 'AWSLambda',
      status: 404,
      code: 'ResourceNotFoundException',
    });
  }
  const answer = await fleet.invoke(host, payload);
  if ('payload' in answer) {
    return JSON.parse(answer.payload) as Json;
  }
  const { errorType, errorMessage, trace } = answer.error;
  if (errorType === 'TooManyRequestsException') {
    throw serviceError('Lambda', errorMessage, {
      service: 'AWSLambda',
      status: 429,
      code: errorType,
    });
  }
  throw new StateError(
    errorType,
    JSON.stringify({ errorMessage, errorType, ...(trace ? { trace } : {}) }),
  );
}

function publish(
  { topics, permissions, accessKeyId }: Services,
  { TopicArn, Message = '', Subject, MessageAttributes }: JsonObject,
): JsonObject {
  const message = typeof Message === 'string' ? Message : JSON.stringify(Message);
  try {
    permissions.demandPublish(accessKeyId, String(TopicArn));
    const attributes = isObject(MessageAttributes)
      ? (MessageAttributes as Record<string, MessageAttribute>)
      : {};
    return {
      MessageId: topics.publish(
        String(TopicArn),
        message,
        typeof Subject === 'string' ? Subject : null,
        attributes,
      ),
    };
  } catch (error) {
    const { code, status, message: cause } = error as Refusal;
    throw serviceError('SNS', cause, {
      service: 'AmazonSNS',
      status,
      code,
      error: `${code}Exception`,
    });
  }
}

/**
 * "Call EventBridge with Step Functions", connect-eventbridge: one refused entry fails the task,
 * and both ARNs are added to each entry.
 */
function putEvents(
  { events, permissions, accessKeyId }: Services,
  { Entries }: JsonObject,
  caller: readonly string[],
): JsonObject {
  permissions.demandPutEvents(accessKeyId);
  const entries = (Array.isArray(Entries) ? Entries : []).map((entry) =>
    events.put(isObject(entry) ? (entry as JsonObject) : {}, caller),
  );
  const result = {
    Entries: entries,
    FailedEntryCount: entries.filter(({ EventId }) => EventId === undefined).length,
  };
  if (result.FailedEntryCount > 0) {
    throw new StateError('EventBridge.FailedEntry', JSON.stringify(result));
  }
  return result;
}

/** The error of a service as Step Functions tells it (docs/aws-recorded.md). */
function serviceError(
  prefix: string,
  message: string,
  {
    service,
    status,
    code,
    error = code,
  }: { service: string; status: number; code: string; error?: string },
): StateError {
  return new StateError(
    `${prefix}.${error}`,
    `${message} (Service: ${service}; Status Code: ${status}; Error Code: ${code}; Request ID: ` +
      'sandbox; Proxy: null)',
  );
}
