"""For a team that already has a topic for its alerts. The archiver publishes to it. Two subscriptions show how
messages reach people: the email address of a Slack or Teams channel gets all of them as text, and the pager gets
only those about failed runs, filtered by the attributes of each message.

Do not subscribe Amazon Q Developer in chat applications (formerly AWS Chatbot) to this topic, because it drops every
message that is not in an envelope of its own. The example chat-channel shows what it needs.
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
    # The channel also gets a message about clean runs.
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
