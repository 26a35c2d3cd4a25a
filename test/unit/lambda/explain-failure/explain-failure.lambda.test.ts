import { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { handler } from '../../../../src/lambda/explain-failure/explain-failure.lambda';
import { event } from '../../../helpers/failure-fixtures';

const CONTEXT = { functionName: 'explain-failure', awsRequestId: 'r1' } as Context;
const sfn = mockClient(SFNClient);
const sns = mockClient(SNSClient);
const environment = process.env;
let output: jest.SpyInstance[];

beforeEach(() => {
  process.env = { ...environment, ALERT_TOPIC_ARN: 'arn:topic', ARCHIVER_NAME: 'Demo/Archiver' };
  sfn.reset();
  sfn.rejects(new Error('denied'));
  sns.reset();
  sns.on(PublishCommand).resolves({ MessageId: '1' });
  output = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockImplementation(() => true));
});
afterEach(() => {
  process.env = environment;
  output.forEach((each) => each.mockRestore());
});

test('publishes to the topic of its environment', async () => {
  await handler(event({ error: 'States.Runtime', cause: 'x' }), CONTEXT);
  expect(sns.commandCalls(PublishCommand).map(({ args }) => args[0].input)).toEqual([
    {
      TopicArn: 'arn:topic',
      Subject: 'Archive run failed: Step Functions (Demo/Archiver)',
      Message: expect.stringContaining('States.Runtime: x'),
      MessageAttributes: expect.objectContaining({ layer: { DataType: 'String', StringValue: 'Step Functions' } }),
    },
  ]);
});

test('logs what it could not read, with the run\'s id', async () => {
  await handler(event(), CONTEXT);
  const lines = output.flatMap(({ mock }) => mock.calls.map(([text]) => JSON.parse(String(text))));
  expect(lines.filter(({ level }) => level === 'WARN').length).toBeGreaterThan(0);
  for (const line of lines) { expect(line).toMatchObject({ run_id: 'nightly', service: 'explain-failure' }); }
});

test('fails if the message cannot be published', async () => {
  sns.on(PublishCommand).rejects(new Error('no topic'));
  await expect(handler(event(), CONTEXT)).rejects.toThrow('no topic');
});
