/** This app is wrong on purpose: it has a function that CloudFormation would reject. */
import { App, type CfnResource, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';

const app = new App();
const stack = new Stack(app, 'Default');
const archiver = new S3DatedArchiver(stack, 'Archiver', { bucket: new Bucket(stack, 'Bucket') });
(archiver.handler.node.defaultChild as CfnResource).addPropertyOverride('MemorySize', 'much');
app.synth();
