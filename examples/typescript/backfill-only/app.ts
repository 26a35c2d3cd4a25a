/**
 * For years of files that have accumulated, and for cases in which something else decides when to
 * archive. There is no schedule: a person, or a role that acts for them, starts a run for the given
 * days.
 *
 *   aws stepfunctions start-execution --state-machine-arn ARN --input '{"from": "2026-01-01", "to":
 *   "2026-06-30", "dryRun": true}' aws stepfunctions start-execution --state-machine-arn ARN
 *   --input '{"from": "2026-01-01", "to": "2026-06-30"}'
 *
 * The first command only counts what the second one does.
 */
import { App, Stack, TimeZone } from 'aws-cdk-lib';
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
  // landing/2026-11-24T07-15_eu.json: keys begin with their day, so a run lists only its days and
  // not the whole prefix.
  dateSource: DateSource.keyPrefix('yyyy-MM-dd'),
  // A run without dates archives everything that is older than 30 days.
  selection: DateSelection.olderThan(30),
  timeZone: TimeZone.EUROPE_BERLIN,
  // What a run with wrong days archived can be copied back: --input '{"action": "restore", "run":
  // "NAME_OF_THE_RUN"}'
  allowRestore: true,
});

const operator = new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() });
archiver.grantStartExecution(operator);

// `cdk deploy` prints the commands above with the ARN of the state machine, and those to verify and
// to restore.
archiver.addCommandOutputs();

app.synth();
