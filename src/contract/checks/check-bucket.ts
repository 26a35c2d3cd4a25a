/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const RESERVED: readonly { readonly suffix: string; readonly what: string }[] = [
  { suffix: '-s3alias', what: 'the alias of an access point' },
  { suffix: '--ol-s3', what: 'the alias of an Object Lambda access point' },
  { suffix: '.mrap', what: 'the alias of a Multi-Region Access Point' },
  { suffix: '--x-s3', what: 'a directory bucket' },
  { suffix: '--xa-s3', what: 'the alias of an access point of a directory bucket' },
  { suffix: '--table-s3', what: 'a table bucket' },
  { suffix: '--op-s3', what: 'the alias of an access point on Outposts' },
];

/**
 * Throws unless a bucket is given by its one name or ARN: with two names, an object that is
 * compared with its own copy seems to be there twice.
 */
export function checkBucket(prop: string, bucket: string): void {
  const what = describeOtherKind(bucket);
  if (what === undefined) {
    return;
  }
  throw new Error(
    `${prop} "${bucket}" is ${what} and must be the name of a general purpose bucket. ` +
      'Two names of one bucket would look like two buckets, and an archived object could then ' +
      'be taken for its own source: pass the bucket itself',
  );
}

function describeOtherKind(bucket: string): string | undefined {
  if (/^arn:.*:(accesspoint|outpost)[/:]/.test(bucket)) {
    return 'the ARN of an access point';
  }
  // CloudFormation and CDK take this for the name of the bucket if the ARN of an access point is
  // passed as a bucket's.
  if (bucket === 'accesspoint') {
    return 'a part of the ARN of an access point';
  }
  if (bucket.startsWith('arn:') && !/^arn:[^:]+:s3:::[^/:]+$/.test(bucket)) {
    return 'not the ARN of a bucket';
  }
  return RESERVED.find(({ suffix }) => bucket.endsWith(suffix))?.what;
}
