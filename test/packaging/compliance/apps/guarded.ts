/**
 * An archiver with the props that compliance packs require, and with everything that can be added
 * to it.
 */
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'Guarded');
const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Bucket'),
  prefix: 'incoming/',
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
  encryptionKey: new Key(stack, 'Key', { enableKeyRotation: true }),
  vpc: new Vpc(stack, 'Vpc'),
  allowRestore: true,
});
archiver.addVerification('Weekly', {
  schedule: ScheduleExpression.cron({
    weekDay: 'SUN',
    hour: '6',
    minute: '0',
    timeZone: TimeZone.ASIA_TOKYO,
  }),
});
const database = new CfnDatabase(stack, 'Database', {
  catalogId: stack.account,
  databaseInput: { name: 'analytics' },
});
archiver.addLedgerTable('Ledger', { database: database.ref });
archiver.addAlarms({
  oldStragglers: Duration.days(7),
  objectsFailed: 0,
  objectsUnaccounted: 0,
  runFailed: 0,
  explainerFailed: 0,
});
new Dashboard(stack, 'Dashboard', { widgets: [archiver.dashboardWidgets()] });
app.synth();
