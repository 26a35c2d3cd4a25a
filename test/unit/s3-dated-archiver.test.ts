import {
  App,
  CfnParameter,
  NestedStack,
  RemovalPolicy,
  Stack,
  Stage,
  type StageProps,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { S3DatedArchiver } from '../../src';
import { build, definition, environment, faults, only, resolve, synth } from '../helpers/synth';

const RESULT_WRITER_FLAG = '@aws-cdk/aws-stepfunctions:useDistributedMapResultWriterV2';

/** Expects what every definition must have, in every app and stack. */
function expectSound(template: Template, id?: RegExp): void {
  const asl = definition(template, {}, id);
  expect(asl.States.ArchiveObjects.ResultWriter.WriterConfig).toEqual({
    Transformation: 'COMPACT',
    OutputType: 'JSONL',
  });
  expect(asl.States.ArchiveObjects).not.toHaveProperty('Catch');
  expect(faults(asl)).toBe('');
}

describe('does not depend on feature flags of the app', () => {
  test.each([
    ['unset', {}],
    ['false', { [RESULT_WRITER_FLAG]: false }],
    ['true', { [RESULT_WRITER_FLAG]: true }],
    ['and all others as recommended', CURRENTLY_RECOMMENDED_FLAGS],
  ])('result writer V2 %s', (_, context) => {
    expectSound(synth({}, { app: { context } }).template);
  });

  test('the construct does not set them for other constructs', () => {
    const { stack } = build();
    expect(stack.node.tryGetContext(RESULT_WRITER_FLAG)).toBeUndefined();
  });
});

describe('works in every scope', () => {
  test('in a Stage', () => {
    class Production extends Stage {
      public readonly stack = new Stack(this, 'Data');
      constructor(app: App, id: string, props?: StageProps) {
        super(app, id, props);
        new S3DatedArchiver(this.stack, 'Archiver', {
          bucket: new s3.Bucket(this.stack, 'Bucket'),
        });
      }
    }
    const template = Template.fromStack(new Production(new App(), 'Production').stack);
    expectSound(template);
    expect(environment(template).ARCHIVER_NAME).toBe('Production-Data/Archiver');
  });

  test('two in one stack: each has its own resources and names', () => {
    const { stack, archiver } = build({ prefix: 'in/' });
    const other = new S3DatedArchiver(stack, 'Other', {
      bucket: new s3.Bucket(stack, 'OtherBucket'),
    });
    const template = Template.fromStack(stack);
    expectSound(template, /^ArchiverStateMachine/);
    expectSound(template, /^OtherStateMachine/);
    const names = Object.values(template.findResources('AWS::Lambda::Function')).map(
      (each) => each.Properties.Environment.Variables.ARCHIVER_NAME,
    );
    expect([...new Set(names)].sort()).toEqual(['Test/Archiver', 'Test/Other']);
    const logGroups = Object.values(template.findResources('AWS::Logs::LogGroup'))
      .map((each) => resolve(template, each.Properties.LogGroupName))
      .filter(Boolean);
    expect(new Set(logGroups).size).toBe(2);
    expect(other.stateMachine).not.toBe(archiver.stateMachine);
  });

  test('in a nested stack, whose name only CloudFormation knows', () => {
    const nested = new NestedStack(new Stack(new App(), 'Test'), 'Nested');
    new S3DatedArchiver(nested, 'Archiver', { bucket: new s3.Bucket(nested, 'Bucket') });
    const template = Template.fromStack(nested);
    expectSound(template);
    expect(environment(template).ARCHIVER_NAME).toMatch(/\/Archiver$/);
  });

  test('with a bucket of another stack', () => {
    const app = new App();
    const bucket = new s3.Bucket(new Stack(app, 'Buckets'), 'Bucket');
    const stack = new Stack(app, 'Test');
    new S3DatedArchiver(stack, 'Archiver', { bucket });
    expectSound(Template.fromStack(stack));
  });

  test('with an id that metric dimensions do not allow', () => {
    const stack = new Stack(new App(), 'Test');
    const archiver = new S3DatedArchiver(stack, 'アーカイブ', {
      bucket: new s3.Bucket(stack, 'Bucket'),
    });
    expect(archiver.metricObjectsFailed().dimensions!.Archiver).toMatch(/^Test\/[0-9a-f]+$/);
  });
});

test('isS3DatedArchiver: true for archivers only', () => {
  const { archiver, stack } = build();
  expect(S3DatedArchiver.isS3DatedArchiver(archiver)).toBe(true);
  for (const other of [stack, null, undefined, {}, 'Archiver']) {
    expect(S3DatedArchiver.isS3DatedArchiver(other)).toBe(false);
  }
});

test('attributes are the resources in the template', () => {
  const { archiver, stack } = build();
  const template = Template.fromStack(stack);
  const id = (value: string) => resolve(template, stack.resolve(value));
  expect(id(archiver.stateMachine.stateMachineArn)).toBe(
    `<${only(template, 'AWS::StepFunctions::StateMachine').id}>`,
  );
  expect(id(archiver.handler.functionArn)).toMatch(/^<ArchiverArchiveBatchFunction/);
  expect(id(archiver.alertTopic.topicArn)).toBe(`<${only(template, 'AWS::SNS::Topic').id}>`);
  expect(id(archiver.reportBucket.bucketName)).toMatch(/^<ArchiverReports/);
});

test('grantStartExecution: grants StartExecution and nothing else', () => {
  const { archiver, stack } = build();
  archiver.grantStartExecution(new iam.User(stack, 'Operator'));
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Action: 'states:StartExecution',
          Effect: 'Allow',
          Resource: { Ref: Match.stringLikeRegexp('StateMachine') },
        },
      ],
    },
    Users: [{ Ref: Match.stringLikeRegexp('Operator') }],
  });
});

