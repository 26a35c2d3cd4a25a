/**
 * For years of files that have piled up, and wherever something else decides when to archive. There is no schedule: a person,
 * or a role of theirs, starts a run for the days that they name.
 *
 *   aws stepfunctions start-execution --state-machine-arn ARN --input '{"from": "2026-01-01", "to": "2026-06-30", "dryRun": true}'
 *   aws stepfunctions start-execution --state-machine-arn ARN --input '{"from": "2026-01-01", "to": "2026-06-30"}'
 *
 * The first one counts what the second one does.
 */
import { App, CfnOutput, Stack, TimeZone } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { DateSelection, DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'BackfillOnly');

const bucket = Bucket.fromBucketName(stack, 'Bucket', 'example-data-lake');

const archiver = new S3DatedArchiver(stack, 'Archiver', {
  bucket,
  prefix: 'landing/',
  destinationPrefix: 'history/',
  // landing/2026-11-24T07-15_eu.json: keys begin with their day, so a run lists those of its days and not the whole prefix.
  dateSource: DateSource.keyPrefix('yyyy-MM-dd'),
  // What a run without dates takes: everything from before the last 30 days.
  selection: DateSelection.olderThan(30),
  timeZone: TimeZone.EUROPE_BERLIN,
});

const operator = new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() });
archiver.grantStartExecution(operator);

new CfnOutput(stack, 'StateMachineArn', { value: archiver.stateMachine.stateMachineArn });

app.synth();
