import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
} from '@aws-sdk/client-sfn';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { ErrorName } from '../../../../src/contract/errors';
import { toMessageAttributes } from '../../../../src/lambda/alerts/alert-attributes';
import { explainFailure, getRunId } from '../../../../src/lambda/explain-failure/explain-failure';
import { deadLetter } from '../../../helpers/dead-letters';
import {
  answer,
  client,
  entered,
  event,
  history,
  MAP_FAILED,
  PLANNED,
  sfn,
  THRESHOLD_CHANGE,
} from '../../../helpers/failure-fixtures';
import { EXECUTION } from '../../../helpers/report-fixtures';

const snsClient = new SNSClient({ region: 'eu-west-1' });
const sns = mockClient(snsClient);
const errors: Error[] = [];

beforeEach(() => {
  sns.reset();
  sns.on(PublishCommand).resolves({ MessageId: '1' });
  errors.length = 0;
});

function explain(given: unknown, archiverName?: string) {
  return explainFailure(
    {
      sfn: client,
      sns: snsClient,
      topicArn: 'arn:topic',
      archiverName,
      onError: (error) => errors.push(error),
    },
    given,
  );
}

const published = () => sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);

test('publishes one message', async () => {
  answer({
    events: history(...MAP_FAILED),
    children: [{ error: 'SystemicFailure', cause: 'KMS_DENIED: x' }],
  });
  const [alert] = await explain(event(THRESHOLD_CHANGE), 'Demo/Archiver');
  expect(alert.subject).toBe('Archive run of 2026-11-24 failed: KMS (Demo/Archiver)');
  expect(published()).toEqual([
    {
      TopicArn: 'arn:topic',
      Subject: alert.subject,
      Message: alert.message,
      MessageAttributes: toMessageAttributes(alert.attributes),
    },
  ]);
  expect(alert.attributes).toMatchObject({
    archiver: 'Demo/Archiver',
    runId: 'nightly',
    outcome: 'FAILED',
    layer: 'KMS',
  });
  expect(errors).toEqual([]);
});

describe(
  'of a run whose executions a customer managed key encrypts, the event has no input, output, ' +
    'error and cause',
  () => {
    const INPUT = '{"date":"2026-11-24","dryRun":true}';

    test.each<[string, Parameters<typeof answer>[0], Parameters<typeof event>[0]]>([
      [
        'a failed child',
        {
          events: history(...MAP_FAILED),
          children: [{ error: 'SystemicFailure', cause: 'KMS_DENIED: x' }],
        },
        THRESHOLD_CHANGE,
      ],
      [
        'a wrong input',
        { events: history(entered('PlanRun')) },
        { error: 'InvalidRunInput', cause: 'date must be a calendar date' },
      ],
      [
        'somebody who stopped it',
        { events: history(...PLANNED, entered('ArchiveObjects')) },
        { status: 'ABORTED', error: 'Mine', cause: 'enough' },
      ],
      [
        'a timeout',
        { events: history(...PLANNED, entered('ArchiveObjects')) },
        { status: 'TIMED_OUT', error: 'States.Timeout', cause: 'State machine: 1 day' },
      ],
      [
        'its own judgment, without a readable history',
        {},
        {
          error: ErrorName.TOLERANCE_EXCEEDED,
          cause: 'Demo: 2 of 7 objects for these days failed.',
        },
      ],
    ])('the message about %s is the same', async (_, known, given) => {
      const { error, cause } = given!;
      const full = { input: INPUT, ...given };
      answer({ ...known, execution: { redriveStatus: 'REDRIVABLE', input: INPUT, error, cause } });
      const [expected] = await explain(event(full));
      answer({ ...known, execution: { redriveStatus: 'REDRIVABLE', input: INPUT, error, cause } });
      const [alert] = await explain(
        event({ ...full, input: undefined, error: undefined, cause: undefined }),
      );
      expect(alert).toEqual(expected);
    });
  },
);

test("calls the archiver by its state machine's name, if it has no other", async () => {
  answer({});
  expect((await explain(event()))[0].subject).toContain('(Archiver)');
});

test.each([
  ['the execution', DescribeExecutionCommand],
  ['its history', GetExecutionHistoryCommand],
  ['its Map Run', ListMapRunsCommand],
  ['the counts of its Map Run', DescribeMapRunCommand],
  ['a failed child of its Map Run', ListExecutionsCommand],
])('publishes although %s cannot be read', async (what, command) => {
  answer({
    events: history(...MAP_FAILED),
    children: [{ error: 'SystemicFailure', cause: 'KMS_DENIED: x' }],
  });
  if (command === DescribeExecutionCommand) {
    sfn.on(DescribeExecutionCommand, { executionArn: EXECUTION }).rejects(new Error('denied'));
  } else {
    sfn.on(command as never).rejects(new Error('denied'));
  }
  await explain(event(THRESHOLD_CHANGE));
  expect(published()).toEqual([
    expect.objectContaining({ Message: expect.stringContaining(`  ${what}: Error: denied`) }),
  ]);
  expect(errors).toEqual([new Error(`${what}: Error: denied`)]);
});

test('publishes although nothing can be read', async () => {
  sfn.reset();
  sfn.rejects(new Error('denied'));
  await explain(event({ error: 'States.Runtime', cause: 'no such path' }));
  expect(published()).toEqual([
    expect.objectContaining({
      Message: expect.stringContaining('Cause: States.Runtime: no such path'),
    }),
  ]);
});

