"""For files that have to be kept and are hardly ever read: records of past years, raw data behind reports. After 90 days
they go straight to Glacier Deep Archive, one folder for each month, and after seven years they expire. A lifecycle rule
alone would do if the keys could stay as they are; it knows the age of an object, though, and not the date in its name.
"""
from aws_cdk import App, Duration, Stack
from aws_cdk.aws_s3 import Bucket, LifecycleRule, StorageClass
from aws_cdk.aws_scheduler import ScheduleExpression
from cdk_s3_dated_archiver import ArchiveLayout, DateSelection, DateSource, S3DatedArchiver

app = App()
stack = Stack(app, "CheapStorageClass")

records = Bucket(stack, "Records", enforce_ssl=True)
archive = Bucket(
    stack,
    "Archive",
    enforce_ssl=True,
    lifecycle_rules=[
        LifecycleRule(expiration=Duration.days(2557)),
        # Objects above 5 GB are copied in parts; those of a copy that was interrupted cost as much as an object.
        LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7)),
    ],
)

S3DatedArchiver(
    stack,
    "Archiver",
    bucket=records,
    prefix="records/",
    destination_bucket=archive,
    date_source=DateSource.object_name("dd-MM-yyyy", "yyyyMMdd"),
    selection=DateSelection.older_than(90),
    layout=ArchiveLayout.of("yyyy/MM/"),
    # Deep Archive charges $0.05 per 1,000 copies and 180 days at least: for files of some size, not for millions of crumbs.
    storage_class=StorageClass.DEEP_ARCHIVE,
    # Whatever is older than 90 days by then: once a week is enough.
    schedule=ScheduleExpression.rate(Duration.days(7)),
)

app.synth()
