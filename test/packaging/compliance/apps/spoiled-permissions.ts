/**
 * This app is wrong on purpose: it has a wildcard that none of the archiver's documented reasons
 * covers.
 */
import { App, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'Default');
const archiver = new S3DatedArchiver(stack, 'Archiver', { bucket: new Bucket(stack, 'Bucket') });
archiver.handler.addToRolePolicy(
  new PolicyStatement({ actions: ['s3:*'], resources: ['arn:aws:s3:::everything/*'] }),
);
app.synth();
