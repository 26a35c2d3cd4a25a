import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { DateSelection, S3DatedArchiver, type S3DatedArchiverProps } from '../../../../src';
import { only, policies, resolve } from '../../../helpers/synth';

const schedule = ScheduleExpression.expression('rate(7 days)');

function build(props: (stack: Stack) => Partial<S3DatedArchiverProps> = () => ({})) {
  const stack = new Stack(new App(), 'Test');
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: new s3.Bucket(stack, 'Source'),
    ...props(stack),
  });
  return { stack, archiver };
}

function inputOf(template: Template, id = /./): unknown {
  return JSON.parse(
    resolve(
      template,
      only(template, 'AWS::Scheduler::Schedule', id).properties.Target.Input,
    ) as string,
  );
}

test(
  'a verification is a schedule of the state machine that sends the action, the days and the ' +
    'scheduled time',
  () => {
    const { stack, archiver } = build();
    archiver.addVerification('Weekly', {
      schedule,
      selection: DateSelection.lastDays(30),
      deep: true,
    });
    const template = Template.fromStack(stack);
    const { properties } = only(template, 'AWS::Scheduler::Schedule');
    expect(properties).toMatchObject({
      ScheduleExpression: 'rate(7 days)',
      Description: 'Starts a verification of an S3DatedArchiver',
    });
    expect(inputOf(template)).toEqual({
      action: 'verify',
      selection: { kind: 'lastDays', days: 30 },
      deep: true,
      scheduledTime: '<aws.scheduler.scheduled-time>',
    });
    expect(resolve(template, properties.Target.Arn)).toMatch(/^<ArchiverStateMachine/);
  },
);

test("without a selection it sends none, so the archiver's counts", () => {
  const { stack, archiver } = build();
  archiver.addVerification('Weekly', { schedule });
  expect(inputOf(Template.fromStack(stack))).toEqual({
    action: 'verify',
    scheduledTime: '<aws.scheduler.scheduled-time>',
  });
});

test('the number of days may be a token', () => {
  const { stack, archiver } = build();
  archiver.addVerification('Weekly', {
    schedule,
    selection: DateSelection.lastDays(Lazy.number({ produce: () => 9 })),
  });
  expect(inputOf(Template.fromStack(stack))).toMatchObject({
    selection: { kind: 'lastDays', days: 9 },
  });
});

test(
  'all schedules share one dead-letter queue, and each has a role that may only start this state ' +
    'machine',
  () => {
    const { stack, archiver } = build(() => ({ schedule }));
    archiver.addVerification('Weekly', { schedule });
    archiver.addVerification('Quarterly', { schedule, deep: true });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Scheduler::Schedule', 3);
    template.resourceCountIs('AWS::SQS::Queue', 1);
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    const own = policies(template).filter(({ id }) => id.startsWith('ArchiverVerifications'));
    expect(own).toHaveLength(2);
    for (const { statements } of own) {
      expect(
        statements
          .filter(({ Effect }) => Effect === 'Allow')
          .flatMap(({ Action }) => Action)
          .sort(),
      ).toEqual(['sqs:SendMessage', 'states:StartExecution']);
      expect(JSON.stringify(statements)).toContain('s3:DeleteObjectVersion');
    }
  },
);

test('the first verification of an archiver without a schedule makes the queue', () => {
  const { stack, archiver } = build((scope) => ({ encryptionKey: new kms.Key(scope, 'Key') }));
  archiver.addVerification('Weekly', { schedule });
  const template = Template.fromStack(stack);
  expect(only(template, 'AWS::SQS::Queue').properties.KmsMasterKeyId).toBeDefined();
  Annotations.fromStack(stack).hasNoError('*', Match.anyValue());
});

test.each([
  ['', 'the id of addVerification is empty, and it must be a string'],
  [' ', 'the id of addVerification is " ", and it must be a string'],
  [
    'Weekly',
    'the archiver already has a verification with the id "Weekly": give each verification ' +
      'another id',
  ],
])('the id "%s" is refused, and the error names the archiver', (id, message) => {
  const { archiver } = build();
  archiver.addVerification('Weekly', { schedule });
  expect(() => archiver.addVerification(id, { schedule })).toThrow(message);
  expect(() => archiver.addVerification(id, { schedule })).toThrow('Test/Archiver');
});

test('an archiver without a verification has no schedule and no queue for it', () => {
  const template = Template.fromStack(build().stack);
  for (const type of ['AWS::Scheduler::Schedule', 'AWS::SQS::Queue']) {
    template.resourceCountIs(type, 0);
  }
});

test('the alarm is on request only', () => {
  const alarms = (options: object) =>
    build()
      .archiver.addAlarms(options)
      .map(({ node }) => node.id);
  expect(alarms({})).not.toContain('ObjectsUnaccounted');
  expect(alarms({ objectsUnaccounted: 0 })).toContain('ObjectsUnaccounted');
  expect(build().archiver.metricObjectsUnaccounted().metricName).toBe('ObjectsUnaccounted');
});
