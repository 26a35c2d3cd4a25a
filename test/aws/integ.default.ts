/** Deploys the smallest archiver. */
import { IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from '../../src';

const app = new App();
const stack = new Stack(app, 'IntegDefault');
new S3DatedArchiver(stack, 'Archiver', {
  bucket: new s3.Bucket(stack, 'Source', {
    removalPolicy: RemovalPolicy.DESTROY,
    autoDeleteObjects: true,
  }),
  removalPolicy: RemovalPolicy.DESTROY,
});
new IntegTest(app, 'Default', { testCases: [stack] });
app.synth();
