import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from 'cdk-s3-dated-archiver';
import { inStack, type Scenario } from './scenario';

/** The buckets have their own keys. A third key encrypts what the archiver itself writes. */
export const kms: Scenario = {
  name: 'KMS',
  prefixes: ['incoming/', 'archive/', 'runs/'],
  build: inStack((stack) => {
    const encrypted = (id: string) =>
      new Bucket(stack, id, {
        encryption: BucketEncryption.KMS,
        encryptionKey: new Key(stack, `${id}Key`),
      });
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: encrypted('Source'),
      prefix: 'incoming/',
      destinationBucket: encrypted('Destination'),
      encryptionKey: new Key(stack, 'OwnKey'),
    });
  }),
};
