import {
  App,
  type AppProps,
  Aws,
  Duration,
  Fn,
  NestedStack,
  PhysicalName,
  Stack,
  Stage,
  TimeZone,
} from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { S3DatedArchiver, type S3DatedArchiverProps } from '../../../../src';

/** An app, stack and environment in which an archiver may be created. */
export interface Place {
  readonly name: string;
  readonly partition?: string;
  readonly region?: string;
  /** Creates an archiver and returns its stack. */
  readonly build: (app: App) => Stack;
}

const account = '111122223333';

/** Creates an archiver with all optional resources, and with alarms. */
export function fullArchiver(
  scope: Construct,
  props: Partial<S3DatedArchiverProps> = {},
): S3DatedArchiver {
  const archiver = new S3DatedArchiver(scope, 'Archiver', {
    bucket: props.bucket ?? new s3.Bucket(scope, 'Source'),
    prefix: 'incoming/',
    schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
    encryptionKey: new kms.Key(scope, 'Key'),
    ...props,
  });
  archiver.addAlarms({ oldStragglers: Duration.days(7), objectsFailed: 0, runFailed: 0 });
  return archiver;
}

function inRegion(region: string, partition: string): Place {
  return {
    name: region,
    partition,
    region,
    build: (app) => addArchiver(new Stack(app, 'Test', { env: { account, region } })),
  };
}

function addArchiver(stack: Stack): Stack {
  fullArchiver(stack);
  return stack;
}

export const PLACES: readonly Place[] = [
  { name: 'a stack for any environment', build: (app) => addArchiver(new Stack(app, 'Test')) },
  {
    name: 'the same, deployed in China',
    partition: 'aws-cn',
    region: 'cn-north-1',
    build: (app) => addArchiver(new Stack(app, 'Test')),
  },
  {
    name: 'a Stage',
    region: 'eu-west-1',
    build: (app) =>
      addArchiver(
        new Stack(new Stage(app, 'Production', { env: { account, region: 'eu-west-1' } }), 'Test'),
      ),
  },
  {
    name: 'a nested stack',
    build: (app) => addArchiver(new NestedStack(new Stack(app, 'Parent'), 'Nested')),
  },
  inRegion('us-east-1', 'aws'),
  inRegion('cn-northwest-1', 'aws-cn'),
  inRegion('us-gov-west-1', 'aws-us-gov'),
  {
    name: 'a region that is a token',
    build: (app) =>
      addArchiver(new Stack(app, 'Test', { env: { account, region: Fn.select(0, [Aws.REGION]) } })),
  },
  {
    name: 'an archive and a topic in other environments',
    region: 'eu-west-1',
    build: (app) => {
      const other = new Stack(app, 'Other', {
        env: { account: '444455556666', region: 'eu-central-1' },
      });
      const beside = new Stack(app, 'Beside', {
        env: { account: '444455556666', region: 'eu-west-1' },
      });
      const stack = new Stack(app, 'Test', { env: { account, region: 'eu-west-1' } });
      fullArchiver(stack, {
        destinationBucket: new s3.Bucket(other, 'Archive', {
          bucketName: PhysicalName.GENERATE_IF_NEEDED,
        }),
        alertTopic: new sns.Topic(beside, 'Topic', { topicName: PhysicalName.GENERATE_IF_NEEDED }),
      });
      return stack;
    },
  },
  {
    name: 'a bucket in another region, with cross-region references',
    region: 'us-east-1',
    build: (app) => {
      const other = new Stack(app, 'Other', {
        env: { account, region: 'eu-central-1' },
        crossRegionReferences: true,
      });
      const stack = new Stack(app, 'Test', {
        env: { account, region: 'us-east-1' },
        crossRegionReferences: true,
      });
      fullArchiver(stack, { destinationBucket: new s3.Bucket(other, 'Archive') });
      return stack;
    },
  },
];

/** Creates an app that does not copy assets, which would take longer than everything else. */
export function quickApp(context: Record<string, unknown> = {}, props: AppProps = {}): App {
  return new App({
    analyticsReporting: false,
    context: { 'aws:cdk:disable-asset-staging': true, ...context },
    ...props,
  });
}
