"""For logs that people query for years. Each night, the logs of a day move into the folder of their day. Then Athena copies
their lines into a table of Parquet files. A month later, a second archiver packs the logs themselves into zip files in Deep
Archive: they are kept, and the table answers.

The statement inserts the lines of files that the table does not have yet. So it may run again, and it also finds what a missed
night left out. Two of them at the same time could insert a file twice.
"""
from aws_cdk import App, Duration, Stack, TimeZone
from aws_cdk.aws_events import EventField, RuleTargetInput
from aws_cdk.aws_events_targets import SfnStateMachine
from aws_cdk.aws_glue import CfnDatabase, CfnTable
from aws_cdk.aws_s3 import Bucket, LifecycleRule, Location, StorageClass
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_sqs import Queue
from aws_cdk.aws_stepfunctions import DefinitionBody, Fail, IntegrationPattern, QueryLanguage, StateMachine, TaskInput
from aws_cdk.aws_stepfunctions_tasks import AthenaStartQueryExecution, QueryExecutionContext, ResultConfiguration, SnsPublish
from cdk_s3_dated_archiver import ArchiveLayout, DateSelection, DateSource, Packing, S3DatedArchiver

app = App()
stack = Stack(app, "LogsToAthena")

bucket = Bucket(
    stack,
    "Lake",
    enforce_ssl=True,
    lifecycle_rules=[LifecycleRule(prefix="query-results/", expiration=Duration.days(7))],
)

archiver = S3DatedArchiver(
    stack,
    "Archiver",
    bucket=bucket,
    prefix="incoming/",
    destination_prefix="logs/",
    # Such as web-2026-11-24-07.json.gz, in UTC.
    date_source=DateSource.object_name("yyyy-MM-dd-HH"),
    # A single column for the day, so that a query names its days with BETWEEN.
    layout=ArchiveLayout.of("'day='yyyy-MM-dd/"),
    selection=DateSelection.last_days(2),
    schedule=ScheduleExpression.cron(hour="1", minute="0", time_zone=TimeZone.ETC_UTC),
)

database = CfnDatabase(
    stack,
    "Database",
    catalog_id=stack.account,
    database_input=CfnDatabase.DatabaseInputProperty(name="web"),
)

partition_keys = [CfnTable.ColumnProperty(name="day", type="string")]
projection = {
    "projection.enabled": "true",
    "projection.day.type": "date",
    "projection.day.format": "yyyy-MM-dd",
    "projection.day.range": "2026-01-01,NOW",
}

CfnTable(
    stack,
    "Logs",
    catalog_id=stack.account,
    database_name=database.ref,
    table_input=CfnTable.TableInputProperty(
        name="logs",
        table_type="EXTERNAL_TABLE",
        partition_keys=partition_keys,
        parameters=projection,
        storage_descriptor=CfnTable.StorageDescriptorProperty(
            location=f"s3://{bucket.bucket_name}/logs/",
            columns=[
                CfnTable.ColumnProperty(name="time", type="string"),
                CfnTable.ColumnProperty(name="status", type="int"),
                CfnTable.ColumnProperty(name="path", type="string"),
                CfnTable.ColumnProperty(name="ms", type="int"),
            ],
            input_format="org.apache.hadoop.mapred.TextInputFormat",
            output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            serde_info=CfnTable.SerdeInfoProperty(
                serialization_library="org.openx.data.jsonserde.JsonSerDe",
                # A line that is no JSON is a row without values, and fails nothing.
                parameters={"ignore.malformed.json": "true"},
            ),
        ),
    ),
)

