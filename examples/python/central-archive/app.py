"""For an organization that keeps one archive for all of its accounts. The account of the archive allows the whole organization, once. Each
team deploys an archiver in its own account.
"""
from aws_cdk import Annotations, App, Environment, Stack, TimeZone
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from cdk_s3_dated_archiver import S3DatedArchiver

app = App()

central = Stack(app, "Central", env=Environment(account="999988887777", region="eu-west-1"))
S3DatedArchiver.grant_organization(
    Bucket(central, "Archive", bucket_name="example-central-archive", enforce_ssl=True, versioned=True),
    organization_id="o-exampleorgid",
)

team = Stack(app, "Billing", env=Environment(account="111122223333", region="eu-west-1"))
archiver = S3DatedArchiver(
    team,
    "Archiver",
    bucket=Bucket(team, "Invoices"),
    prefix="incoming/",
    destination_bucket=Bucket.from_bucket_attributes(
        team, "CentralArchive", bucket_name="example-central-archive", account="999988887777"
    ),
    # A folder for each team, below the prefix that the organization may use.
    destination_prefix="archive/billing/",
    schedule=ScheduleExpression.cron(hour="1", minute="0", time_zone=TimeZone.EUROPE_BERLIN),
)
Annotations.of(archiver).acknowledge_warning(
    "cdk-s3-dated-archiver:destinationOfOtherAccount", "the policy of the bucket allows the whole organization"
)

app.synth()
