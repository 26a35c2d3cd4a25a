"""For a team whose bucket is in an account and a region of its own, and an archive that is kept centrally. A function lists the team's
bucket. `cdk synth` prints the statements that the team adds to the policies of its bucket and of its key.
"""
from aws_cdk import App, Environment, Stack, TimeZone
from aws_cdk.aws_kms import Key
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from cdk_s3_dated_archiver import Listing, S3DatedArchiver

app = App()
stack = Stack(app, "OtherAccount", env=Environment(account="111122223333", region="eu-west-1"))

S3DatedArchiver(
    stack,
    "Archiver",
    # The account and the region must be given: a bucket's name does not tell them.
    bucket=Bucket.from_bucket_attributes(
        stack, "Landing", bucket_name="team-landing", account="444455556666", region="eu-central-1"
    ),
    prefix="incoming/",
    source_key=Key.from_key_arn(
        stack, "LandingKey", "arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    ),
    destination_bucket=Bucket(stack, "Archive", versioned=True),
    listing=Listing.selective(),
    schedule=ScheduleExpression.cron(hour="1", minute="0", time_zone=TimeZone.EUROPE_BERLIN),
)

app.synth()
