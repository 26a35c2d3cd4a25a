"""For files that other systems still read for a week, and that must be safe in the archive at once. Every night, the first
archiver copies yesterday's objects to the archive and keeps them where they are. It may not delete anything. A week
later, the second archiver deletes what the archive holds, after it has compared both. What was never copied, it moves.

Both need the same places and the same layout. Each has its own reports and messages. Restores are allowed for the one
that deletes: what the other one did needs no restore, because the objects are still there.
"""
from aws_cdk import App, Stack, TimeZone
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from cdk_s3_dated_archiver import ArchiveLayout, DateSelection, DateSource, ObjectFilter, S3DatedArchiver, SourceDisposition

app = App()
stack = Stack(app, "CopyNowDeleteLater")

topic = Topic(stack, "Alerts", enforce_ssl=True)
topic.add_subscription(EmailSubscription("data-platform@example.com"))

places = dict(
    bucket=Bucket(stack, "Shared", enforce_ssl=True),
    prefix="feeds/",
    destination_bucket=Bucket(stack, "Archive", enforce_ssl=True, versioned=True),
    # prices-2026-11-24T0715.json goes to archive/year=2026/month=11/day=24/hour=07/.
    date_source=DateSource.object_name("yyyy-MM-dd'T'HHmm"),
    layout=ArchiveLayout.hive(hours=True),
    # Producers use this suffix for files that are not complete.
    filter=ObjectFilter(exclude=["**/*.part"]),
    alert_topic=topic,
)

S3DatedArchiver(
    stack,
    "Copy",
    **places,
    source_disposition=SourceDisposition.KEEP,
    schedule=ScheduleExpression.cron(hour="1", minute="0", time_zone=TimeZone.EUROPE_LONDON),
)

S3DatedArchiver(
    stack,
    "Delete",
    **places,
    selection=DateSelection.older_than(7),
    schedule=ScheduleExpression.cron(hour="3", minute="0", time_zone=TimeZone.EUROPE_LONDON),
    allow_restore=True,
)

app.synth()