test(
  'environment variables can be added to the handler, such as a lower threshold for multipart ' +
    'copies',
  () => {
    const { archiver, stack } = build();
    archiver.handler.addEnvironment('MULTIPART_THRESHOLD_BYTES', '8388608');
    expect(environment(Template.fromStack(stack)).MULTIPART_THRESHOLD_BYTES).toBe('8388608');
  },
);

test('functions: pinned runtime, arm64, traced, one role and log group each', () => {
  const { template } = synth();
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(functions).toHaveLength(5);
  for (const { Properties } of functions) {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.stringMatching(/Logs/) } },
    });
    // A source map costs a sixth of a cold start: src/lambda/runtime/source-maps.ts.
    expect(Properties.Environment.Variables).not.toHaveProperty('NODE_OPTIONS');
  }
  expect(new Set(functions.map((each) => each.Properties.Role['Fn::GetAtt'][0])).size).toBe(5);
  expect(new Set(functions.map((each) => each.Properties.LoggingConfig.LogGroup.Ref)).size).toBe(5);
});

test('the report bucket: private, encrypted, TLS only, old uploads aborted', () => {
  const { template } = synth();
  const { id, properties } = only(template, 'AWS::S3::Bucket', /Reports/);
  expect(properties).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
      ],
    },
  });
  expect(properties.LifecycleConfiguration.Rules).toContainEqual({
    Id: 'AbortIncompleteUploads',
    Status: 'Enabled',
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  });
  const policy = only(template, 'AWS::S3::BucketPolicy').properties;
  expect(policy.Bucket).toEqual({ Ref: id });
  expect(policy.PolicyDocument.Statement[0]).toMatchObject({
    Effect: 'Deny',
    Action: 's3:*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
});

test("only EventBridge Scheduler in this account may assume the schedule's role", () => {
  const { template } = synth({ schedule: ScheduleExpression.expression('rate(1 day)') });
  expect(
    resolve(
      template,
      only(template, 'AWS::IAM::Role', /Schedule/).properties.AssumeRolePolicyDocument,
    ).Statement,
  ).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Condition: {
        StringEquals: {
          'aws:SourceAccount': '111122223333',
          'aws:SourceArn': 'arn:aws:scheduler:eu-west-1:111122223333:schedule-group/default',
        },
      },
    },
  ]);
});

test('there is no dependency cycle between resources', () => {
  const { template } = synth((stack) => ({
    alertTopic: undefined,
    removalPolicy: RemovalPolicy.DESTROY,
    maxConcurrency: new CfnParameter(stack, 'Concurrency', { type: 'Number' }).valueAsNumber,
  }));
  expect(template.toJSON()).toHaveProperty('Resources'); // Template.fromStack looks for cycles.
});

test('a plain archiver with a subscription has no warnings', () => {
  const { stack, archiver } = build({ prefix: 'in/' });
  archiver.alertTopic.addSubscription(new EmailSubscription('ops@example.com'));
  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  expect(Annotations.fromStack(stack).findInfo('*', Match.anyValue())).toEqual([]);
});
