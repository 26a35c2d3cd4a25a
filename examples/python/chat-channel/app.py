"""For a team that reads its alerts in Slack. Amazon Q Developer in chat applications (formerly AWS Chatbot) delivers them
from the chat topic, where each message has the envelope that the service requires. All messages of a run are in one
thread. Email subscribers of the alert topic get the same messages as text.

Authorize the Slack workspace once in the console: https://docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html
For Microsoft Teams, use a CfnMicrosoftTeamsChannelConfiguration in the same way.
"""
from aws_cdk import App, Stack
from aws_cdk.aws_chatbot import SlackChannelConfiguration
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from cdk_s3_dated_archiver import S3DatedArchiver

app = App()
stack = Stack(app, "ChatChannel")

chat_topic = Topic(stack, "ChatTopic", enforce_ssl=True)
SlackChannelConfiguration(
    stack,
    "Slack",
    slack_channel_configuration_name="data-platform-alerts",
    slack_workspace_id="T0123456789",
    slack_channel_id="C0123456789",
    notification_topics=[chat_topic],
)

archiver = S3DatedArchiver(
    stack,
    "Archiver",
    bucket=Bucket(stack, "Bucket", enforce_ssl=True),
    prefix="incoming/",
    schedule=ScheduleExpression.cron(hour="1", minute="0"),
    chat_topic=chat_topic,
)
archiver.alert_topic.add_subscription(EmailSubscription("ops@example.com"))
archiver.add_alarms()

app.synth()
