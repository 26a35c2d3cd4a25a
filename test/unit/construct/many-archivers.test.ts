import { type CfnElement, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { quickApp } from './feature-flags/places';
import { addArchiver, addArchivers, CLI, measure, type Measured } from './many-archivers';

test(
  'a scheduled archiver with alarms takes at most 40 resources, and its stack at most 70,000 ' +
    'bytes',
  () => {
    const app = quickApp(CLI);
    addArchivers(new Stack(app, 'Archives'), 1);
    const [{ bytes, resources }] = measure(app) as [Measured];
    expect(resources - 1).toBeLessThanOrEqual(40); // One is the bucket.
    expect(bytes).toBeLessThanOrEqual(70_000);
  },
);

function limitWarnings(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('stackLimits'))
    .map(({ entry }) => String(entry.data));
}

test('the warning comes once a stack, from 80 % of the resources on, also if others have them', () => {
  const stack = new Stack(quickApp(), 'Archives');
  addArchivers(stack, 2);
  expect(limitWarnings(stack)).toEqual([]);
  for (let i = 0; i < 330; i++) {
    new sns.Topic(stack, `Other${i}`);
  }
  expect(limitWarnings(stack)).toEqual([
    expect.stringMatching(
      /^the stack has 4\d\d of at most 500 resources, and each of its archivers \(2\) takes \d\d, so 2 more fit/,
    ),
  ]);
});

test('resources of nested stacks do not count', () => {
  const stack = new Stack(quickApp(), 'Archives');
  const bucket = new s3.Bucket(stack, 'Source');
  for (let i = 0; i < 3; i++) {
    const nested = new NestedStack(stack, `Nested${i}`);
    for (let j = 0; j < 200; j++) {
      new sns.Topic(nested, `Other${j}`);
    }
    addArchiver(nested, bucket, i);
  }
  addArchiver(stack, bucket, 3);
  expect(limitWarnings(stack)).toEqual([]);
});

test(
  'archivers that share a topic and a bucket for reports take fewer resources, and share no ' +
    'right',
  () => {
    const stack = new Stack(quickApp(), 'Archives');
    const shared = {
      alertTopic: new sns.Topic(stack, 'Alerts', { enforceSSL: true }),
      reportBucket: new s3.Bucket(stack, 'Reports'),
    };
    const bucket = new s3.Bucket(stack, 'Source');
    for (let i = 0; i < 2; i++) {
      addArchiver(stack, bucket, i, { ...shared, reportPrefix: `runs/${i}/` });
    }
    const { Resources } = Template.fromStack(stack).toJSON() as {
      Resources: Record<string, { Type: string; Properties: object }>;
    };
    const ofFirst = Object.entries(Resources).filter(([id]) => id.startsWith('Archiver0'));
    expect(ofFirst.length).toBeLessThanOrEqual(36);
    const permissions = JSON.stringify(ofFirst.filter(([, { Type }]) => Type === 'AWS::IAM::Role'));
    expect(permissions).toContain('/runs/0/');
    expect(permissions).not.toMatch(/runs\/1\/|incoming\/1\/|archive\/1\//);
  },
);

test(
  'a note that is the same for all is told once a stack, and each note about one archiver ' +
    'by that one',
  () => {
    const stack = new Stack(quickApp(), 'Archives');
    const bucket = s3.Bucket.fromBucketName(stack, 'Source', 'data');
    for (let i = 0; i < 3; i++) {
      addArchiver(stack, bucket, i, { prefix: `${i}/`, destinationPrefix: `${i}/archive/` });
    }
    const infos = () =>
      Annotations.fromStack(stack)
        .findInfo('*', Match.anyValue())
        .map(
          ({ entry, id }) =>
            `${id} ${String(entry.data).replace(/.*cdk-s3-dated-archiver:(\w+(-\w+)?).*/s, '$1')}`,
        );
    const expected = [
      '/Archives/Archiver0 destinationInsidePrefix',
      '/Archives/Archiver0 imported-bucket',
      '/Archives/Archiver0 noSubscription',
      '/Archives/Archiver1 destinationInsidePrefix',
      '/Archives/Archiver2 destinationInsidePrefix',
    ];
    expect(infos().sort()).toEqual(expected);
    expect(infos().sort()).toEqual(expected);
  },
);

describe('policies of roles', () => {
  const rolesOf = (template: Template) =>
    Object.values(template.findResources('AWS::IAM::Role')) as {
      Properties: { Policies?: { PolicyName: string }[] };
    }[];

  test(
    'are part of the roles, under a name that no policy of an earlier version has, so that an ' +
      'upgrade does not delete them',
    () => {
      const stack = new Stack(quickApp(), 'Archives');
      addArchivers(stack, 1);
      const template = Template.fromStack(stack);
      for (const {
        Properties: { Policies },
      } of rolesOf(template)) {
        expect(Policies).toEqual([expect.objectContaining({ PolicyName: 'Permissions' })]);
      }
      expect(
        Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) =>
          id.includes('DefaultPolicy'),
        ),
      ).toEqual([]);
    },
  );

  test('stay beside the roles that use a key, because the policy of the key may name the roles', () => {
    const stack = new Stack(quickApp(), 'Archives');
    const key = new kms.Key(stack, 'Key');
    const archiver = addArchiver(stack, new s3.Bucket(stack, 'Source', { encryptionKey: key }), 0);
    const template = Template.fromStack(stack);
    const { logicalId } = archiver.handler.role!.node.defaultChild as CfnElement;
    const handlerRole = stack.resolve(logicalId) as string;
    expect(template.findResources('AWS::IAM::Role')[handlerRole]!.Properties).not.toHaveProperty(
      'Policies',
    );
    expect(
      rolesOf(template).filter(({ Properties }) => Properties.Policies).length,
    ).toBeGreaterThanOrEqual(4);
  });
});
