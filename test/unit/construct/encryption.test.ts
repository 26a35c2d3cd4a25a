import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from '../../../src';
import { actionsOn, only, resolve, synth, type Who } from '../../helpers/synth';

const { template } = synth((stack) => ({ encryptionKey: new kms.Key(stack, 'Key') }));
const keyPolicy = (of: Template) =>
  resolve(of, only(of, 'AWS::KMS::Key').properties.KeyPolicy).Statement as {
    Principal: { Service?: string };
    Action: unknown;
    Condition?: unknown;
  }[];

describe('with encryptionKey', () => {
  test('executions are encrypted with it, since they hold the names of objects', () => {
    const { EncryptionConfiguration } = only(
      template,
      'AWS::StepFunctions::StateMachine',
    ).properties;
    expect(resolve(template, EncryptionConfiguration)).toEqual({
      Type: 'CUSTOMER_MANAGED_KMS_KEY',
      KmsKeyId: expect.stringMatching(/^<Key/),
      KmsDataKeyReusePeriodSeconds: 900,
    });
    expect(actionsOn(template, 'StateMachine', /^<Key/)).toEqual(
      expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']),
    );
    // It describes failed executions, and reads their history.
    expect(actionsOn(template, 'ExplainFailure', /^<Key/)).toContain('kms:Decrypt');
  });

  test('the service that delivers the log of the state machine may decrypt it', () => {
    expect(keyPolicy(template)).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: {
        StringLike: { 'kms:EncryptionContext:SourceArn': 'arn:aws:logs:eu-west-1:111122223333:*' },
      },
    });
  });

  test.each<Who>(['PlanRun', 'ArchiveBatch', 'VerifyBatch', 'ReportRun', 'ExplainFailure'])(
    'the environment of %s is encrypted with it',
    (who) => {
      const { properties } = only(
        template,
        'AWS::Lambda::Function',
        new RegExp(`Archiver${who}Function`),
      );
      expect(resolve(template, properties.KmsKeyArn)).toMatch(/^<Key/);
      expect(actionsOn(template, who, /^<Key/)).toContain('kms:Decrypt');
    },
  );

  test('a topic and a report bucket with keys of their own take no permission away', () => {
    const own = synth((stack) => ({
      encryptionKey: new kms.Key(stack, 'Key'),
      reportBucket: new s3.Bucket(stack, 'Reports', {
        encryptionKey: new kms.Key(stack, 'Theirs'),
      }),
    })).template;
    for (const who of [
      'PlanRun',
      'ArchiveBatch',
      'VerifyBatch',
      'ReportRun',
      'ExplainFailure',
    ] as const) {
      expect(actionsOn(own, who, /^<Key/)).toContain('kms:Decrypt');
    }
    expect(actionsOn(own, 'StateMachine', /^<Key/)).toEqual(
      expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey']),
    );
  });

  test('a key of another stack: no stack depends on the other in a circle', () => {
    const app = new App();
    const key = new kms.Key(new Stack(app, 'Keys'), 'Key');
    const stack = new Stack(app, 'Test');
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: new s3.Bucket(stack, 'Source'),
      encryptionKey: key,
    });
    expect(() => app.synth()).not.toThrow();
    // Newer versions of CDK warn about each reference between stacks.
    const ofCdk = /\[ack: @aws-cdk\/core:/;
    const warnings = Annotations.fromStack(stack)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => String(entry.data));
    expect(warnings.filter((warning) => !ofCdk.test(warning))).toEqual([]);
  });
});

test('without encryptionKey: keys of the AWS services', () => {
  const plain = synth().template;
  expect(only(plain, 'AWS::StepFunctions::StateMachine').properties).not.toHaveProperty(
    'EncryptionConfiguration',
  );
  for (const { Properties } of Object.values(plain.findResources('AWS::Lambda::Function'))) {
    expect(Properties).not.toHaveProperty('KmsKeyArn');
  }
});

test('in a VPC, the functions reach HTTPS and nothing else', () => {
  const inVpc = synth((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') })).template;
  expect(
    only(inVpc, 'AWS::EC2::SecurityGroup', /ArchiverSecurityGroup/).properties.SecurityGroupEgress,
  ).toEqual([
    {
      CidrIp: '0.0.0.0/0',
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      Description: 'HTTPS to AWS',
    },
  ]);
});
