"""The twin of plain-js/app.js, through the wheel."""
from aws_cdk import App, Stack, aws_s3 as s3
from cdk_s3_dated_archiver import S3DatedArchiver

app = App(analytics_reporting=False)
stack = Stack(app, "Archive")
S3DatedArchiver(stack, "Archiver", bucket=s3.Bucket(stack, "Bucket"), prefix="incoming/")
app.synth()
