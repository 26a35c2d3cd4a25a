import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../../src';
import { resolve, synth } from '../../../helpers/synth';

const ACCOUNT = { StringEquals: { 'aws:SourceAccount': '111122223333' } };

/** Returns the trust policy of each role by the service that may assume it. */
function getTrust(props: Parameters<typeof synth>[0] = {}): Record<string, unknown[]> {
  const { template } = synth(props);
  const byService: Record<string, unknown[]> = {};
  for (const {
    Properties: { AssumeRolePolicyDocument },
  } of Object.values(template.findResources('AWS::IAM::Role'))) {
    for (const {
      Principal: { Service },
      ...statement
    } of resolve(template, AssumeRolePolicyDocument).Statement) {
      byService[Service] = [...(byService[Service] ?? []), statement];
    }
  }
  return byService;
}

const assume = (Condition?: object) => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  ...(Condition && { Condition }),
});

test('services may assume the roles for resources of this account only', () => {
  expect(getTrust({ schedule: ScheduleExpression.expression('rate(1 day)') })).toEqual({
    // It is unknown whether the poller of a queue states its account, so the role of ExplainFailure
    // has no condition.
    'lambda.amazonaws.com': [...Array(4).fill(assume(ACCOUNT)), assume()],
    'states.amazonaws.com': [
      assume({
        ...ACCOUNT,
        ArnLike: { 'aws:SourceArn': 'arn:aws:states:eu-west-1:111122223333:stateMachine:*' },
      }),
    ],
    'scheduler.amazonaws.com': [
      assume({
        StringEquals: {
          ...ACCOUNT.StringEquals,
          'aws:SourceArn': 'arn:aws:scheduler:eu-west-1:111122223333:schedule-group/default',
        },
      }),
    ],
  });
});

test('the role without a condition is the one of the function that a queue invokes', () => {
  const { template } = synth({ schedule: ScheduleExpression.expression('rate(1 day)') });
  const open = Object.entries(template.findResources('AWS::IAM::Role')).filter(
    ([, { Properties }]) =>
      !JSON.stringify(Properties.AssumeRolePolicyDocument).includes('aws:SourceAccount'),
  );
  expect(open.map(([id]) => id)).toEqual([expect.stringMatching(/ExplainFailureRole/)]);
});

test('functions in a VPC: no condition, because Lambda could not create their network interfaces', () => {
  expect(
    getTrust((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') }))['lambda.amazonaws.com'].slice(0, 5),
  ).toEqual(Array(5).fill(assume()));
});

test('the trust depends on nothing that depends on the role', () => {
  const props: Partial<S3DatedArchiverProps> = {
    schedule: ScheduleExpression.expression('rate(1 day)'),
  };
  const stack = new Stack(new App(), 'Test');
  new S3DatedArchiver(stack, 'Archiver', { bucket: new s3.Bucket(stack, 'Source'), ...props });
  for (const { Properties } of Object.values(
    Template.fromStack(stack).findResources('AWS::IAM::Role'),
  )) {
    expect(JSON.stringify(Properties.AssumeRolePolicyDocument)).not.toContain('"Archiver');
  }
});
