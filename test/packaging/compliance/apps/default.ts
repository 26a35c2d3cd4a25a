/** An archiver with `bucket` as its only prop. */
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'Default');
new S3DatedArchiver(stack, 'Archiver', { bucket: new Bucket(stack, 'Bucket') });
app.synth();
