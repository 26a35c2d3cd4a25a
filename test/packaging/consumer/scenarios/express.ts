import { Bucket } from 'aws-cdk-lib/aws-s3';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { DateSelection, DateSource, S3DatedArchiver } from 'cdk-s3-dated-archiver';
import { inStack, type Scenario } from './scenario';

export const express: Scenario = {
  name: 'EXPRESS',
  prefixes: ['incoming/', 'archive/', 'runs/'],
  childType: 'EXPRESS',
  build: inStack((stack) => {
    new S3DatedArchiver(stack, 'Archiver', {
      bucket: new Bucket(stack, 'Bucket'),
      prefix: 'incoming/',
      mapExecutionType: StateMachineType.EXPRESS,
      dateSource: DateSource.lastModified(),
      selection: DateSelection.olderThan(90),
    });
  }),
};
