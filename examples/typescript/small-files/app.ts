/**
 * For millions of small files that must be kept and are rarely read: sensor readings, receipts, log
 * lines. A night's files of a day are packed into zip files in Deep Archive. Moved one by one, a
 * million files of 10 KB would cost $63 for the run and five years: about $1 packed. Files of more
 * than 256 KiB are moved as they are.
 *
 * This copies files of one day out of their packs, into the report bucket. Thaw the packs first.
 *
 *   aws stepfunctions start-execution --state-machine-arn ARN \
 *     --input '{"action": "restore", "target": "reports", "from": "2026-11-24", "to": "2026-11-24",
 *     "keys": ["readings/eu/**"]}'
 */
import { App, Duration, Size, Stack, TimeZone } from 'aws-cdk-lib';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Bucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Packing, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'SmallFiles');

const archive = new Bucket(stack, 'Archive', {
  enforceSSL: true,
  // A pack that somebody deletes is thousands of files. Its version can be brought back for three
  // months.
  versioned: true,
  lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
});

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket: new Bucket(stack, 'Landing', { enforceSSL: true }),
  prefix: 'readings/',
  destinationBucket: archive,
  storageClass: StorageClass.DEEP_ARCHIVE,
  packing: Packing.zip({ maxObjectSize: Size.kibibytes(256), maxPackSize: Size.mebibytes(128) }),
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ASIA_TOKYO }),
});

// In Athena, the query "which pack has a key" finds a file without thawing anything.
const database = new CfnDatabase(stack, 'Database', {
  catalogId: stack.account,
  databaseInput: { name: 'readings' },
});
archiver.addLedgerTable('Ledger', { database: database.ref, tableName: 'moves' });

app.synth();
