"""For files that must be kept but are rarely read: records of past years, raw data behind reports. After 90 days they
move straight to Glacier Deep Archive, into one folder for each month, and expire after seven years. If the keys
could stay the same, a lifecycle rule would be enough. But a lifecycle rule knows the age of an object, not the date
in its name.
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
        # Objects above 5 GB are copied in parts. The parts of an interrupted copy are billed like an object.
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
    # Deep Archive charges $0.05 per 1,000 copies and for at least 180 days, so use it for large files, not for millions of tiny ones.
    storage_class=StorageClass.DEEP_ARCHIVE,
    # Each run archives everything that is older than 90 days, so once a week is enough.
    schedule=ScheduleExpression.rate(Duration.days(7)),
)

app.synth()
