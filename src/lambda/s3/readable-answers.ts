/**
 * An unreadable answer of status 2xx, such as one that a proxy cut or wrote, proves nothing: S3 may
 * have executed the request or not. So it must count neither as a success nor as a final failure.
 * The same holds for an answer that belongs to another request: a proxy that repeats a late answer
 * could make a copy look done that was never made. AWS gives every request a unique id, so this
 * client recognizes an answer that arrives twice.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';

/**
 * Fields that an answer always has, by the API references. `A|B`: it has one of them. Any other
 * document lacks them, because the SDK ignores elements that it does not know.
 */
const EXPECTED_FIELDS: { readonly [command: string]: readonly string[] } = {
  CompleteMultipartUploadCommand: ['ETag'],
  CopyObjectCommand: ['CopyObjectResult.ETag'],
  CreateMultipartUploadCommand: ['UploadId'],
  GetObjectCommand: ['ETag'],
  GetObjectTaggingCommand: ['TagSet'],
  HeadObjectCommand: ['ETag', 'ContentLength'],
  ListMultipartUploadsCommand: ['IsTruncated'],
  ListObjectAnnotationsCommand: ['Annotations|AnnotationCount|Bucket|Key'],
  ListObjectsV2Command: ['IsTruncated'],
  ListPartsCommand: ['IsTruncated'],
  PutObjectCommand: ['ETag'],
  UploadPartCopyCommand: ['CopyPartResult.ETag'],

  DescribeExecutionCommand: ['executionArn', 'status'],
  DescribeMapRunCommand: ['mapRunArn', 'status'],
  GetExecutionHistoryCommand: ['events'],
  ListExecutionsCommand: ['executions'],
  ListMapRunsCommand: ['mapRuns'],

  PublishCommand: ['MessageId'],
};

/** The one status of success, where others are not S3's own. */
const EXPECTED_STATUS: { readonly [command: string]: number } = { DeleteObjectCommand: 204 };

/**
 * Retries a request whose answer of status 2xx cannot be read, or is another's, and throws its last
 * error, which `toS3Error` calls transient.
 */
export function retryUnreadableAnswers<T extends S3Client | SFNClient | SNSClient>(client: T): T {
  // The stacks differ only in the types of their commands.
  rejectRepeatedAnswers(client as S3Client);
  nameTimeouts(client as S3Client);
  (client as S3Client).middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        try {
          const result = await next(args);
          // The body of an unused answer is never read, and may fail later. An error without a
          // listener ends the process.
          (result.output as { readonly Body?: Partial<IncomingMessage> }).Body?.on?.(
            'error',
            () => undefined,
          );
          assertReadable(commandName ?? '', result.output);
          return result;
        } catch (error) {
          // The SDK retries errors that have this field. An error of parsing has the status of the
          // answer.
          const status = (error as Answer).$metadata?.httpStatusCode ?? 0;
          const isUnreadable = status >= 200 && status < 300;
          throw isUnreadable ? Object.assign(error as Error, { $retryable: {} }) : error;
        }
      },
    { step: 'finalizeRequest', priority: 'low', name: 'retryUnreadableAnswers', override: true },
  );
  return client;
}

/**
 * Lambda passes on only the name and the message of an error, and the SDK's message about a
 * time-out names nothing.
 */
function nameTimeouts(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          const { Bucket: bucket } = args.input as { readonly Bucket?: string };
          if (bucket !== undefined && error instanceof Error && error.name === 'TimeoutError') {
            error.message =
              `S3 did not answer ${commandName.replace(/Command$/, '')} on bucket ${bucket}: ` +
              `${error.message}`;
          }
          throw error;
        }
      },
    { step: 'initialize', name: 'nameTimeouts', override: true },
  );
}

interface Answer {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function assertReadable(command: string, output: Answer): void {
  const getField = (path: string) =>
    path
      .split('.')
      .reduce<unknown>(
        (value, name) => (value as Record<string, unknown> | undefined)?.[name],
        output,
      );
  const missing = (EXPECTED_FIELDS[command] ?? []).filter((paths) =>
    paths.split('|').every((path) => getField(path) === undefined),
  );
  const status = output.$metadata?.httpStatusCode;
  const expected = EXPECTED_STATUS[command] ?? status;
  if (missing.length === 0 && status === expected) {
    return;
  }
  const problem =
    missing.length > 0 ? `without ${missing.join(' and ')}` : `which should be ${expected}`;
  throw Object.assign(
    new Error(`the answer had status ${status}, ${problem}, so the result is unknown`),
    { name: 'UnreadableAnswer', $metadata: output.$metadata },
  );
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * How many request ids are remembered, at least. A late answer is as old as the requests before it
 * on its connection, and S3 soon closes an idle one.
 */
const GENERATION = 10_000;

export class RequestIds {
  private current = new Map<string, number>();
  private previous = new Map<string, number>();

  /**
   * Records the id. Returns the connection of an earlier answer with the same id, or undefined if
   * the id is new.
   */
  record(
    { 'x-amz-request-id': s3, 'x-amzn-requestid': other }: Headers,
    connection = 0,
  ): number | undefined {
    const id = s3 ?? other;
    if (typeof id !== 'string') {
      return undefined;
    }
    const earlier = this.current.get(id) ?? this.previous.get(id);
    if (earlier !== undefined) {
      return earlier;
    }
    if (this.current.size >= GENERATION) {
      this.previous = this.current;
      this.current = new Map();
    }
    this.current.set(id, connection);
    return undefined;
  }
}

/**
 * An answer that comes twice on a connection makes those after it late, too. An id on two
 * connections is one that a server gives to many.
 */
function rejectRepeatedAnswers(client: S3Client): void {
  const ids = new RequestIds();
  const connections = new WeakMap<Socket, number>();
  let last = 0;
  let areUnique = true;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers, body } = result.response as {
        readonly headers: Headers;
        readonly body?: Partial<IncomingMessage>;
      };
      const socket = body?.socket;
      if (!socket || !areUnique) {
        return result;
      }
      const connection = connections.get(socket) ?? ++last;
      connections.set(socket, connection);
      const earlier = ids.record(headers, connection);
      if (earlier === undefined) {
        return result;
      }
      if (earlier !== connection) {
        areUnique = false;
        return result;
      }
      socket.destroy();
      throw Object.assign(
        new Error('the answer is one to an earlier request, so the result is unknown'),
        { name: 'RepeatedAnswer', $retryable: {} },
      );
    },
    { step: 'deserialize', priority: 'low', name: 'rejectRepeatedAnswers', override: true },
  );
}
