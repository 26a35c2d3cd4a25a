import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { S3DatedArchiverProps } from '../s3-dated-archiver-props';
import { findKey, type Place } from './places/place';
import type { Settings } from './props/settings';

export function createReports(scope: Construct, props: S3DatedArchiverProps, { reportPrefix, removalPolicy }: Settings): Place {
  const { encryptionKey } = props;
  const bucket = props.reportBucket ?? new s3.Bucket(scope, 'Reports', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    encryption: encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey,
    // With a bucket key, S3 calls KMS once for many small ledger parts.
    bucketKeyEnabled: encryptionKey ? true : undefined,
    // A report that is overwritten or deleted by mistake can be restored.
    versioned: true,
    lifecycleRules: [
      { id: 'ExpireReports', prefix: reportPrefix, expiration: props.reportRetention ?? Duration.days(400) },
      { id: 'ExpireEarlierVersions', noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true },
      { id: 'AbortIncompleteUploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ],
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY ? true : undefined,
  });
  return { bucket, prefix: reportPrefix, key: findKey(bucket, bucket.encryptionKey, encryptionKey) };
}
