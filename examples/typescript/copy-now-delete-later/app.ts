/**
 * For files that other systems still read for a week, and that must be safe in the archive at once.
 * Every night, the first archiver copies yesterday's objects to the archive and keeps them where
 * they are. It may not delete anything. A week later, the second archiver deletes what the archive
 * holds, after it has compared both. What was never copied, it moves.
 *
 * Both need the same places and the same layout. Each has its own reports and messages. Restores
 * are allowed for the one that deletes: what the other one did needs no restore, because the
 * objects are still there.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  ArchiveLayout,
  DateSelection,
  DateSource,
  S3DatedArchiver,
  SourceDisposition,
} from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'CopyNowDeleteLater');

const topic = new Topic(stack, 'Alerts', { enforceSSL: true });
topic.addSubscription(new EmailSubscription('data-platform@example.com'));

const places = {
  bucket: new Bucket(stack, 'Shared', { enforceSSL: true }),
  prefix: 'feeds/',
  destinationBucket: new Bucket(stack, 'Archive', { enforceSSL: true, versioned: true }),
  // prices-2026-11-24T0715.json goes to archive/year=2026/month=11/day=24/hour=07/.
  dateSource: DateSource.objectName("yyyy-MM-dd'T'HHmm"),
  layout: ArchiveLayout.hive({ hours: true }),
  // Producers use this suffix for files that are not complete.
  filter: { exclude: ['**/*.part'] },
  alertTopic: topic,
};

new S3DatedArchiver(stack, 'Copy', {
  ...places,
  sourceDisposition: SourceDisposition.KEEP,
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.EUROPE_LONDON }),
});

new S3DatedArchiver(stack, 'Delete', {
  ...places,
  selection: DateSelection.olderThan(7),
  schedule: ScheduleExpression.cron({ hour: '3', minute: '0', timeZone: TimeZone.EUROPE_LONDON }),
  allowRestore: true,
});

app.synth();
