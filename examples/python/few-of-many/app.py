"""For a bucket in which a night's files are a small part of all files, and whose archive lies in the same bucket. A function lists
the bucket, past the archive, and only the files of the day reach the batches.
"""
from aws_cdk import App, Stack, TimeZone
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from cdk_s3_dated_archiver import Listing, S3DatedArchiver

app = App()
stack = Stack(app, "FewOfMany")

S3DatedArchiver(
    stack,
    "Archiver",
    # The whole bucket, and the archive below archive/ in it.
    bucket=Bucket(stack, "Bucket"),
    listing=Listing.selective(),
    schedule=ScheduleExpression.cron(hour="1", minute="0", time_zone=TimeZone.ASIA_TOKYO),
)

app.synth()
