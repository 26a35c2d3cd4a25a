import type { Place } from './place';

/**
 * All that `look` needs: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html. A
 * request states its prefix, so that the policy may be limited to it.
 * @param region undefined: one of the partition `aws`
 */
export function createPolicy(source: Place, destination: Place, region?: string): object {
  const places =
    source.bucket === destination.bucket
      ? [[source.bucket, [source.prefix, destination.prefix]] as const]
      : [source, destination].map(({ bucket, prefix }) => [bucket, [prefix]] as const);
  return {
    Version: '2012-10-17',
    Statement: places.map(([bucket, prefixes]) => ({
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: toBucketArn(bucket, region),
      ...(prefixes.every((prefix) => prefix !== '') && {
        Condition: {
          StringLike: { 's3:prefix': prefixes.map((prefix) => `${escapePattern(prefix)}*`) },
        },
      }),
    })),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
export function escapePattern(prefix: string): string {
  return prefix.replace(/[$*?]/g, (character) => `\${${character}}`);
}

/**
 * The regions of China and of GovCloud have partitions of their own:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function toBucketArn(bucket: string, region = ''): string {
  const [, code] = /^(cn|us-gov)-/.exec(region) ?? [];
  const partition = code === undefined ? 'aws' : `aws-${code}`;
  return `arn:${partition}:s3:::${bucket}`;
}
