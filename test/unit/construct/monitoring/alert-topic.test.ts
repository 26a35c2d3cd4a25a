import { Template } from 'aws-cdk-lib/assertions';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { actionsOn, build, only, resolve, synth } from '../../../helpers/synth';

const PATTERN = {
  source: ['aws.states'],
  'detail-type': ['Step Functions Execution Status Change'],
  detail: {
    stateMachineArn: [expect.stringMatching(/^<ArchiverStateMachine\w+>$/)],
    status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
  },
};

test('every run that ends without success invokes ExplainFailure', () => {
  const { template } = synth();
  const { id, properties } = only(template, 'AWS::Events::Rule');
  expect(resolve(template, properties)).toMatchObject({
    EventPattern: PATTERN,
    State: 'ENABLED',
    Targets: [{ Arn: expect.stringMatching(/^<ArchiverExplainFailureFunction\w+\.Arn>$/) }],
  });
  expect(resolve(template, only(template, 'AWS::Lambda::Permission').properties)).toEqual({
    Action: 'lambda:InvokeFunction',
    FunctionName: expect.stringMatching(/^<ArchiverExplainFailureFunction\w+\.Arn>$/),
    Principal: 'events.amazonaws.com',
    SourceArn: `<${id}.Arn>`,
  });
});

test('if ExplainFailure fails, the raw event goes to the topic', () => {
  const { template } = synth();
  expect(
    resolve(template, only(template, 'AWS::Lambda::EventInvokeConfig').properties),
  ).toMatchObject({
    FunctionName: expect.stringMatching(/^<ArchiverExplainFailureFunction/),
    DestinationConfig: { OnFailure: { Destination: expect.stringMatching(/^<ArchiverAlerts/) } },
  });
});

test('a new topic accepts messages over TLS only, and from the alarms of the account', () => {
  const { template } = synth();
  const { Statement } = resolve(
    template,
    only(template, 'AWS::SNS::TopicPolicy').properties.PolicyDocument,
  );
  expect(Statement).toEqual([
    expect.objectContaining({
      Effect: 'Deny',
      Action: 'sns:Publish',
      Principal: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
    expect.objectContaining({
      Effect: 'Allow',
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    }),
  ]);
});

test('a given topic keeps its policy', () => {
  synth((stack) => ({ alertTopic: new sns.Topic(stack, 'Mine') })).template.resourceCountIs(
    'AWS::SNS::TopicPolicy',
    0,
  );
});

test('onRunFailed: creates a rule with the given target and pattern', () => {
  const { stack, archiver } = build();
  archiver.onRunFailed('Mine', {
    target: new targets.SqsQueue(new sqs.Queue(stack, 'Queue')),
    eventPattern: { account: ['111122223333'] },
  });
  const withRule = Template.fromStack(stack);
  expect(resolve(withRule, only(withRule, 'AWS::Events::Rule', /Mine/).properties)).toMatchObject({
    EventPattern: { ...PATTERN, account: ['111122223333'] },
    Targets: [{ Arn: expect.stringMatching(/^<Queue/) }],
  });
});

test(
  "onRunFailed: callers may choose any id, even the ids of the archiver's own " + 'constructs',
  () => {
    const { stack, archiver } = build();
    const target = new targets.SqsQueue(new sqs.Queue(stack, 'Queue'));
    for (const id of ['RunFailed', 'Alerts', 'Alarms', 'PlanRun']) {
      archiver.onRunFailed(id, { target });
    }
    archiver.addAlarms();
    Template.fromStack(stack).resourceCountIs('AWS::Events::Rule', 5);
  },
);

test('onRunFailed: matches only the given statuses, and throws for a status of another kind', () => {
  const { stack, archiver } = build();
  const target = new targets.SqsQueue(new sqs.Queue(stack, 'Queue'));
  const of = (...status: string[]) => ({ target, eventPattern: { detail: { status } } });
  archiver.onRunFailed('Mine', of('TIMED_OUT'));
  expect(() => archiver.onRunFailed('Other', of('TIMED_OUT', 'SUCCEEDED'))).toThrow(
    'Test/Archiver: onRunFailed("Other"): eventPattern.detail.status ["SUCCEEDED"] must be some ' +
      'of FAILED, TIMED_OUT, ABORTED: omit it to match all of them',
  );
  const template = Template.fromStack(stack);
  expect(
    resolve(template, only(template, 'AWS::Events::Rule', /Mine/).properties).EventPattern.detail
      .status,
  ).toEqual(['TIMED_OUT']);
});

test(
  'a topic that is known to have no key: encryptionKey is not granted for it, only for the ' +
    'environment and the executions',
  () => {
    const { template } = synth((stack) => ({
      alertTopic: new sns.Topic(stack, 'Mine'),
      reportBucket: new s3.Bucket(stack, 'Reports'),
      encryptionKey: new kms.Key(stack, 'Key'),
    }));
    expect(actionsOn(template, 'ExplainFailure', /^<Key/)).toEqual(['kms:Decrypt']);
  },
);

test('CloudWatch Logs may use encryptionKey', () => {
  const { template } = synth((stack) => ({ encryptionKey: new kms.Key(stack, 'Key') }), {
    stack: { env: { region: 'eu-west-1', account: '111122223333' } },
  });
  const { Statement } = resolve(template, only(template, 'AWS::KMS::Key').properties.KeyPolicy);
  expect(Statement).toContainEqual(
    expect.objectContaining({
      Effect: 'Allow',
      Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': 'arn:aws:logs:eu-west-1:111122223333:log-group:*',
        },
      },
    }),
  );
});

test(
  "the name of the state machine's log group keeps it out of the account's resource " + 'policy',
  () => {
    const { template } = synth();
    const { properties } = only(template, 'AWS::Logs::LogGroup', /StateMachineLogs/);
    expect(resolve(template, properties.LogGroupName)).toMatch(
      /^\/aws\/vendedlogs\/states\/TestArchiver\w+-d0a825a0-e4cd-xmpl-b9fb-061c69e99204$/,
    );
  },
);
