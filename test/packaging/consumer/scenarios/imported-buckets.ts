import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';
import { inStack, type Scenario } from './scenario';

export const bucketsByName: Scenario = {
  name: 'imported buckets: by name',
  prefixes: ['incoming/', 'archive/', 'reports/archiver/'],
  build: inStack((stack) => {
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: Bucket.fromBucketName(stack, 'Source', 'company-data'),
      prefix: 'incoming/',
      dateSource: DateSource.keyPrefix('yyyy/MM/dd/'),
      destinationBucket: Bucket.fromBucketArn(stack, 'Destination', 'arn:aws:s3:::company-archive'),
      reportBucket: Bucket.fromBucketName(stack, 'Reports', 'company-reports'),
      reportPrefix: 'reports/archiver/',
      alertTopic: Topic.fromTopicArn(
        stack,
        'Topic',
        'arn:aws:sns:eu-central-1:111122223333:operators',
      ),
    });
  }),
};

export const bucketsByAttributes: Scenario = {
  name: 'imported buckets: by attributes, with keys',
  prefixes: ['logs/', 'archive/', 'runs/'],
  build: inStack((stack) => {
    const key = (id: string) =>
      Key.fromKeyArn(stack, id, `arn:aws:kms:eu-central-1:111122223333:key/${id.toLowerCase()}`);
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: Bucket.fromBucketAttributes(stack, 'Source', {
        bucketName: 'company-data',
        encryptionKey: key('SourceKey'),
      }),
      prefix: 'logs/',
      dateSource: DateSource.objectKey('yyyy/MM/dd', 'yyyyMMdd'),
      destinationBucket: Bucket.fromBucketAttributes(stack, 'Destination', {
        bucketArn: 'arn:aws:s3:::company-archive',
      }),
      destinationKey: key('DestinationKey'),
    });
  }),
};
