"""For years of files that have accumulated, and for cases in which something else decides when to archive. There is no
schedule: a person, or a role that acts for them, starts a run for the given days.

  aws stepfunctions start-execution --state-machine-arn ARN --input '{"from": "2026-01-01", "to": "2026-06-30", "dryRun": true}'
  aws stepfunctions start-execution --state-machine-arn ARN --input '{"from": "2026-01-01", "to": "2026-06-30"}'

The first command only counts what the second one does.
"""
from aws_cdk import App, Stack, TimeZone
from aws_cdk.aws_iam import AccountRootPrincipal, Role
from aws_cdk.aws_s3 import Bucket
from cdk_s3_dated_archiver import DateSelection, DateSource, S3DatedArchiver

app = App()
stack = Stack(app, "BackfillOnly")

bucket = Bucket.from_bucket_name(stack, "Bucket", "example-data-lake")

archiver = S3DatedArchiver(
    stack,
    "Archiver",
    bucket=bucket,
    prefix="landing/",
    destination_prefix="history/",
    # landing/2026-11-24T07-15_eu.json: keys begin with their day, so a run lists only its days and not the whole prefix.
    date_source=DateSource.key_prefix("yyyy-MM-dd"),
    # A run without dates archives everything that is older than 30 days.
    selection=DateSelection.older_than(30),
    time_zone=TimeZone.EUROPE_BERLIN,
    # What a run with wrong days archived can be copied back: --input '{"action": "restore", "run": "NAME_OF_THE_RUN"}'
    allow_restore=True,
)

operator = Role(stack, "Operator", assumed_by=AccountRootPrincipal())
archiver.grant_start_execution(operator)

# `cdk deploy` prints the commands above with the ARN of the state machine, and those to verify and to restore.
archiver.add_command_outputs()

app.synth()
