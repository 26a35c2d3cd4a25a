import { Bucket } from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';
import { inStack, type Scenario } from './scenario';

export const minimal: Scenario = {
  name: 'minimal',
  prefixes: ['', 'archive/', 'runs/'],
  build: inStack((stack) => {
    new S3DatedArchiver(stack, 'Archiver', { bucket: new Bucket(stack, 'Bucket') });
  }),
};