CfnTable(
    stack,
    "Requests",
    catalog_id=stack.account,
    database_name=database.ref,
    table_input=CfnTable.TableInputProperty(
        name="requests",
        table_type="EXTERNAL_TABLE",
        partition_keys=partition_keys,
        parameters=projection,
        storage_descriptor=CfnTable.StorageDescriptorProperty(
            location=f"s3://{bucket.bucket_name}/requests/",
            columns=[
                CfnTable.ColumnProperty(name="time", type="timestamp"),
                CfnTable.ColumnProperty(name="status", type="int"),
                CfnTable.ColumnProperty(name="path", type="string"),
                CfnTable.ColumnProperty(name="ms", type="int"),
                # Where the line was, which says what is inserted already.
                CfnTable.ColumnProperty(name="file", type="string"),
            ],
            input_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            output_format="org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            serde_info=CfnTable.SerdeInfoProperty(
                serialization_library="org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
            ),
        ),
    ),
)

statement = " ".join(
    [
        'INSERT INTO requests',
        'SELECT try(CAST(from_iso8601_timestamp(time) AS timestamp)), status, path, ms, "$path", day',
        'FROM logs',
        'WHERE day BETWEEN ? AND ?',
        'AND "$path" NOT IN (SELECT file FROM requests WHERE day BETWEEN ? AND ?)',
    ]
)

# Athena takes values as SQL writes them, a text in single quotes. \u0027 is one, in JSONata.
first = "{% '\\u0027' & $states.input.first & '\\u0027' %}"
last = "{% '\\u0027' & $states.input.last & '\\u0027' %}"

insert = AthenaStartQueryExecution.jsonata(
    stack,
    "InsertLines",
    integration_pattern=IntegrationPattern.RUN_JOB,
    query_string=statement,
    execution_parameters=[first, last, first, last],
    query_execution_context=QueryExecutionContext(database_name=database.ref),
    result_configuration=ResultConfiguration(
        output_location=Location(bucket_name=bucket.bucket_name, object_key="query-results"),
    ),
    # EventBridge may deliver an event twice. For the same token, Athena starts one query.
    client_request_token="{% $exists($states.input.id) ? $states.input.id : $uuid() %}",
)
insert.add_catch(
    SnsPublish.jsonata(
        stack,
        "TellFailure",
        topic=archiver.alert_topic,
        subject="Lines are missing in the table requests",
        message=TaskInput.from_text("{% $states.input.Cause %}"),
    ).next(Fail(stack, "NotInserted"))
)

inserting = StateMachine(
    stack,
    "Insert",
    query_language=QueryLanguage.JSONATA,
    definition_body=DefinitionBody.from_chainable(insert),
    timeout=Duration.hours(2),
)
bucket.grant_read_write(inserting, "requests/*")

archiver.on_run_completed(
    "Insert",
    target=SfnStateMachine(
        inserting,
        # What EventBridge could not start within a day.
        dead_letter_queue=Queue(stack, "NotStarted", enforce_ssl=True),
        input=RuleTargetInput.from_object(
            dict(
                id=EventField.from_path("$.id"),
                first=EventField.from_path("$.detail.dates.from"),
                last=EventField.from_path("$.detail.dates.to"),
            )
        ),
    ),
)

S3DatedArchiver(
    stack,
    "Cold",
    bucket=bucket,
    prefix="logs/",
    destination_prefix="logs/",
    destination_bucket=Bucket(
        stack,
        "Originals",
        enforce_ssl=True,
        # Deleting one pack deletes thousands of files. Its version can be brought back.
        versioned=True,
        lifecycle_rules=[LifecycleRule(noncurrent_version_expiration=Duration.days(90))],
    ),
    date_source=DateSource.object_name("yyyy-MM-dd-HH"),
    # Keys keep the folder of their day, so the layout names the month.
    layout=ArchiveLayout.of("yyyy/MM/"),
    # A month in which a statement that failed can run again.
    selection=DateSelection.older_than(30),
    storage_class=StorageClass.DEEP_ARCHIVE,
    packing=Packing.zip(),
    schedule=ScheduleExpression.cron(hour="4", minute="0", time_zone=TimeZone.ETC_UTC),
)

app.synth()
