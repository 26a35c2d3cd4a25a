import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { S3DatedArchiverProps } from '../s3-dated-archiver-props';
import { findKey, type Place } from './places/place';
import type { Settings } from './props/settings';

interface ReportBucketProps {
  readonly prefix: string;
  readonly retention: Duration;
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
}

/** Returns the place of ledgers and reports: in the bucket of the props, else in a new one. */
export function createReports(scope: Construct, props: S3DatedArchiverProps, { reportPrefix, removalPolicy }: Settings): Place {
  const { encryptionKey } = props;
  const bucket = props.reportBucket ?? createReportBucket(scope, 'Reports', {
    prefix: reportPrefix, retention: props.reportRetention ?? Duration.days(400), encryptionKey, removalPolicy,
  });
  return { bucket, prefix: reportPrefix, key: findKey(bucket, bucket.encryptionKey, encryptionKey) };
}

function createReportBucket(scope: Construct, id: string, props: ReportBucketProps): s3.Bucket {
  return new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    encryption: props.encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey: props.encryptionKey,
    // With a bucket key, S3 calls KMS once for many small ledger parts.
    bucketKeyEnabled: props.encryptionKey ? true : undefined,
    // A report that is overwritten or deleted by mistake can be restored.
    versioned: true,
    lifecycleRules: [
      { id: 'ExpireReports', prefix: props.prefix, expiration: props.retention },
      { id: 'ExpireEarlierVersions', noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true },
      { id: 'AbortIncompleteUploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ],
    removalPolicy: props.removalPolicy,
    autoDeleteObjects: props.removalPolicy === RemovalPolicy.DESTROY ? true : undefined,
  });
}
