import { Annotations, type IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import {
  createListStatement, createStatement, DESTINATION_BUCKET_ACTIONS, escapeIamWildcards, getDestinationActions, getObjectArns,
  hasUnsupportedCharacters,
} from './access/statements';
import { areInSameBucket, areKnownToDiffer, areSamePlace, isInside, type Place } from './place';

/**
 * Validates where source, destination and reports are, and that none contains another by mistake, as far as names are
 * known.
 */
export function validatePlaces(scope: Construct, source: Place, destination: Place, reports: Place): void {
  validateLocation(scope, 'bucket', source.bucket, 'a Distributed Map lists only buckets of its own account and region');
  validateLocation(scope, 'reportBucket', reports.bucket, 'a Distributed Map writes results only to buckets of its own account and region');
  warnAboutBucketPolicy(scope, source, destination);
  informAboutUnknownKeys(scope, source, destination, reports);
  for (const [prop, { prefix }] of [['prefix', source], ['destinationPrefix', destination], ['reportPrefix', reports]] as const) {
    if (prefix.startsWith('/')) {
      Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:leadingSlash',
        `${prop} ${quotePrefix(prefix)} starts with "/", which is then the first character of each key and not the root of the bucket: remove it unless keys should start with "/"`);
    }
    if (!Token.isUnresolved(prefix) && hasUnsupportedCharacters(prefix)) {
      Annotations.of(scope).addInfoV2(`cdk-s3-dated-archiver:wildcardFor-${prop}`,
        `${prop} ${quotePrefix(prefix)} has characters that IAM policies cannot contain, such as those above U+00FF: the permissions are for ${escapeIamWildcards(prefix)}*`);
    }
  }

  if (areSamePlace(source, destination)) {
    throw new Error(`destinationPrefix ${quotePrefix(destination.prefix)} must differ from prefix in the same bucket, since archived objects would be listed again: `
      + 'set for example "archive/", or another destinationBucket');
  }
  const archiveIsListed = isInside(destination, source);
  if (archiveIsListed) {
    Annotations.of(scope).addInfoV2('cdk-s3-dated-archiver:destinationInsidePrefix',
      `destinationPrefix "${destination.prefix}" lies inside prefix "${source.prefix}": archived objects are never archived again, but every run lists them, so listing takes longer as the archive grows; `
        + 'to avoid that, set a destinationPrefix outside of prefix, or another destinationBucket');
  }
  // Reports inside the destination are listed but never selected.
  if (isInside(reports, source) && !(archiveIsListed && isInside(reports, destination))) {
    throw new Error(`reportPrefix "${reports.prefix}" must not lie inside prefix "${source.prefix}" of the same bucket, since reports would be archived like other objects: `
      + (source.prefix === '' ? 'give another reportBucket, or a reportPrefix inside destinationPrefix' : 'give another reportPrefix or reportBucket'));
  }
}

/** Validates the region of the topic. Its account may be another one, whose topic policy then must allow publishing. */
export function validateTopic(scope: Construct, topic: sns.ITopic): void {
  validateLocation(scope, 'alertTopic', topic, 'SNS publishes only to topics of its own region', ['region']);
}

/** Throws if a resource is known to be in another account or region than the stack. */
function validateLocation(scope: Construct, prop: string, { env }: IResource, why: string, parts: ('account' | 'region')[] = ['account', 'region']): void {
  const stack = Stack.of(scope);
  for (const part of parts) {
    if (areKnownToDiffer(env[part], stack[part])) {
      throw new Error(`${prop} is in ${part} ${env[part]} and must be in ${stack[part]}, the ${part} of the archiver's stack, since ${why}: `
        + `define the archiver in a stack in ${env[part]}`);
    }
  }
}

/** Asks for the keys of imported buckets, which CDK does not know. */
function informAboutUnknownKeys(scope: Construct, source: Place, destination: Place, reports: Place): void {
  const buckets = { bucket: [source, 'sourceKey'], destinationBucket: [destination, 'destinationKey'], reportBucket: [reports, 'encryptionKey'] } as const;
  for (const [prop, [{ bucket, key }, keyProp]] of Object.entries(buckets)) {
    if (Resource.isOwnedResource(bucket) || key || (prop === 'destinationBucket' && areInSameBucket(destination, source))) {
      continue;
    }
    Annotations.of(scope).addInfoV2(`cdk-s3-dated-archiver:imported-${prop}`,
      `${prop} is imported, so its KMS key is unknown: if it is encrypted with a customer managed key, pass that key as ${keyProp}, or runs are denied its use`);
  }
}

/** Names the statements that the policy of a destination bucket in another account must have. */
function warnAboutBucketPolicy(scope: Construct, source: Place, destination: Place): void {
  const { bucket } = destination;
  if (!areKnownToDiffer(bucket.env.account, Stack.of(scope).account)) { return; }
  const Principal = { AWS: '<ARNs of the roles of ArchiveBatch and ReportRun>' };
  const statements = [
    createStatement(getDestinationActions(source), getObjectArns(destination)),
    createListStatement(destination),
    createStatement(DESTINATION_BUCKET_ACTIONS, bucket.bucketArn),
  ].map((each) => ({ ...each.toStatementJson() as object, Principal }));
  Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:destinationOfOtherAccount',
    `destinationBucket is in account ${bucket.env.account}, so its bucket policy must allow this archiver to write: add ${JSON.stringify(Stack.of(scope).resolve(statements))}; `
      + 'leave s3:PutObjectAnnotation out if S3 refuses it as unknown, unless objects have annotations; '
      + 'if the bucket has ACLs enabled, its owner cannot read what arrives: set its Object Ownership to BucketOwnerEnforced');
}

/** Quotes a prefix for a message. A token has no value yet, and its encoding would only confuse. */
function quotePrefix(prefix: string): string {
  return Token.isUnresolved(prefix) ? '(a token)' : `"${prefix}"`;
}
