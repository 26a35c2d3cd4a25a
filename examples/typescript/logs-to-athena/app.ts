/**
 * For logs that people query for years. Each night, the logs of a day move into the folder of their
 * day. Then Athena copies their lines into a table of Parquet files. A month later, a second
 * archiver packs the logs themselves into zip files in Deep Archive: they are kept, and the table
 * answers.
 *
 * The statement inserts the lines of files that the table does not have yet. So it may run again,
 * and it also finds what a missed night left out. Two of them at the same time could insert a file
 * twice.
 */
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { EventField, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Bucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  DefinitionBody,
  Fail,
  IntegrationPattern,
  QueryLanguage,
  StateMachine,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { AthenaStartQueryExecution, SnsPublish } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import {
  ArchiveLayout,
  DateSelection,
  DateSource,
  Packing,
  S3DatedArchiver,
} from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'LogsToAthena');

const bucket = new Bucket(stack, 'Lake', {
  enforceSSL: true,
  lifecycleRules: [{ prefix: 'query-results/', expiration: Duration.days(7) }],
});

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket,
  prefix: 'incoming/',
  destinationPrefix: 'logs/',
  // Such as web-2026-11-24-07.json.gz, in UTC.
  dateSource: DateSource.objectName('yyyy-MM-dd-HH'),
  // A single column for the day, so that a query names its days with BETWEEN.
  layout: ArchiveLayout.of("'day='yyyy-MM-dd/"),
  selection: DateSelection.lastDays(2),
  schedule: ScheduleExpression.cron({ hour: '1', minute: '0', timeZone: TimeZone.ETC_UTC }),
});

const database = new CfnDatabase(stack, 'Database', {
  catalogId: stack.account,
  databaseInput: { name: 'web' },
});

const partitionKeys = [{ name: 'day', type: 'string' }];
const projection = {
  'projection.enabled': 'true',
  'projection.day.type': 'date',
  'projection.day.format': 'yyyy-MM-dd',
  'projection.day.range': '2026-01-01,NOW',
};

new CfnTable(stack, 'Logs', {
  catalogId: stack.account,
  databaseName: database.ref,
  tableInput: {
    name: 'logs',
    tableType: 'EXTERNAL_TABLE',
    partitionKeys,
    parameters: projection,
    storageDescriptor: {
      location: `s3://${bucket.bucketName}/logs/`,
      columns: [
        { name: 'time', type: 'string' },
        { name: 'status', type: 'int' },
        { name: 'path', type: 'string' },
        { name: 'ms', type: 'int' },
      ],
      inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeInfo: {
        serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
        // A line that is no JSON is a row without values, and fails nothing.
        parameters: { 'ignore.malformed.json': 'true' },
      },
    },
  },
});

new CfnTable(stack, 'Requests', {
  catalogId: stack.account,
  databaseName: database.ref,
  tableInput: {
    name: 'requests',
    tableType: 'EXTERNAL_TABLE',
    partitionKeys,
    parameters: projection,
    storageDescriptor: {
      location: `s3://${bucket.bucketName}/requests/`,
      columns: [
        { name: 'time', type: 'timestamp' },
        { name: 'status', type: 'int' },
        { name: 'path', type: 'string' },
        { name: 'ms', type: 'int' },
        // Where the line was, which says what is inserted already.
        { name: 'file', type: 'string' },
      ],
      inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      serdeInfo: {
        serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
      },
    },
  },
});

const statement = [
  'INSERT INTO requests',
  'SELECT try(CAST(from_iso8601_timestamp(time) AS timestamp)), status, path, ms, "$path", day',
  'FROM logs',
  'WHERE day BETWEEN ? AND ?',
  'AND "$path" NOT IN (SELECT file FROM requests WHERE day BETWEEN ? AND ?)',
].join(' ');

// Athena takes values as SQL writes them, a text in single quotes. \u0027 is one, in JSONata.
const first = "{% '\\u0027' & $states.input.first & '\\u0027' %}";
const last = "{% '\\u0027' & $states.input.last & '\\u0027' %}";

const insert = AthenaStartQueryExecution.jsonata(stack, 'InsertLines', {
  integrationPattern: IntegrationPattern.RUN_JOB,
  queryString: statement,
  executionParameters: [first, last, first, last],
  queryExecutionContext: { databaseName: database.ref },
  resultConfiguration: {
    outputLocation: { bucketName: bucket.bucketName, objectKey: 'query-results' },
  },
  // EventBridge may deliver an event twice. For the same token, Athena starts one query.
  clientRequestToken: '{% $exists($states.input.id) ? $states.input.id : $uuid() %}',
});
insert.addCatch(
  SnsPublish.jsonata(stack, 'TellFailure', {
    topic: archiver.alertTopic,
    subject: 'Lines are missing in the table requests',
    message: TaskInput.fromText('{% $states.input.Cause %}'),
  }).next(new Fail(stack, 'NotInserted')),
);

const inserting = new StateMachine(stack, 'Insert', {
  queryLanguage: QueryLanguage.JSONATA,
  definitionBody: DefinitionBody.fromChainable(insert),
  timeout: Duration.hours(2),
});
bucket.grantReadWrite(inserting, 'requests/*');

archiver.onRunCompleted('Insert', {
  target: new SfnStateMachine(inserting, {
    // What EventBridge could not start within a day.
    deadLetterQueue: new Queue(stack, 'NotStarted', { enforceSSL: true }),
    input: RuleTargetInput.fromObject({
      id: EventField.fromPath('$.id'),
      first: EventField.fromPath('$.detail.dates.from'),
      last: EventField.fromPath('$.detail.dates.to'),
    }),
  }),
});

new S3DatedArchiver(stack, 'Cold', {
  bucket,
  prefix: 'logs/',
  destinationPrefix: 'logs/',
  destinationBucket: new Bucket(stack, 'Originals', {
    enforceSSL: true,
    // Deleting one pack deletes thousands of files. Its version can be brought back.
    versioned: true,
    lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
  }),
  dateSource: DateSource.objectName('yyyy-MM-dd-HH'),
  // Keys keep the folder of their day, so the layout names the month.
  layout: ArchiveLayout.of('yyyy/MM/'),
  // A month in which a statement that failed can run again.
  selection: DateSelection.olderThan(30),
  storageClass: StorageClass.DEEP_ARCHIVE,
  packing: Packing.zip(),
  schedule: ScheduleExpression.cron({ hour: '4', minute: '0', timeZone: TimeZone.ETC_UTC }),
});

app.synth();
