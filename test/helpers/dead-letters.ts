/**
 * Returns what EventBridge Scheduler sends to a dead-letter queue, in the form in which Lambda gets
 * it from the queue (configuring-schedule-dlq, with-sqs).
 */
export function deadLetter(
  attributes: Record<string, string | undefined> = {},
  body = '{"scheduledTime":"2026-11-25T01:00:00Z"}',
) {
  const all: Record<string, string | undefined> = {
    ERROR_CODE: 'AccessDeniedException',
    ERROR_MESSAGE:
      'User: arn:aws:sts::123456789012:assumed-role/ScheduleRole/ad06616e51cdf74a is not ' +
      'authorized to perform: states:StartExecution on resource: ' +
      'arn:aws:states:eu-west-1:123456789012:stateMachine:Archiver because no identity-based ' +
      'policy allows the states:StartExecution action',
    EXECUTION_ID: 'ad06616e51cdf74a',
    IS_PAYLOAD_TRUNCATED: 'false',
    RETRY_ATTEMPTS: '0',
    SCHEDULED_TIME: '2026-11-25T01:00:00Z',
    SCHEDULE_ARN: 'arn:aws:scheduler:eu-west-1:123456789012:schedule/default/Nightly',
    TARGET_ARN: 'arn:aws:scheduler:::aws-sdk:sfn:startExecution',
    ...attributes,
  };
  const messageAttributes = Object.fromEntries(
    Object.entries(all)
      .filter(([, value]) => value !== undefined)
      .map(([name, stringValue]) => [
        name,
        { stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' },
      ]),
  );
  return {
    messageId: '2aeg3510-fe3a-4f5a-ab6a-6906560eaf7e',
    receiptHandle: 'AQEB',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1795568400000',
      SenderId: 'AROA:ff00',
      ApproximateFirstReceiveTimestamp: '1795568400001',
    },
    messageAttributes,
    md5OfBody: '07adc3fc889d6107d8bb8fda42fe0573',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:DeadLetters',
    awsRegion: 'eu-west-1',
  };
}
