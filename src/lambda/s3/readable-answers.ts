/**
 * An answer of status 2xx that cannot be read, such as one that a proxy cut or wrote itself, says nothing: the request
 * may have been executed or not. So it must count neither as a success nor as a final failure. The same holds for any answer
 * that belongs to another request.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import { rejectRepeatedAnswers } from './request-ids';

/**
 * What an answer always has. A body that is another document leaves these fields out, because the SDK ignores elements
 * that it does not know. A list that may be empty, such as the keys of DeleteObjects, cannot be checked here.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
 */
const EXPECTED_FIELDS: { readonly [command: string]: readonly string[] } = {
  CompleteMultipartUploadCommand: ['ETag'],
  CopyObjectCommand: ['CopyObjectResult.ETag'],
  CreateMultipartUploadCommand: ['UploadId'],
  GetObjectCommand: ['ETag'],
  GetObjectTaggingCommand: ['TagSet'],
  HeadObjectCommand: ['ETag', 'ContentLength'],
  ListMultipartUploadsCommand: ['IsTruncated'],
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
 * Makes the client retry a request if its answer has a status of 2xx and cannot be read, or belongs to another request,
 * and throw the error of the last attempt. `toS3Error` calls that error transient. Returns the client.
 */
export function retryUnreadableAnswers<T extends S3Client | SFNClient | SNSClient>(client: T): T {
  // The stacks differ only in the types of their commands.
  rejectRepeatedAnswers(client as S3Client);
  (client as S3Client).middlewareStack.add((next, { commandName }) => async (args) => {
    try {
      const result = await next(args);
      assertReadable(commandName ?? '', result.output);
      return result;
    } catch (error) {
      // The SDK retries errors that have this field. An error of parsing has the status of the answer.
      const status = (error as Answer).$metadata?.httpStatusCode ?? 0;
      throw status >= 200 && status < 300 ? Object.assign(error as Error, { $retryable: {} }) : error;
    }
  }, { step: 'finalizeRequest', priority: 'low', name: 'retryUnreadableAnswers', override: true });
  return client;
}

interface Answer { readonly $metadata?: { readonly httpStatusCode?: number } }

function assertReadable(command: string, output: Answer): void {
  const getField = (path: string) => path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], output);
  const missing = (EXPECTED_FIELDS[command] ?? []).filter((path) => getField(path) === undefined);
  const status = output.$metadata?.httpStatusCode;
  const expected = EXPECTED_STATUS[command] ?? status;
  if (missing.length === 0 && status === expected) { return; }
  const problem = missing.length > 0 ? `without ${missing.join(' and ')}` : `which should be ${expected}`;
  throw Object.assign(new Error(`the answer had status ${status}, ${problem}, so the result is unknown`), {
    name: 'UnreadableAnswer', $metadata: output.$metadata,
  });
}
