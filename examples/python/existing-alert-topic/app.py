"""For a team that has a topic for its alerts already. The archiver publishes to it, and two subscriptions show how messages
reach people: the address that Slack and Teams give to a channel gets all of them as text, and the pager only those about
runs that failed, by the attributes that each message has for programs.
"""
from aws_cdk import App, Stack, TimeZone
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_sns import SubscriptionFilter, Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription, UrlSubscription
from cdk_s3_dated_archiver import AlertMode, S3DatedArchiver

app = App()
stack = Stack(app, "ExistingAlertTopic")

bucket = Bucket(stack, "Bucket", enforce_ssl=True)
topic = Topic.from_topic_arn(stack, "Topic", stack.format_arn(service="sns", resource="data-platform-alerts"))

S3DatedArchiver(
    stack,
    "Archiver",
    bucket=bucket,
    prefix="exports/",
    schedule=ScheduleExpression.cron(hour="6", minute="15", time_zone=TimeZone.EUROPE_LONDON),
    alert_topic=topic,
    # The channel also sees that a night went well.
    alert_mode=AlertMode.EVERY_RUN,
)

topic.add_subscription(EmailSubscription("data-alerts-aaaa1234@example.slack.com"))
topic.add_subscription(
    UrlSubscription(
        "https://events.pager.example.com/integration/archive",
        filter_policy=dict(
            outcome=SubscriptionFilter.string_filter(allowlist=["FAILED", "TIMED_OUT", "ABORTED", "NOT_STARTED"]),
        ),
    )
)

app.synth()
