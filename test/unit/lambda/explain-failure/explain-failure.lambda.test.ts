import { SFNClient } from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { readRuns } from '../../../../src/lambda/calendar/calendar-page';
import { handler } from '../../../../src/lambda/explain-failure/explain-failure.lambda';
import { event } from '../../../helpers/failure-fixtures';
import type { Harness } from '../../../helpers/harness';
import { startReportHarness } from '../../../helpers/report-fixtures';

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
  output = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(() => true),
  );
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
      MessageAttributes: expect.objectContaining({
        layer: { DataType: 'String', StringValue: 'Step Functions' },
      }),
    },
  ]);
});

test("logs what it could not read, with the run's id", async () => {
  await handler(event(), CONTEXT);
  const lines = output.flatMap(({ mock }) => mock.calls.map(([text]) => JSON.parse(String(text))));
  expect(lines.filter(({ level }) => level === 'WARN').length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(line).toMatchObject({ run_id: 'nightly', service: 'explain-failure' });
  }
});

describe('the calendar', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await startReportHarness();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: harness.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      REPORT_BUCKET: 'reports',
      REPORT_PREFIX: 'runs/',
      TIME_ZONE: 'UTC',
    });
  });
  afterEach(() => harness.close());

  test('has the run, which has no report', async () => {
    await handler(event(), CONTEXT);
    expect(readRuns(harness.read('reports', 'runs/index.html')!, '')).toMatchObject([
      { outcome: 'FAILED', folder: null, archiver: 'Demo/Archiver', day: '2026-11-25' },
    ]);
  });

  test('does not keep the message from being sent, and is not why it is sent twice', async () => {
    harness.store.put('reports', 'runs/index.html', 'a page of somebody else');
    await handler(event(), CONTEXT);
    expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
    expect(
      output.flatMap(({ mock }) => mock.calls.map(([text]) => String(text))).join(''),
    ).toContain('the calendar was not updated; the message is sent');
  });

  test('gets nothing from an event that is not about a run', async () => {
    await handler({ Records: [] }, CONTEXT);
    await handler({ detail: { name: 'x' } }, CONTEXT);
    expect(harness.store.keys('reports')).toEqual([]);
  });
});

test('fails if the message cannot be published', async () => {
  sns.on(PublishCommand).rejects(new Error('no topic'));
  await expect(handler(event(), CONTEXT)).rejects.toThrow('no topic');
});