test.each([[{}], [{ detail: { executionArn: 1 } }], [null]])(
  'publishes an event that is not understood: %j',
  async (given) => {
    await explain(given);
    expect(published()).toEqual([
      expect.objectContaining({
        Subject: 'Archive run did not succeed',
        MessageAttributes: expect.objectContaining({
          outcome: { DataType: 'String', StringValue: 'FAILED' },
        }),
      }),
    ]);
    expect(errors).toHaveLength(1);
  },
);

describe('an event whose fields have other types', () => {
  const known = {
    events: history(...MAP_FAILED),
    children: [{ error: 'SystemicFailure', cause: 'KMS_DENIED: x' }],
  };
  const explainDetail = async (more: object, execution: object = {}) => {
    answer({ ...known, execution: { redriveStatus: 'REDRIVABLE', ...execution } });
    const [alert] = await explain({ detail: { ...event(THRESHOLD_CHANGE).detail, ...more } });
    expect(errors).toEqual([]);
    return alert!;
  };
  const RUN_LINE = 'Run:   nightly, 2026-11-25T01:00:00.000Z, ended after 1 min 0 s';

  test.each([
    ['epoch milliseconds', 1_795_568_400_000, 1_795_568_460_000],
    ['epoch milliseconds as text', '1795568400000', '1795568460000'],
    ['epoch seconds', 1_795_568_400, 1_795_568_460],
    ['ISO dates', '2026-11-25T01:00:00Z', '2026-11-25T02:01:00.000+01:00'],
  ])(
    'has the same message with %s: only the first are documented, and the execution itself says ' +
      'the others',
    async (_, startDate, stopDate) => {
      const execution = {
        startDate: new Date(1_795_568_400_000),
        stopDate: new Date(1_795_568_460_000),
      };
      expect((await explainDetail({ startDate, stopDate }, execution)).message).toContain(RUN_LINE);
    },
  );

  test.each([
    ['the start', { startDate: 'yesterday' }],
    ['the start', { startDate: { seconds: 1 } }],
    ['the start', { startDate: 1e20 }],
    ['the input', { input: { date: '2026-11-24' } }],
    ['the error', { error: 1 }],
    ['the cause', { cause: ['a'] }],
  ])('leaves out only %s: %j', async (_, more) => {
    const { message, subject } = await explainDetail(more);
    expect(subject).toBe('Archive run of 2026-11-24 failed: KMS (Archiver)');
    expect(message).toContain('Cause: SystemicFailure: KMS_DENIED: x');
    expect(message).toContain('Run:   nightly, 2026-11-25T01:00:00.000Z');
  });

  test('leaves out only the end', async () => {
    expect((await explainDetail({ stopDate: 'soon' })).message).toContain(
      'Run:   nightly, 2026-11-25T01:00:00.000Z\n',
    );
  });

  test("takes the names of run and state machine from the execution's ARN", async () => {
    const { subject, message } = await explainDetail({ name: undefined, stateMachineArn: 7 });
    expect(subject).toBe('Archive run of 2026-11-24 failed: KMS (Archiver)');
    expect(message).toContain(RUN_LINE);
  });
});

test('tells the status of an event about which nothing else is known', async () => {
  const [alert] = await explain({ detail: { status: 'ABORTED' } });
  expect([alert!.subject, alert!.attributes.outcome]).toEqual([
    'Archive run was stopped',
    'ABORTED',
  ]);
});

test('throws if the message cannot be published, so that Lambda sends the event itself', async () => {
  answer({});
  sns.on(PublishCommand).rejects(new Error('no topic'));
  await expect(explain(event())).rejects.toThrow('no topic');
});

describe('a run that did not start', () => {
  test('one message, without a request to Step Functions', async () => {
    sfn.reset();
    sfn.rejects(new Error('must not be asked'));
    const alerts = await explain({ Records: [deadLetter()] }, 'Demo/Archiver');
    expect(alerts).toEqual([
      expect.objectContaining({
        subject: 'Archive run due 2026-11-25T01:00:00Z did not start: IAM (Demo/Archiver)',
      }),
    ]);
    expect(published()).toEqual([
      {
        TopicArn: 'arn:topic',
        Subject: alerts[0].subject,
        Message: alerts[0].message,
        MessageAttributes: toMessageAttributes(alerts[0].attributes),
      },
    ]);
    expect(errors).toEqual([]);
  });

  test('no message if the run exists', async () => {
    expect(
      await explain({ Records: [deadLetter({ ERROR_CODE: 'ExecutionAlreadyExists' })] }),
    ).toEqual([]);
    expect(published()).toEqual([]);
  });

  test('one message for each letter', async () => {
    await explain({
      Records: [deadLetter(), deadLetter({ SCHEDULED_TIME: '2026-11-26T01:00:00Z' })],
    });
    expect(published().map(({ Subject }) => Subject!.slice(0, 24))).toEqual([
      'Archive run due 2026-11-',
      'Archive run due 2026-11-',
    ]);
  });

  test('throws if the message cannot be published, so that the letter stays in the queue', async () => {
    sns.on(PublishCommand).rejects(new Error('no topic'));
    await expect(explain({ Records: [deadLetter()] })).rejects.toThrow('no topic');
  });
});

test.each([
  ['a status change', event(), 'nightly'],
  ['a dead letter', { Records: [deadLetter()] }, 'ad06616e51cdf74a'],
  ['anything else', { Records: [] }, undefined],
  ['nothing', null, undefined],
])('the run of %s', (_, given, id) => {
  expect(getRunId(given)).toBe(id);
});
