"""For accounts in which every role has a permissions boundary and cdk-nag must not find anything. Everything stored is
encrypted with your own key. Both buckets log who reads them, so the report bucket is your own, too. Findings about
the archiver that cannot be avoided have their reason in its metadata, so the app needs no suppressions for it.

cdk-nag 3 needs aws-cdk-lib 2.258.0 or newer.
"""
from aws_cdk import App, Duration, PermissionsBoundary, Stack, TimeZone, Validations
from aws_cdk.aws_kms import Key
from aws_cdk.aws_s3 import Bucket, BucketEncryption, LifecycleRule
from aws_cdk.aws_scheduler import ScheduleExpression
from cdk_nag import AwsSolutionsChecks
from cdk_s3_dated_archiver import S3DatedArchiver

app = App()
# For a whole app, use the context key @aws-cdk/core:permissionsBoundary.
stack = Stack(app, "Compliance", permissions_boundary=PermissionsBoundary.from_name("workload-boundary"))

key = Key(stack, "Key", enable_key_rotation=True)
access_logs = Bucket(stack, "AccessLogs", enforce_ssl=True)
audited = dict(
    encryption=BucketEncryption.KMS,
    encryption_key=key,
    bucket_key_enabled=True,
    enforce_ssl=True,
    server_access_logs_bucket=access_logs,
)

S3DatedArchiver(
    stack,
    "Archiver",
    bucket=Bucket(
        stack,
        "Data",
        **audited,
        versioned=True,
        lifecycle_rules=[LifecycleRule(noncurrent_version_expiration=Duration.days(30))],
    ),
    prefix="statements/",
    schedule=ScheduleExpression.cron(hour="22", minute="0", time_zone=TimeZone.AMERICA_TORONTO),
    encryption_key=key,
    report_bucket=Bucket(stack, "Reports", **audited, lifecycle_rules=[LifecycleRule(expiration=Duration.days(2557))]),
)

Validations.of(app).add_plugins(AwsSolutionsChecks(app))

app.synth()
