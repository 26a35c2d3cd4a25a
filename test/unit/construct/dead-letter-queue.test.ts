import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { actionsOn, environment, only, resolve, synth } from '../../helpers/synth';

const schedule = ScheduleExpression.rate(Duration.days(1));

test(
  'runs that the schedule cannot start go to a queue: encrypted, TLS only, with the longest ' +
    'retention of SQS',
  () => {
    const { template } = synth({ schedule });
    const { id, properties } = only(template, 'AWS::SQS::Queue');
    expect(
      resolve(template, only(template, 'AWS::Scheduler::Schedule').properties.Target),
    ).toMatchObject({ DeadLetterConfig: { Arn: `<${id}.Arn>` } });
    expect(properties).toEqual({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
      VisibilityTimeout: 720,
    });
    expect(resolve(template, only(template, 'AWS::SQS::QueuePolicy').properties)).toMatchObject({
      Queues: [`<${id}>`],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Action: 'sqs:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  },
);

test('the queue invokes ExplainFailure, one message at a time', () => {
  const { template } = synth({ schedule });
  const { id } = only(template, 'AWS::SQS::Queue');
  expect(resolve(template, only(template, 'AWS::Lambda::EventSourceMapping').properties)).toEqual({
    BatchSize: 1,
    EventSourceArn: `<${id}.Arn>`,
    FunctionName: expect.stringMatching(/^<ArchiverExplainFailureFunction/),
  });
  expect(actionsOn(template, 'ExplainFailure', new RegExp(`^<${id}\\.Arn>$`))).toEqual([
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
  ]);
  // Lambda refuses a queue whose visibility timeout is shorter than the function's timeout.
  const timeout = only(template, 'AWS::Lambda::Function', /ExplainFailure/).properties.Timeout;
  expect(only(template, 'AWS::SQS::Queue').properties.VisibilityTimeout).toBe(6 * timeout);
});

test('ExplainFailure gets the ARN of the state machine for its commands', () => {
  const { template } = synth({ schedule });
  expect(environment(template, 'ExplainFailure').STATE_MACHINE_ARN).toBe(
    `<${only(template, 'AWS::StepFunctions::StateMachine').id}>`,
  );
});

test('encryptionKey: encrypts the queue and is granted to its sender and reader', () => {
  const { template } = synth((stack) => ({ schedule, encryptionKey: new kms.Key(stack, 'Key') }));
  const { id } = only(template, 'AWS::KMS::Key');
  expect(resolve(template, only(template, 'AWS::SQS::Queue').properties)).toMatchObject({
    KmsMasterKeyId: `<${id}.Arn>`,
  });
  expect(actionsOn(template, 'Schedule', new RegExp(`^<${id}\\.Arn>$`))).toEqual([
    'kms:Decrypt',
    'kms:GenerateDataKey',
  ]);
  expect(actionsOn(template, 'ExplainFailure', new RegExp(`^<${id}\\.Arn>$`))).toContain(
    'kms:Decrypt',
  );
});

test('without a schedule there is no queue', () => {
  const { template } = synth();
  template.resourceCountIs('AWS::SQS::Queue', 0);
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
  expect(environment(template, 'ExplainFailure')).not.toHaveProperty('STATE_MACHINE_ARN');
});
