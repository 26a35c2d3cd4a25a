"""For a bucket to which several teams write, each into its own folder with its own names: one archiver for each
folder. Each has its own schedule, metrics and runs, so a failed run does not delay the others. They share the topic
and the report bucket. They start half an hour apart, because all write to the same archive and S3 limits writes by
prefix.
"""
from aws_cdk import App, Duration, Stack, TimeZone
from aws_cdk.aws_s3 import Bucket, LifecycleRule
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from cdk_s3_dated_archiver import DateSource, S3DatedArchiver

app = App()
stack = Stack(app, "SeveralPrefixes")

bucket = Bucket(stack, "Data", enforce_ssl=True)
reports = Bucket(stack, "Reports", enforce_ssl=True, lifecycle_rules=[LifecycleRule(expiration=Duration.days(400))])
topic = Topic(stack, "Alerts", enforce_ssl=True)
topic.add_subscription(EmailSubscription("data-platform@example.com"))

teams = [
    ("Billing", "billing/", "yyyyMMdd", "0"),  # invoice_20261124_0017.pdf
    ("Web", "web/", "'u_ex'yyMMdd", "30"),  # u_ex261124.log
]

for id, folder, format, minute in teams:
    S3DatedArchiver(
        stack,
        id,
        bucket=bucket,
        prefix=folder,
        destination_prefix=f"archive/{folder}",
        date_source=DateSource.object_name(format),
        schedule=ScheduleExpression.cron(hour="2", minute=minute, time_zone=TimeZone.EUROPE_PARIS),
        alert_topic=topic,
        report_bucket=reports,
        report_prefix=f"runs/{folder}",
    )

app.synth()
