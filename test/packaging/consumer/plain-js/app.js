// The least that an app needs, in JavaScript: also what the sandbox and the Python twin are given.
const { App, Stack } = require('aws-cdk-lib');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { S3DatedArchiver } = require('cdk-s3-dated-archiver');

const app = new App({ analyticsReporting: false });
const stack = new Stack(app, 'Archive');
const archiver = new S3DatedArchiver(stack, 'Archiver', { bucket: new Bucket(stack, 'Bucket'), prefix: 'incoming/' });
if (!S3DatedArchiver.isS3DatedArchiver(archiver)) throw new Error('isS3DatedArchiver is wrong');
app.synth();
