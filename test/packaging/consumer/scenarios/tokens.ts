import { CfnParameter, Duration, TimeZone } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { DateSelection, DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';
import { inStack, type Scenario } from './scenario';

/** Uses numbers and strings that are known only at deployment. */
export const tokens: Scenario = {
  name: 'props that are tokens',
  prefixes: ['<Prefix>', '<DestinationPrefix>', '<ReportPrefix>'],
  build: inStack((stack) => {
    const text = (id: string, value: string) =>
      new CfnParameter(stack, id, { type: 'String', default: value }).valueAsString;
    const number = (id: string, value: number) =>
      new CfnParameter(stack, id, { type: 'Number', default: value }).valueAsNumber;
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: Bucket.fromBucketName(stack, 'Bucket', text('BucketName', 'company-data')),
      prefix: text('Prefix', 'incoming/'),
      destinationPrefix: text('DestinationPrefix', 'archive/'),
      dateSource: DateSource.objectName('yyyy-MM-dd'),
      selection: DateSelection.daysAgo(number('Days', 2)),
      timeZone: TimeZone.of(text('Zone', 'Asia/Tokyo')),
      maxConcurrency: number('MaxConcurrency', 4),
      maxObjectsPerSecond: number('MaxObjectsPerSecond', 900),
      batchSize: number('BatchSize', 500),
      toleratedFailurePercentage: number('Tolerance', 3),
      retryPolicy: { maxAttempts: number('MaxAttempts', 4), backoffRate: number('BackoffRate', 2) },
      reportPrefix: text('ReportPrefix', 'runs/'),
      memorySize: number('MemorySize', 1024),
      timeout: Duration.seconds(number('Timeout', 7200)),
      batchTimeout: Duration.seconds(number('BatchTimeout', 120)),
    });
  }),
};
