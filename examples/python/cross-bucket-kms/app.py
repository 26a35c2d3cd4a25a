"""For a landing zone and an archive in two buckets, each encrypted with its own key. Archived objects are encrypted
with the archive's key and go straight to Glacier Instant Retrieval, which costs one request instead of two.
"""
from aws_cdk import App, Stack, TimeZone
from aws_cdk.aws_kms import Key
from aws_cdk.aws_s3 import Bucket, BucketEncryption, StorageClass
from aws_cdk.aws_scheduler import ScheduleExpression
from cdk_s3_dated_archiver import ConflictPolicy, DateSelection, S3DatedArchiver

app = App()
stack = Stack(app, "CrossBucketKms")

landing_key = Key(stack, "LandingKey", enable_key_rotation=True)
landing = Bucket(
    stack,
    "Landing",
    encryption=BucketEncryption.KMS,
    encryption_key=landing_key,
    bucket_key_enabled=True,
    enforce_ssl=True,
)

archive_key = Key(stack, "ArchiveKey", enable_key_rotation=True)
archive = Bucket(
    stack,
    "Archive",
    encryption=BucketEncryption.KMS,
    encryption_key=archive_key,
    bucket_key_enabled=True,
    enforce_ssl=True,
    versioned=True,
)

# CDK knows both buckets' keys, so you do not have to pass them: source_key and destination_key are for imported buckets.
S3DatedArchiver(
    stack,
    "Archiver",
    bucket=landing,
    destination_bucket=archive,
    destination_prefix="",
    # Three days at a time, so that the next run also archives what a missed night left behind.
    selection=DateSelection.last_days(3),
    schedule=ScheduleExpression.cron(hour="2", minute="30", time_zone=TimeZone.AMERICA_NEW_YORK),
    conflict_policy=ConflictPolicy.RENAME,
    storage_class=StorageClass.GLACIER_INSTANT_RETRIEVAL,
    encryption_key=archive_key,
)

app.synth()
