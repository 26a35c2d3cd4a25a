"""For data that is queried by day. Objects move to partition folders, as Athena, Glue and Spark read them:
`events/year=2026/month=11/day=24/...`. Athena projects the partitions from their ranges, so you need no crawler and
do not have to register new days. A second table is the ledger: what was archived, where it went, and what failed.
"""
from aws_cdk import App, Stack, TimeZone
from aws_cdk.aws_glue import CfnDatabase, CfnTable
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from cdk_s3_dated_archiver import ArchiveLayout, DateSource, S3DatedArchiver

app = App()
stack = Stack(app, "HiveForAthena")

bucket = Bucket(stack, "Lake", enforce_ssl=True)

archiver = S3DatedArchiver(
    stack,
    "Archiver",
    bucket=bucket,
    prefix="raw/events/",
    destination_prefix="events/",
    # Firehose names its objects STREAM-VERSION-2026-11-24-07-15-02-UUID, in UTC.
    date_source=DateSource.object_name("yyyy-MM-dd-HH-mm-ss"),
    layout=ArchiveLayout.hive(flatten=True),
    schedule=ScheduleExpression.cron(hour="0", minute="30", time_zone=TimeZone.ETC_UTC),
)

database = CfnDatabase(
    stack,
    "Database",
    catalog_id=stack.account,
    database_input=CfnDatabase.DatabaseInputProperty(name="lake"),
)

table = CfnTable(
    stack,
    "Events",
    catalog_id=stack.account,
    database_name="lake",
    table_input=CfnTable.TableInputProperty(
        name="events",
        table_type="EXTERNAL_TABLE",
        partition_keys=[
            CfnTable.ColumnProperty(name="year", type="string"),
            CfnTable.ColumnProperty(name="month", type="string"),
            CfnTable.ColumnProperty(name="day", type="string"),
        ],
        parameters={
            "projection.enabled": "true",
            "projection.year.type": "integer",
            "projection.year.range": "2026,2036",
            "projection.month.type": "integer",
            "projection.month.range": "1,12",
            "projection.month.digits": "2",
            "projection.day.type": "integer",
            "projection.day.range": "1,31",
            "projection.day.digits": "2",
        },
        storage_descriptor=CfnTable.StorageDescriptorProperty(
            location=f"s3://{bucket.bucket_name}/events/",
            columns=[
                CfnTable.ColumnProperty(name="event", type="string"),
                CfnTable.ColumnProperty(name="at", type="string"),
            ],
            input_format="org.apache.hadoop.mapred.TextInputFormat",
            output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            serde_info=CfnTable.SerdeInfoProperty(
                serialization_library="org.openx.data.jsonserde.JsonSerDe",
            ),
        ),
    ),
)
table.node.add_dependency(database)

# It comes with saved queries, such as "where did a key go" and "what failed this month".
archiver.add_ledger_table("Ledger", database=database.ref, table_name="moves", first_day="2026-01-01")

app.synth()
