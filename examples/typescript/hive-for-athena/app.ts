/**
 * For data that is queried by day. Objects move to partition folders, as Athena, Glue and Spark
 * read them: `events/year=2026/month=11/day=24/...`. Athena projects the partitions from their
 * ranges, so you need no crawler and do not have to register new days. A second table is the
 * ledger: what was archived, where it went, and what failed.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ArchiveLayout, DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'HiveForAthena');

const bucket = new Bucket(stack, 'Lake', { enforceSSL: true });

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket,
  prefix: 'raw/events/',
  destinationPrefix: 'events/',
  // Firehose names its objects STREAM-VERSION-2026-11-24-07-15-02-UUID, in UTC.
  dateSource: DateSource.objectName('yyyy-MM-dd-HH-mm-ss'),
  layout: ArchiveLayout.hive({ flatten: true }),
  schedule: ScheduleExpression.cron({ hour: '0', minute: '30', timeZone: TimeZone.ETC_UTC }),
});

const database = new CfnDatabase(stack, 'Database', {
  catalogId: stack.account,
  databaseInput: { name: 'lake' },
});

const table = new CfnTable(stack, 'Events', {
  catalogId: stack.account,
  databaseName: 'lake',
  tableInput: {
    name: 'events',
    tableType: 'EXTERNAL_TABLE',
    partitionKeys: [
      { name: 'year', type: 'string' },
      { name: 'month', type: 'string' },
      { name: 'day', type: 'string' },
    ],
    parameters: {
      'projection.enabled': 'true',
      'projection.year.type': 'integer',
      'projection.year.range': '2026,2036',
      'projection.month.type': 'integer',
      'projection.month.range': '1,12',
      'projection.month.digits': '2',
      'projection.day.type': 'integer',
      'projection.day.range': '1,31',
      'projection.day.digits': '2',
    },
    storageDescriptor: {
      location: `s3://${bucket.bucketName}/events/`,
      columns: [
        { name: 'event', type: 'string' },
        { name: 'at', type: 'string' },
      ],
      inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
    },
  },
});
table.node.addDependency(database);

// It comes with saved queries, such as "where did a key go" and "what failed this month".
archiver.addLedgerTable('Ledger', {
  database: database.ref,
  tableName: 'moves',
  firstDay: '2026-01-01',
});

app.synth();
