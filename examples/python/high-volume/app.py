"""For tens of millions of small objects a day: clicks, sensor readings, mail. Keys begin with their day, so a run
lists only that day. It moves up to 2,500 objects a second. A move writes at both prefixes, and S3 accepts about 3,500
writes a second for each of its partitions. So the run is slower until S3 has put the two prefixes into two partitions.
"""
from aws_cdk import App, Duration, Stack, TimeZone
from aws_cdk.aws_cloudwatch import Dashboard
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from cdk_s3_dated_archiver import DateSource, S3DatedArchiver

app = App()
stack = Stack(app, "HighVolume")

bucket = Bucket(stack, "Clicks", enforce_ssl=True)

archiver = S3DatedArchiver(
    stack,
    "Archiver",
    bucket=bucket,
    prefix="clicks/",
    # clicks/2026-11-24/23/59/58.171-4f1c.json
    date_source=DateSource.key_prefix("yyyy-MM-dd"),
    schedule=ScheduleExpression.cron(hour="3", minute="0", time_zone=TimeZone.ETC_UTC),
    max_objects_per_second=2500,
    # A few failures among millions of objects cause a message, but not a failed run.
    tolerated_failure_percentage=0.01,
)

archiver.add_alarms(no_run_completed=Duration.hours(30), nothing_arrived=0.5)
Dashboard(stack, "Dashboard", widgets=[archiver.dashboard_widgets()])

app.synth()
