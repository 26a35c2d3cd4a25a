import { request } from 'node:http';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { StateError } from 'cdk-s3-dated-archiver-engine';
import {
  Bench,
  FUNCTION,
  machine,
  mapState,
  type Outcome,
} from '../../engine/test/step-functions/machine';
import { type AwsServer, startAwsServer } from '../src/core/api-server';
import { Topics } from '../src/sns/topics';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alerts';
const config = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  maxAttempts: 1,
});
const topics = new Topics();
topics.add(TOPIC);

let bench: Bench;
let ran: Outcome;
let server: AwsServer;
let sfn: SFNClient;
let sns: SNSClient;
const started: unknown[] = [];
const redriven: unknown[] = [];
const stopped: unknown[] = [];
beforeAll(async () => {
  bench = await Bench.open();
  bench.seed(6);
  ran = await bench.run(
    machine(
      mapState({
        ItemBatcher: { MaxItemsPerBatch: 2 },
        MaxConcurrency: 1,
        ToleratedFailurePercentage: 50,
      }),
    ),
    {
      [FUNCTION]: ({ Items }) => {
        if (Items[0].Key === 'in/000002') {
          throw new StateError('Broken', 'why');
        }
        return 1;
      },
    },
  );
  server = await startAwsServer({
    topics,
    backend: {
      records: ran.records,
      clock: () => new Date(),
      start: (...given) => {
        started.push(given);
        return ran.record;
      },
      redrive: (...given) => {
        redriven.push(given);
        return new Date('2026-11-25T08:00:00Z');
      },
      stop: (...given) => {
        stopped.push(given);
      },
    },
  });
  sfn = new SFNClient(config(server.endpoint));
  sns = new SNSClient(config(server.endpoint));
});
afterAll(async () => {
  sfn.destroy();
  sns.destroy();
  await server.close();
  await bench.close();
});

test('DescribeExecution', async () => {
  const answer = await sfn.send(new DescribeExecutionCommand({ executionArn: ran.record.arn }));
  expect(answer).toMatchObject({
    name: 'run-1',
    status: 'SUCCEEDED',
    input: '{}',
    output: ran.record.output,
    startDate: new Date('2026-11-24T16:00:00Z'),
  });
  expect(answer.stopDate).toBeInstanceOf(Date);
  await expect(
    sfn.send(new DescribeExecutionCommand({ executionArn: `${ran.record.arn}x` })),
  ).rejects.toThrow(expect.objectContaining({ name: 'ExecutionDoesNotExist' }));
});

test('GetExecutionHistory, backwards and in pages', async () => {
  const all = await sfn.send(new GetExecutionHistoryCommand({ executionArn: ran.record.arn }));
  expect(all.events!.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'MapStateEntered',
    'MapStateStarted',
    'MapRunStarted',
    'MapRunSucceeded',
    'MapStateSucceeded',
    'MapStateExited',
    'ExecutionSucceeded',
  ]);
  const backwards = { executionArn: ran.record.arn, reverseOrder: true, maxResults: 2 };
  const last = await sfn.send(new GetExecutionHistoryCommand(backwards));
  expect(last.events!.map(({ type }) => type)).toEqual(['ExecutionSucceeded', 'MapStateExited']);
  const next = await sfn.send(
    new GetExecutionHistoryCommand({ ...backwards, nextToken: last.nextToken }),
  );
  expect(next.events!.map(({ type }) => type)).toEqual(['MapStateSucceeded', 'MapRunSucceeded']);
});

test('RedriveExecution and StopExecution hand on what was asked for', async () => {
  const executionArn = ran.record.arn;
  expect(
    (await sfn.send(new RedriveExecutionCommand({ executionArn, clientToken: 'once' })))
      .redriveDate,
  ).toEqual(new Date('2026-11-25T08:00:00Z'));
  expect(redriven).toEqual([[executionArn, 'once']]);
  expect(
    (await sfn.send(new StopExecutionCommand({ executionArn, error: 'Mine', cause: 'enough' })))
      .stopDate,
  ).toEqual(ran.record.stopDate);
  expect(stopped).toEqual([[executionArn, { error: 'Mine', cause: 'enough' }]]);
  await expect(
    sfn.send(new StopExecutionCommand({ executionArn: `${executionArn}x` })),
  ).rejects.toThrow(expect.objectContaining({ name: 'ExecutionDoesNotExist' }));
});

