import { App, CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../src';

function outputs(
  props: (stack: Stack) => Partial<S3DatedArchiverProps> = () => ({}),
  env?: { region: string; account: string },
) {
  const stack = new Stack(new App(), 'Archive', { env });
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Bucket'),
    ...props(stack),
  });
  const created = archiver.addCommandOutputs();
  expect(created.every((each) => each instanceof CfnOutput)).toBe(true);
  const found = Object.entries(Template.fromStack(stack).findOutputs('*'));
  return Object.fromEntries(
    found.map(([id, { Value, Description }]) => {
      // What CloudFormation joins: names stand for what they name.
      const [, parts] = Value['Fn::Join'] as [string, (string | { Ref: string })[]];
      const text = parts
        .map((part) =>
          typeof part === 'string' ? part : `<${part.Ref.replace(/[0-9A-F]{8}$/, '')}>`,
        )
        .join('');
      expect(Description).toEqual(expect.any(String));
      return [id.replace(/^ArchiverCommands|[0-9A-F]{8}$/g, ''), text];
    }),
  );
}

const START =
  'aws stepfunctions start-execution --region <AWS::Region> --state-machine-arn ' +
  '<ArchiverStateMachine>';

test('the outputs are commands as they are typed, in the order in which they are needed', () => {
  expect(Object.entries(outputs())).toEqual([
    ['DryRun', `${START} --input '{"dryRun":true}'`],
    ['Start', START],
    ['Dates', `${START} --input '{"from":"yyyy-MM-dd","to":"yyyy-MM-dd"}'`],
    ['Verify', `${START} --input '{"action":"verify","from":"yyyy-MM-dd","to":"yyyy-MM-dd"}'`],
    [
      'Reports',
      "aws s3 sync s3://<ArchiverReports>/runs/ reports --exclude '*' --include '*.html'",
    ],
  ]);
});

test('there is a restore only where one is allowed, and it begins as a dry run', () => {
  expect(outputs(() => ({ allowRestore: true })).Restore).toBe(
    `${START} --input '{"action":"restore","run":"NAME","dryRun":true}'`,
  );
});

test('a region that is known, a prefix with spaces, and one that is a parameter', () => {
  expect(outputs(undefined, { region: 'eu-west-1', account: '123456789012' }).Start).toContain(
    '--region eu-west-1 ',
  );
  expect(outputs(() => ({ reportPrefix: "it's mine/" })).Reports).toContain(
    "'s3://<ArchiverReports>/it'\\''s mine/'",
  );
  expect(
    outputs((stack) => ({ reportPrefix: new CfnParameter(stack, 'Prefix').valueAsString })).Reports,
  ).toContain('s3://<ArchiverReports>/<Prefix> ');
});

test('a second call says which construct it was called on', () => {
  const stack = new Stack(new App(), 'Archive');
  const archiver = new S3DatedArchiver(stack, 'Archiver', { bucket: new Bucket(stack, 'Bucket') });
  archiver.addCommandOutputs();
  expect(() => archiver.addCommandOutputs()).toThrow(/Archive\/Archiver/);
});

test('without the call there are no outputs', () => {
  const stack = new Stack(new App(), 'Archive');
  new S3DatedArchiver(stack, 'Archiver', { bucket: new Bucket(stack, 'Bucket') });
  expect(Template.fromStack(stack).findOutputs('*')).toEqual({});
});
