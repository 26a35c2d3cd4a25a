import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import type { S3Replay } from './subject';

const S3 = 'tests/aws/services/s3/test_s3';
const OWNER = '123456789012';
const OTHER = '210987654321';
const policyOf = (bucket: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${bucket}/denied`,
      },
    ],
  });
const IGNORED = 'the double ignored the header';

export const OWNERS: S3Replay[] = [
  {
    area: 'Bucket owner',
    file: S3,
    test: 'TestS3::test_put_bucket_policy_expected_bucket_owner',
    rows: {
      'put-bucket-policy-with-expected-bucket-owner-error': {
        behavior: 'a request whose `ExpectedBucketOwner` is another account is refused with 403',
        fixed: IGNORED,
      },
      'put-bucket-policy-with-expected-bucket-owner':
        'a request whose `ExpectedBucketOwner` owns the bucket succeeds',
    },
    play: async ({ s3, Bucket }, record) => {
      const put = (ExpectedBucketOwner: string) =>
        s3.send(
          new PutBucketPolicyCommand({ Bucket, Policy: policyOf(Bucket), ExpectedBucketOwner }),
        );
      await record('put-bucket-policy-with-expected-bucket-owner-error', put(OTHER));
      await record('put-bucket-policy-with-expected-bucket-owner', put(OWNER));
    },
  },
  {
    area: 'Bucket owner',
    file: S3,
    test: 'TestS3::test_delete_bucket_policy_expected_bucket_owner',
    rows: {
      'delete-bucket-policy-with-expected-bucket-owner-error': {
        behavior: 'the same for another operation',
        fixed: IGNORED,
      },
      'delete-bucket-policy-invalid-bucket-owner': {
        behavior: 'an `ExpectedBucketOwner` that is no account id is refused with 400',
        fixed: IGNORED,
      },
      'delete-bucket-policy-with-expected-bucket-owner':
        'the delete of a bucket policy answers 204',
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyOf(Bucket) }));
      const remove = (ExpectedBucketOwner: string) =>
        s3.send(new DeleteBucketPolicyCommand({ Bucket, ExpectedBucketOwner }));
      await record('delete-bucket-policy-with-expected-bucket-owner-error', remove(OTHER));
      await record('delete-bucket-policy-invalid-bucket-owner', remove('invalid'));
      await record('delete-bucket-policy-with-expected-bucket-owner', remove(OWNER));
    },
  },
  {
    area: 'Bucket owner',
    file: S3,
    test: 'TestS3::test_get_bucket_policy_invalid_account_id[0000]',
    rows: {
      'get-bucket-policy-invalid-bucket-owner': {
        behavior: 'an `ExpectedBucketOwner` of too few digits is refused with 400',
        fixed: IGNORED,
      },
    },
    play: async ({ s3, Bucket }, record) => {
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyOf(Bucket) }));
      await record(
        'get-bucket-policy-invalid-bucket-owner',
        s3.send(new GetBucketPolicyCommand({ Bucket, ExpectedBucketOwner: '0000' })),
      );
    },
  },
];
