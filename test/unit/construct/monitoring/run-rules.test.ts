import { Template } from 'aws-cdk-lib/assertions';
import { Match } from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { actionsOn, build, only, resolve } from '../../../helpers/synth';

function withRules(...ids: string[]) {
  const { stack, archiver } = build();
  const target = new targets.SqsQueue(new sqs.Queue(stack, 'Queue'));
  for (const id of ids) {
    archiver.onRunCompleted(id, {
      target,
      eventPattern: { detail: { outcome: ['CLEAN'], counts: { archived: Match.greaterThan(0) } } },
    });
  }
  return { archiver, template: Template.fromStack(stack) };
}

const definitionOf = (template: Template) =>
  JSON.parse(
    resolve(
      template,
      only(template, 'AWS::StepFunctions::StateMachine').properties.DefinitionString,
    ),
  ) as {
    States: Record<
      string,
      { Next?: string; Type: string; Choices?: object[]; Default?: string; Parameters?: object }
    >;
  };

test(
  'onRunCompleted: creates a rule for the event of this archiver, narrowed down by the ' +
    'pattern of the options',
  () => {
    const { template } = withRules('Mine');
    expect(resolve(template, only(template, 'AWS::Events::Rule', /Mine/).properties)).toMatchObject(
      {
        EventPattern: {
          source: ['cdk-s3-dated-archiver'],
          'detail-type': ['S3DatedArchiver Run Completed'],
          detail: {
            stateMachineArn: [expect.stringMatching(/^<ArchiverStateMachine\w+>$/)],
            outcome: ['CLEAN'],
            counts: { archived: [{ numeric: ['>', 0] }] },
          },
        },
        Targets: [{ Arn: expect.stringMatching(/^<Queue/) }],
      },
    );
  },
);

test(
  'onRunCompleted: the state machine sends the event between its report and its outcome, and may ' +
    'send it to the default bus only',
  () => {
    const { template } = withRules('Mine', 'Another');
    const {
      States: { ReportRun: report, 'Archived?': archived, SendRunCompleted: send },
    } = definitionOf(template);
    expect([report!.Next, archived!.Default, send!.Next]).toEqual([
      'Archived?',
      'Outcome',
      'Outcome',
    ]);
    expect(archived!.Choices).toEqual([
      { Variable: '$.outcome', StringEquals: 'UNFINISHED', Next: 'FinishBatches' },
      {
        And: [
          { Variable: '$.action', StringEquals: 'archive' },
          { Variable: '$.dryRun', BooleanEquals: false },
        ],
        Next: 'SendRunCompleted',
      },
    ]);
    expect(send).toMatchObject({
      Type: 'Task',
      ResultPath: null,
      Retry: [expect.objectContaining({ JitterStrategy: 'FULL' })],
    });
    expect(actionsOn(template, 'StateMachine', /event-bus\/default$/)).toEqual([
      'events:PutEvents',
    ]);
  },
);

test('onRunCompleted: without a call, there is no event, no state and no permission', () => {
  const { template } = withRules();
  const { States } = definitionOf(template);
  expect(States.ReportRun!.Next).toBe('Outcome');
  expect(Object.keys(States)).toEqual(
    expect.not.arrayContaining(['Archived?', 'SendRunCompleted']),
  );
  expect(JSON.stringify(template.toJSON())).not.toContain('events:PutEvents');
});

test('onRunCompleted: an id may be used once', () => {
  const { archiver } = withRules('Mine');
  expect(() => archiver.onRunCompleted('Mine')).toThrow(
    'Test/Archiver: onRunCompleted("Mine") was called before: give each rule another id',
  );
});
