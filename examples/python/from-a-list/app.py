"""For objects that a query, a person, or the daily inventory of the bucket has chosen. The run reads their list in place
of listing the bucket, and the days of the run still select.

  aws stepfunctions start-execution --state-machine-arn ARN \\
    --input '{"manifest": "s3://LISTS/query.jsonl", "from": "2026-01-01", "to": "2026-06-30", "dryRun": true}'
  aws stepfunctions start-execution --state-machine-arn ARN \\
    --input '{"manifest": "s3://LISTS/BUCKET/incoming/2026-11-25T01-00Z/manifest.json", "date": "2026-11-24"}'
"""
from aws_cdk import App, CfnOutput, Stack
from aws_cdk.aws_s3 import Bucket, InventoryDestination, InventoryFormat, InventoryFrequency
from cdk_s3_dated_archiver import Listing, S3DatedArchiver

app = App()
stack = Stack(app, "FromAList")

lists = Bucket(stack, "Lists")
bucket = Bucket(stack, "Bucket")
bucket.add_inventory(
    inventory_id="incoming",
    destination=InventoryDestination(bucket=lists),
    # Keys outside of the archiver's prefix would end the run.
    objects_prefix="incoming/",
    format=InventoryFormat.CSV,
    frequency=InventoryFrequency.DAILY,
    # With ETag and size, nothing is asked about an object before its copy.
    optional_fields=["Size", "ETag", "LastModifiedDate", "StorageClass"],
)

archiver = S3DatedArchiver(
    stack,
    "Archiver",
    bucket=bucket,
    prefix="incoming/",
    listing=Listing.selective(manifest_buckets=[lists]),
)

CfnOutput(stack, "StateMachineArn", value=archiver.state_machine.state_machine_arn)

app.synth()
