/**
 * For objects that a query, a person, or the daily inventory of the bucket has chosen. The run
 * reads their list in place of listing the bucket, and the days of the run still select.
 *
 *   aws stepfunctions start-execution --state-machine-arn ARN \
 *     --input '{"manifest": "s3://LISTS/query.jsonl", "from": "2026-01-01", "to": "2026-06-30",
 *     "dryRun": true}'
 *   aws stepfunctions start-execution --state-machine-arn ARN \
 *     --input '{"manifest": "s3://LISTS/BUCKET/incoming/2026-11-25T01-00Z/manifest.json", "date":
 *     "2026-11-24"}'
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Bucket, InventoryFormat, InventoryFrequency } from 'aws-cdk-lib/aws-s3';
import { Listing, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'FromAList');

const lists = new Bucket(stack, 'Lists');
const bucket = new Bucket(stack, 'Bucket');
bucket.addInventory({
  inventoryId: 'incoming',
  destination: { bucket: lists },
  // Keys outside of the archiver's prefix would end the run.
  objectsPrefix: 'incoming/',
  format: InventoryFormat.CSV,
  frequency: InventoryFrequency.DAILY,
  // With ETag and size, nothing is asked about an object before its copy.
  optionalFields: ['Size', 'ETag', 'LastModifiedDate', 'StorageClass'],
});

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket,
  prefix: 'incoming/',
  listing: Listing.selective({ manifestBuckets: [lists] }),
});

new CfnOutput(stack, 'StateMachineArn', { value: archiver.stateMachine.stateMachineArn });

app.synth();
