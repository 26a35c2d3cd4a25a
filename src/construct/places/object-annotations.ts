import { Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { addInfo } from './annotations';
import { areInSameBucket, type Place } from './place';

/** The context that says whether S3 has annotations. It has precedence over what is known here. */
const CONTEXT_KEY = 'cdk-s3-dated-archiver:objectAnnotations';

/**
 * "Annotations are available in all commercial AWS Regions and China Regions", and "are not
 * available in the Middle East (UAE) and Middle East (Bahrain) Regions":
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/annotations-overview.html
 */
const PARTITIONS = ['aws', 'aws-cn'];
const OTHER_REGIONS = ['me-central-1', 'me-south-1'];

/**
 * Whether the region of the bucket knows the actions on annotations. S3 refuses a bucket policy
 * with an unknown action. A stack without a region counts as one that knows them.
 */
export function hasAnnotations(bucket: s3.IBucket): boolean {
  const context: unknown = bucket.node.tryGetContext(CONTEXT_KEY);
  if (context !== undefined) {
    return toBoolean(context);
  }
  const { region } = bucket.env;
  if (Token.isUnresolved(region)) {
    return true;
  }
  const { partition = 'aws' } = RegionInfo.get(region);
  return PARTITIONS.includes(partition) && !OTHER_REGIONS.includes(region);
}

/** `cdk --context` gives a text. */
function toBoolean(context: unknown): boolean {
  const text = String(context);
  if (text === 'true' || text === 'false') {
    return text === 'true';
  }
  throw new Error(
    `the context ${CONTEXT_KEY} is ${JSON.stringify(context)} and must be true or false: write ` +
      'it without quotes in cdk.json',
  );
}

/** Tells of each bucket whose annotations no role may read or write. */
export function informAboutAnnotations(scope: Construct, source: Place, destination: Place): void {
  const places = {
    bucket: source,
    ...(!areInSameBucket(source, destination) && { destinationBucket: destination }),
  };
  for (const [prop, { bucket }] of Object.entries(places)) {
    if (hasAnnotations(bucket)) {
      continue;
    }
    addInfo(
      scope,
      `cdk-s3-dated-archiver:annotationsOf-${prop}`,
      `no role may read or write annotations of objects in ${prop}, because S3 is not known to ` +
        'have them there: an object that has some is not archived and stays at its source. ' +
        `If S3 has them, set the context "${CONTEXT_KEY}" to true in cdk.json`,
    );
  }
}