test('ListMapRuns and DescribeMapRun', async () => {
  const { mapRuns } = await sfn.send(new ListMapRunsCommand({ executionArn: ran.record.arn }));
  expect(mapRuns).toEqual([
    expect.objectContaining({ executionArn: ran.record.arn, mapRunArn: ran.mapRun!.mapRunArn }),
  ]);
  expect(
    await sfn.send(new DescribeMapRunCommand({ mapRunArn: mapRuns![0]!.mapRunArn })),
  ).toMatchObject({
    status: 'SUCCEEDED',
    toleratedFailurePercentage: 50,
    itemCounts: { total: 6, succeeded: 4, failed: 2, pending: 0, running: 0 },
    executionCounts: { total: 3, succeeded: 2, failed: 1 },
  });
});

test("ListExecutions of a Map Run by status, and the failed child's history", async () => {
  const { mapRunArn } = ran.mapRun!;
  const failed = await sfn.send(new ListExecutionsCommand({ mapRunArn, statusFilter: 'FAILED' }));
  expect(failed.executions).toEqual([
    expect.objectContaining({ status: 'FAILED', itemCount: 2, mapRunArn }),
  ]);
  expect((await sfn.send(new ListExecutionsCommand({ mapRunArn }))).executions).toHaveLength(3);
  const { events } = await sfn.send(
    new GetExecutionHistoryCommand({
      executionArn: failed.executions![0]!.executionArn,
      reverseOrder: true,
    }),
  );
  expect(events![0]).toMatchObject({
    type: 'ExecutionFailed',
    executionFailedEventDetails: { error: 'Broken', cause: 'why' },
  });
});

test('StartExecution', async () => {
  const answer = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: 'arn:m',
      name: 'n',
      input: '{"date":"2026-11-24"}',
    }),
  );
  expect(answer.executionArn).toBe(ran.record.arn);
  expect(started).toEqual([['arn:m', 'n', '{"date":"2026-11-24"}']]);
});

test('an action that is not there says so', async () => {
  const response = await fetch(server.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSStepFunctions.DeleteStateMachine' },
    body: '{}',
  });
  expect([response.status, await response.json()]).toEqual([
    400,
    { __type: 'UnknownOperationException', message: 'the sandbox has no DeleteStateMachine' },
  ]);
});

test('SNS Publish, and its refusals', async () => {
  const { MessageId } = await sns.send(
    new PublishCommand({
      TopicArn: TOPIC,
      Subject: 'Hello',
      Message: 'a & b <c>\nd',
      MessageAttributes: { x: { DataType: 'String', StringValue: 'é=1&' } },
    }),
  );
  expect(MessageId).toBeDefined();
  expect(topics.published).toEqual([
    { topicArn: TOPIC, subject: 'Hello', message: 'a & b <c>\nd', attributes: { x: 'é=1&' } },
  ]);
  await expect(
    sns.send(new PublishCommand({ TopicArn: `${TOPIC}x`, Message: 'm' })),
  ).rejects.toThrow(expect.objectContaining({ name: 'NotFoundException' }));
  await expect(
    sns.send(new PublishCommand({ TopicArn: TOPIC, Message: 'm', Subject: 'a\nb' })),
  ).rejects.toThrow(expect.objectContaining({ name: 'InvalidParameterException' }));
});

/** Sends the start of a request whose body never ends, and returns the answer. */
function unended(
  headers: Record<string, string>,
  body: string | Buffer,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      server.endpoint,
      { method: 'POST', headers: { 'transfer-encoding': 'chunked', ...headers } },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => {
          sent.destroy();
          resolve({ status: answer.statusCode, text });
        });
      },
    );
    sent.on('error', reject);
    sent.write(body);
  });
}

test.each([[{ host: 'rebound.example.com' }], [{ origin: 'https://example.com' }]])(
  'a request of a foreign page is refused before its body is read: %j',
  async (headers) => {
    expect(
      await unended({ ...headers, 'x-amz-target': 'AWSStepFunctions.StartExecution' }, '{'),
    ).toEqual({ status: 403, text: expect.stringContaining('AccessDeniedException') });
  },
);

test('a body larger than the largest request of AWS is refused before it ends', async () => {
  const before = started.length;
  // StartExecution takes 262,144 characters of input, each of which is at most 6 bytes as JSON.
  expect(
    await unended(
      { 'x-amz-target': 'AWSStepFunctions.StartExecution' },
      Buffer.alloc(3 * 1024 ** 2, 0x20),
    ),
  ).toEqual({ status: 413, text: expect.stringContaining('RequestTooLargeException') });
  expect(started).toHaveLength(before);
});

test('the largest input and the largest message are read', async () => {
  const input = JSON.stringify('\u0001'.repeat(43_000));
  await sfn.send(new StartExecutionCommand({ stateMachineArn: 'arn:m', name: 'large', input }));
  expect(started.at(-1)).toEqual(['arn:m', 'large', input]);
  await sns.send(new PublishCommand({ TopicArn: TOPIC, Message: '%'.repeat(262_144) }));
  expect(topics.published.at(-1)!.message).toHaveLength(262_144);
});
