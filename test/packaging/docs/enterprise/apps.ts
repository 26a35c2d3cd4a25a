/** The templates from which the tables of docs/quotas.md and docs/network-and-scp.md are made. */
import { Duration, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  AlertMode,
  GlacierSources,
  Listing,
  Packing,
  Retention,
  S3DatedArchiver,
  type S3DatedArchiverProps,
} from '../../../../src';
import { quickApp } from '../../../unit/construct/feature-flags/places';

const NIGHTLY = ScheduleExpression.cron({ hour: '1', minute: '0' });
const WEEKLY = ScheduleExpression.cron({ weekDay: 'SUN', hour: '6', minute: '0' });

/** Returns the templates of archivers that have, together, every feature that needs a right. */
export function everyFeature(): Template[] {
  return [
    // A Distributed Map lists, and each batch may send a message.
    withEverything('Map', () => ({
      alertMode: AlertMode.PER_BATCH,
    })),
    // A function lists, and small objects are packed.
    withEverything('Function', (stack) => ({
      listing: Listing.selective(),
      packing: Packing.zip({ maxObjectSize: Size.kibibytes(512) }),
      glacierSources: GlacierSources.restoreFirst({ days: 7 }),
      vpc: new ec2.Vpc(stack, 'Vpc'),
    })),
    // Without allowRestore, packs can be restored to the reports only.
    withEverything('Packs', () => ({
      packing: Packing.zip({ maxObjectSize: Size.kibibytes(512) }),
      allowRestore: false,
    })),
  ];
}

function withEverything(
  id: string,
  more: (stack: Stack) => Partial<S3DatedArchiverProps>,
): Template {
  const stack = new Stack(quickApp(), id);
  const encryptionKey = new kms.Key(stack, 'Key');
  const bucket = (name: string) =>
    new s3.Bucket(stack, name, { encryptionKey, objectLockEnabled: true });
  const archiver = new S3DatedArchiver(stack, 'Archiver', {
    bucket: bucket('Source'),
    prefix: 'incoming/',
    destinationBucket: bucket('Archive'),
    schedule: NIGHTLY,
    retention: Retention.governance({ years: 7 }),
    encryptionKey,
    chatTopic: new sns.Topic(stack, 'Chat', { masterKey: encryptionKey }),
    allowRestore: true,
    ...more(stack),
  });
  archiver.addVerification('Weekly', { schedule: WEEKLY });
  archiver.addLedgerTable('Ledger', { database: 'analytics' });
  archiver.addAlarms({
    oldStragglers: Duration.days(7),
    objectsFailed: 0,
    objectsUnaccounted: 0,
    runFailed: 0,
    explainerFailed: 0,
  });
  archiver.onRunCompleted('Completed', {});
  return Template.fromStack(stack);
}
