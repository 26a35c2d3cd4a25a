import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

export interface ReportBucketProps {
  readonly prefix: string;
  readonly retention: Duration;
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
}

/** Creates the private bucket for ledgers and reports. */
export function createReportBucket(scope: Construct, id: string, props: ReportBucketProps): s3.Bucket {
  return new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    encryption: props.encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey: props.encryptionKey,
    // With a bucket key, S3 calls KMS once for many small ledger parts.
    bucketKeyEnabled: props.encryptionKey ? true : undefined,
    lifecycleRules: [
      { id: 'ExpireReports', prefix: props.prefix, expiration: props.retention },
      { id: 'AbortIncompleteUploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ],
    removalPolicy: props.removalPolicy,
    autoDeleteObjects: props.removalPolicy === RemovalPolicy.DESTROY ? true : undefined,
  });
}
