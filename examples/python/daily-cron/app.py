"""For a folder into which different producers write files all day. Every night at one o'clock in Tokyo, the files of
the last two days move from `incoming/` to `archive/yyyy/MM/dd/`.

Subscribers of the topic get one message about each night that needs attention, and none about other nights.
"""
from aws_cdk import App, Stack, TimeZone
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from cdk_s3_dated_archiver import DateSelection, DateSource, S3DatedArchiver

app = App()
stack = Stack(app, "DailyCron")

bucket = Bucket(stack, "Bucket", enforce_ssl=True)

archiver = S3DatedArchiver(
    stack,
    "Archiver",
    bucket=bucket,
    prefix="incoming/",
    schedule=ScheduleExpression.cron(hour="1", minute="0", time_zone=TimeZone.ASIA_TOKYO),
    # One format for each way in which a producer writes the date.
    date_source=DateSource.object_name(
        "yyyy-MM-dd",  # 2026-11-24-7.json.gz
        "yyyyMMdd",  # ..._20261124T0005Z_...
        "yyyyMMddHHmmss",  # nightly-20261124010015-logs.gz
        "'u_ex'yyMMdd",  # u_ex261124.log
        "'A'yyyyDDD",  # MOD09GA.A2026328.h08v05.061.hdf: the day of the year
    ),
    # AWS services date their files in UTC, so some of yesterday's files arrive after the run. The next run archives them.
    selection=DateSelection.last_days(2),
)

archiver.alert_topic.add_subscription(EmailSubscription("ops@example.com"))

app.synth()
