import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ApiError,
  type MessageAttribute,
  STEP_FUNCTIONS_ACTIONS,
  type StepFunctionsBackend,
} from 'cdk-s3-dated-archiver-engine';
import { refuseForeignOrigin } from 'cdk-s3-dated-archiver-s3-double';
import { describeUnsimulated, escapeXml, refuse } from './refusals';
import { SnsError } from '../common/aws-errors';
import type { Permissions } from '../iam/permissions';
import type { Topics } from '../sns/topics';

export interface AwsServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

export interface Services {
  readonly backend: StepFunctionsBackend;
  readonly topics: Topics;
  /** Default: everything is allowed. */
  readonly permissions?: Permissions;
}

/**
 * Step Functions (AWS JSON 1.0) and SNS (query protocol) on loopback: the services that an
 * archiver's functions call besides S3. Calls of every other service are answered with an error, so
 * that they do not go to AWS.
 */
export async function startAwsServer(services: Services): Promise<AwsServer> {
  const server = createServer((request, response) => {
    answer(request, response, services).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Larger than every request that AWS takes: 262,144 characters of input of an execution
 * (https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html), each of
 * up to 6 bytes in JSON.
 */
const MAX_BODY_BYTES = 2 * 1024 ** 2;

/** Reads a body up to the limit. The rest of a longer one is thrown away as it comes. */
async function readBody(request: IncomingMessage): Promise<{ body: string; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      break;
    }
    chunks.push(chunk);
  }
  const isWhole = bytes <= MAX_BODY_BYTES;
  if (!isWhole) {
    request.resume();
  }
  return { body: Buffer.concat(chunks).toString('utf8'), isWhole };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  services: Services,
): Promise<void> {
  const foreign = refuseForeignOrigin(request.headers);
  if (foreign) {
    request.resume();
    refuse(response, request, { status: 403, code: 'AccessDeniedException', message: foreign });
    return;
  }
  const { body, isWhole } = await readBody(request);
  const [service, action] = String(request.headers['x-amz-target'] ?? '').split('.');
  // The caller's access key, and the service that it means; the signature is not checked.
  const [, accessKeyId, signedFor] =
    /Credential=([^/]+)\/\d+\/[^/]*\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  const isSimulated =
    service === 'AWSStepFunctions' || signedFor === undefined || signedFor === 'sns';
  if (isSimulated && !isWhole) {
    const message = `The body of the request is larger than the sandbox reads: ${MAX_BODY_BYTES} bytes.`;
    refuse(response, request, { status: 413, code: 'RequestTooLargeException', message });
  } else if (service === 'AWSStepFunctions') {
    stepFunctions(action ?? '', body, accessKeyId, services, response);
  } else if (isSimulated) {
    sns(new URLSearchParams(body), accessKeyId, services, response);
  } else {
    refuse(response, request, {
      status: 501,
      code: 'NotSimulatedException',
      message: describeUnsimulated(request, body, signedFor!),
    });
  }
}

function stepFunctions(
  action: string,
  body: string,
  accessKeyId: string | undefined,
  { backend, permissions }: Services,
  response: ServerResponse,
): void {
  const send = (status: number, value: unknown) => {
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify(value));
  };
  try {
    const handler = STEP_FUNCTIONS_ACTIONS[action];
    if (!handler) {
      throw new ApiError('UnknownOperationException', `the sandbox has no ${action}`);
    }
    const request = JSON.parse(body || '{}') as Record<string, unknown>;
    permissions?.demandStepFunctions(accessKeyId, action, request);
    send(200, handler(request, backend));
  } catch (error) {
    if (error instanceof ApiError) {
      send(400, { __type: error.code, message: error.message });
    } else {
      send(500, { __type: 'InternalFailure', message: (error as Error).message });
    }
  }
}

function sns(
  form: URLSearchParams,
  accessKeyId: string | undefined,
  { topics, permissions }: Services,
  response: ServerResponse,
): void {
  const send = (status: number, xml: string) =>
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
  const action = form.get('Action');
  const fail = (status: number, code: string, message: string) =>
    send(
      status,
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>sandbox</RequestId></ErrorResponse>`,
    );
  if (action !== 'Publish') {
    fail(400, 'InvalidAction', `the sandbox has no ${action}`);
    return;
  }
  try {
    const topicArn = form.get('TopicArn') ?? form.get('TargetArn') ?? '';
    permissions?.demandPublish(accessKeyId, topicArn);
    const id = topics.publish(
      topicArn,
      form.get('Message') ?? '',
      form.get('Subject'),
      readAttributes(form),
    );
    send(
      200,
      '<PublishResponse ' +
        `xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>${id}</MessageId></PublishResult>` +
        '<ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata></PublishResponse>',
    );
  } catch (error) {
    if (!(error instanceof SnsError)) {
      throw error;
    }
    fail(error.status, error.code, error.message);
  }
}

/** The query protocol's `MessageAttributes.entry.N`. */
function readAttributes(form: URLSearchParams): Record<string, MessageAttribute> {
  const attributes: Record<string, MessageAttribute> = {};
  for (let n = 1; form.has(`MessageAttributes.entry.${n}.Name`); n++) {
    const value = (field: string) =>
      form.get(`MessageAttributes.entry.${n}.Value.${field}`) ?? undefined;
    attributes[form.get(`MessageAttributes.entry.${n}.Name`)!] = {
      DataType: value('DataType'),
      StringValue: value('StringValue'),
    };
  }
  return attributes;
}
