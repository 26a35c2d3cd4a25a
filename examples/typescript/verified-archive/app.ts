/**
 * For archives that an auditor will ask about in ten years. Every Sunday, what the runs of the last
 * 30 days archived is compared with what the archive holds. On the first day of January, April,
 * July and October the checksums of everything that has a ledger are compared, too. A message names
 * the objects that are changed or missing.
 *
 *   aws stepfunctions start-execution --state-machine-arn ARN --input '{"action": "verify", "date":
 *   "2026-11-24", "dryRun": true}' aws stepfunctions start-execution --state-machine-arn ARN
 *   --input '{"action": "verify", "date": "2026-11-24", "deep": true}'
 *
 * The first command says what the second one will cost.
 */
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { DateSelection, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'VerifiedArchive');

const timeZone = TimeZone.EUROPE_BERLIN;
const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Records'),
  prefix: 'incoming/',
  // Versions can bring back objects that a user deletes or overwrites.
  destinationBucket: new Bucket(stack, 'Archive', { versioned: true }),
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone }),
  // A ledger can be verified as long as it is kept.
  reportRetention: Duration.days(3660),
});
archiver.addVerification('Weekly', {
  schedule: ScheduleExpression.cron({ weekDay: 'SUN', hour: '6', minute: '0', timeZone }),
  selection: DateSelection.lastDays(30),
});
archiver.addVerification('Quarterly', {
  schedule: ScheduleExpression.cron({
    month: '1,4,7,10',
    day: '1',
    hour: '8',
    minute: '0',
    timeZone,
  }),
  selection: DateSelection.olderThan(0),
  deep: true,
});
archiver.addAlarms({ objectsUnaccounted: 0 });
archiver.alertTopic.addSubscription(new EmailSubscription('records@example.com'));

app.synth();
