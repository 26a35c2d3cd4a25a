import { TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ArchiveLayout, DateSelection, S3DatedArchiver } from 'cdk-s3-dated-archiver';
import { inStack, type Scenario } from './scenario';

/**
 * The second archiver moves the archived objects of the first one further. It shares the reports
 * and the topic of the first one.
 */
export const twoArchivers: Scenario = {
  name: 'two archivers in one stack',
  prefixes: ['incoming/', 'archive/', 'hive/', 'runs/'],
  archivers: 2,
  build: inStack((stack) => {
    const bucket = new Bucket(stack, 'Bucket');
    const schedule = ScheduleExpression.cron({
      hour: '0',
      minute: '30',
      timeZone: TimeZone.AMERICA_NEW_YORK,
    });
    const first = new S3DatedArchiver(stack, 'First', { bucket, prefix: 'incoming/', schedule });
    new S3DatedArchiver(stack, 'Second', {
      bucket,
      prefix: 'archive/',
      destinationPrefix: 'hive/',
      layout: ArchiveLayout.hive(),
      selection: DateSelection.olderThan(365),
      schedule,
      reportBucket: first.reportBucket,
      alertTopic: first.alertTopic,
    });
  }),
};
