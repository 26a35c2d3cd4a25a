"""For archives that an auditor will ask about in ten years. Every Sunday, what the runs of the last 30 days archived is
compared with what the archive holds. On the first day of January, April, July and October the checksums of everything
that has a ledger are compared, too. A message names the objects that are changed or missing.

  aws stepfunctions start-execution --state-machine-arn ARN --input '{"action": "verify", "date": "2026-11-24", "dryRun": true}'
  aws stepfunctions start-execution --state-machine-arn ARN --input '{"action": "verify", "date": "2026-11-24", "deep": true}'

The first command says what the second one will cost.
"""
from aws_cdk import App, Duration, Stack, TimeZone
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from cdk_s3_dated_archiver import DateSelection, S3DatedArchiver

app = App()
stack = Stack(app, "VerifiedArchive")

time_zone = TimeZone.EUROPE_BERLIN
archiver = S3DatedArchiver(
    stack,
    "Archiver",
    bucket=Bucket(stack, "Records"),
    prefix="incoming/",
    # Versions can bring back objects that a user deletes or overwrites.
    destination_bucket=Bucket(stack, "Archive", versioned=True),
    schedule=ScheduleExpression.cron(hour="1", minute="0", time_zone=time_zone),
    # A ledger can be verified as long as it is kept.
    report_retention=Duration.days(3660),
)
archiver.add_verification(
    "Weekly",
    schedule=ScheduleExpression.cron(week_day="SUN", hour="6", minute="0", time_zone=time_zone),
    selection=DateSelection.last_days(30),
)
archiver.add_verification(
    "Quarterly",
    schedule=ScheduleExpression.cron(month="1,4,7,10", day="1", hour="8", minute="0", time_zone=time_zone),
    selection=DateSelection.older_than(0),
    deep=True,
)
archiver.add_alarms(objects_unaccounted=0)
archiver.alert_topic.add_subscription(EmailSubscription("records@example.com"))

app.synth()
