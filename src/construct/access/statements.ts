import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Place } from '../place';

/** What archiving does at the destination. The copy of a tagged object writes its tags; a conflict is told from a duplicate by reading. */
export const DESTINATION_ACTIONS = [
  's3:PutObject', 's3:PutObjectTagging', 's3:GetObject', 's3:GetObjectTagging',
  's3:AbortMultipartUpload', 's3:ListMultipartUploadParts',
  // CopyObject carries annotations over by itself, locks by request. An archived object is the same only under its source's lock.
  's3:PutObjectAnnotation', 's3:PutObjectRetention', 's3:PutObjectLegalHold',
  's3:GetObjectRetention', 's3:GetObjectLegalHold',
];

/** What archiving does at the source. A conditional delete wants GetObject too (S3 "Conditional deletes"). */
export const SOURCE_ACTIONS = [
  's3:GetObject', 's3:GetObjectTagging', 's3:GetObjectAnnotation', 's3:GetObjectRetention', 's3:GetObjectLegalHold', 's3:DeleteObject',
];

/** Of the destination bucket: S3 knows no condition on a prefix for it. It finds what killed multipart copies left over. */
export const DESTINATION_BUCKET_ACTIONS = ['s3:ListBucketMultipartUploads'];

export function statement(actions: string[], ...resources: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources });
}

/** The ARN of every object under the place's prefix. */
export function objectArns({ bucket, prefix }: Place): string {
  return bucket.arnForObjects(`${escapeIamWildcards(prefix)}*`);
}

/**
 * Listing what is under the prefix, one known key included, and nothing else of the bucket.
 *
 * Who lists a whole bucket may leave the prefix out of the request, and a condition on what a request does not have is not met.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function listUnder({ bucket, prefix }: Place): iam.PolicyStatement {
  const operator = prefix === '' ? 'StringLikeIfExists' : 'StringLike';
  return new iam.PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { [operator]: { 's3:prefix': `${escapeIamWildcards(prefix)}*` } },
  });
}

/**
 * Keys may hold what IAM takes for wildcards and variables, and characters that no policy can hold: these are a wildcard then.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 */
export function escapeIamWildcards(prefix: string): string {
  return Token.isUnresolved(prefix) ? prefix : prefix.replace(/[*?$]/g, '${$&}').replace(UNWRITABLE, '*');
}

const UNWRITABLE = /[^\t\n\r\x20-\xff]+/g;

/** Whether a policy has a wildcard in the place of a part of it. */
export function hasUnwritable(prefix: string): boolean {
  return prefix.search(UNWRITABLE) !== -1;
}
