import { Duration } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { actionsOn, environment, only, resolve, synth } from '../../helpers/synth';

const schedule = ScheduleExpression.rate(Duration.days(1));

test('what the schedule cannot start goes to a queue: encrypted, TLS only, kept as long as SQS keeps anything', () => {
  const { template } = synth({ schedule });
  const { id, properties } = only(template, 'AWS::SQS::Queue');
  expect(resolve(template, only(template, 'AWS::Scheduler::Schedule').properties.Target)).toMatchObject({ DeadLetterConfig: { Arn: `<${id}.Arn>` } });
  expect(properties).toEqual({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400, VisibilityTimeout: 720 });
  expect(resolve(template, only(template, 'AWS::SQS::QueuePolicy').properties)).toMatchObject({
    Queues: [`<${id}>`],
    PolicyDocument: { Statement: [{ Effect: 'Deny', Action: 'sqs:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] },
  });
});

test('from there to ExplainFailure, one letter at a time', () => {
  const { template } = synth({ schedule });
  const { id } = only(template, 'AWS::SQS::Queue');
  expect(resolve(template, only(template, 'AWS::Lambda::EventSourceMapping').properties)).toEqual({
    BatchSize: 1,
    EventSourceArn: `<${id}.Arn>`,
    FunctionName: expect.stringMatching(/^<ArchiverExplainFailureFunction/),
  });
  expect(actionsOn(template, 'ExplainFailure', new RegExp(`^<${id}\\.Arn>$`))).toEqual(['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']);
  // Lambda refuses a queue whose messages reappear before the function's time is up.
  const timeout = only(template, 'AWS::Lambda::Function', /ExplainFailure/).properties.Timeout;
  expect(only(template, 'AWS::SQS::Queue').properties.VisibilityTimeout).toBe(6 * timeout);
});

test('it knows which state machine to name in the command', () => {
  const { template } = synth({ schedule });
  expect(environment(template, 'ExplainFailure').STATE_MACHINE_ARN).toBe(`<${only(template, 'AWS::StepFunctions::StateMachine').id}>`);
});

test('encryptionKey: of the queue, too, granted to who writes and reads it', () => {
  const { template } = synth((stack) => ({ schedule, encryptionKey: new kms.Key(stack, 'Key') }));
  const { id } = only(template, 'AWS::KMS::Key');
  expect(resolve(template, only(template, 'AWS::SQS::Queue').properties)).toMatchObject({ KmsMasterKeyId: `<${id}.Arn>` });
  expect(actionsOn(template, 'Schedule', new RegExp(`^<${id}\\.Arn>$`))).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
  expect(actionsOn(template, 'ExplainFailure', new RegExp(`^<${id}\\.Arn>$`))).toContain('kms:Decrypt');
});

test('without a schedule there is no queue', () => {
  const { template } = synth();
  template.resourceCountIs('AWS::SQS::Queue', 0);
  template.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
  expect(environment(template, 'ExplainFailure')).not.toHaveProperty('STATE_MACHINE_ARN');
});
