import { Size } from 'aws-cdk-lib';
import { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Bucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import { Packing, S3DatedArchiver } from 'cdk-s3-dated-archiver';
import { inStack, type Scenario } from './scenario';

/**
 * Small objects are packed. No other scenario has that: `allProps` has what cannot be combined with
 * it.
 */
export const packing: Scenario = {
  name: 'packing',
  prefixes: ['incoming/', 'archive/', 'runs/'],
  isPacked: true,
  isListedByFunction: true,
  build: inStack((stack) => {
    const archiver = new S3DatedArchiver(stack, 'Archiver', {
      bucket: new Bucket(stack, 'Bucket'),
      prefix: 'incoming/',
      destinationBucket: new Bucket(stack, 'Archive', { versioned: true }),
      storageClass: StorageClass.DEEP_ARCHIVE,
      packing: Packing.zip({
        maxObjectSize: Size.kibibytes(512),
        maxPackSize: Size.mebibytes(512),
      }),
    });
    const database = new CfnDatabase(stack, 'Database', {
      catalogId: stack.account,
      databaseInput: { name: 'analytics' },
    });
    archiver.addLedgerTable('Ledger', { database: database.ref });
  }),
};
