"""For millions of small files that must be kept and are rarely read: sensor readings, receipts, log lines. A night's files of a day are
packed into zip files in Deep Archive. Moved one by one, a million files of 10 KB would cost $63 for the run and five years: about $1
packed. Files of more than 256 KiB are moved as they are.

This copies files of one day out of their packs, into the report bucket. Thaw the packs first.

  aws stepfunctions start-execution --state-machine-arn ARN \\
    --input '{"action": "restore", "target": "reports", "from": "2026-11-24", "to": "2026-11-24", "keys": ["readings/eu/**"]}'
"""
from aws_cdk import App, Duration, Size, Stack, TimeZone
from aws_cdk.aws_glue import CfnDatabase
from aws_cdk.aws_s3 import Bucket, LifecycleRule, StorageClass
from aws_cdk.aws_scheduler import ScheduleExpression
from cdk_s3_dated_archiver import Packing, S3DatedArchiver

app = App()
stack = Stack(app, "SmallFiles")

archive = Bucket(
    stack,
    "Archive",
    enforce_ssl=True,
    # A pack that somebody deletes is thousands of files. Its version can be brought back for three months.
    versioned=True,
    lifecycle_rules=[LifecycleRule(noncurrent_version_expiration=Duration.days(90))],
)

archiver = S3DatedArchiver(
    stack,
    "Archiver",
    bucket=Bucket(stack, "Landing", enforce_ssl=True),
    prefix="readings/",
    destination_bucket=archive,
    storage_class=StorageClass.DEEP_ARCHIVE,
    packing=Packing.zip(max_object_size=Size.kibibytes(256), max_pack_size=Size.mebibytes(128)),
    schedule=ScheduleExpression.cron(hour="1", minute="0", time_zone=TimeZone.ASIA_TOKYO),
)

# In Athena, the query "which pack has a key" finds a file without thawing anything.
database = CfnDatabase(stack, "Database", catalog_id=stack.account, database_input=CfnDatabase.DatabaseInputProperty(name="readings"))
archiver.add_ledger_table("Ledger", database=database.ref, table_name="moves")

app.synth()
