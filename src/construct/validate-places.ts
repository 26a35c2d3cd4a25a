import { Annotations, type IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { DESTINATION_ACTIONS, DESTINATION_BUCKET_ACTIONS, hasUnwritable, listUnder, escapeIamWildcards, statement, objectArns } from './access/statements';
import { areInSameBucket, areKnownToDiffer, areSamePlace, isInside, type Place } from './place';

/** Checks how source, destination and reports lie to each other, as far as the names are known. */
export function checkPlaces(scope: Construct, source: Place, destination: Place, reports: Place): void {
  checkHome(scope, 'bucket', source.bucket, 'a Distributed Map lists no other');
  checkHome(scope, 'reportBucket', reports.bucket, 'a Distributed Map writes its results to no other');
  warnAboutBucketPolicy(scope, destination);
  sayWhatKeysAreUnknown(scope, source, destination, reports);
  for (const [prop, { prefix }] of [['prefix', source], ['destinationPrefix', destination], ['reportPrefix', reports]] as const) {
    if (prefix.startsWith('/')) {
      Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:leadingSlash',
        `${prop} ${shown(prefix)} starts with "/": keys seldom do; "/" is then the first character of every key, not the root of the bucket`);
    }
    if (!Token.isUnresolved(prefix) && hasUnwritable(prefix)) {
      Annotations.of(scope).addInfoV2(`cdk-s3-dated-archiver:wildcardFor-${prop}`,
        `${prop} ${shown(prefix)} has characters that IAM policies cannot hold (they end at U+00FF): the permissions are for ${escapeIamWildcards(prefix)}*`);
    }
  }

  if (areSamePlace(source, destination)) {
    throw new Error(`destinationPrefix ${shown(destination.prefix)} must differ from prefix in the same bucket, since everything archived would be listed again: `
      + 'write for example "archive/", or give another destinationBucket');
  }
  const archiveIsListed = isInside(destination, source);
  if (archiveIsListed) {
    Annotations.of(scope).addInfoV2('cdk-s3-dated-archiver:destinationInsidePrefix',
      `destinationPrefix "${destination.prefix}" lies inside prefix "${source.prefix}": its objects are never archived again, but every run lists them, so that listing grows with the archive`);
  }
  // Under the destination they are listed but never selected.
  if (isInside(reports, source) && !(archiveIsListed && isInside(reports, destination))) {
    throw new Error(`reportPrefix "${reports.prefix}" must not lie inside prefix "${source.prefix}" of the same bucket, since reports would be archived like other objects: `
      + (source.prefix === '' ? 'give another reportBucket, or a reportPrefix inside destinationPrefix' : 'give another reportPrefix or reportBucket'));
  }
}

/** Another account may let this one publish; another region cannot. */
export function checkTopic(scope: Construct, topic: sns.ITopic): void {
  checkHome(scope, 'alertTopic', topic, 'SNS takes messages for topics of its own region only', ['region']);
}

/** Refuses a resource that is known to be elsewhere than the stack. */
function checkHome(scope: Construct, prop: string, { env }: IResource, why: string, parts: ('account' | 'region')[] = ['account', 'region']): void {
  const stack = Stack.of(scope);
  for (const part of parts) {
    if (areKnownToDiffer(env[part], stack[part])) {
      throw new Error(`${prop} is in ${part} ${env[part]} and must be in ${stack[part]}, the ${part} of the archiver's stack, since ${why}: `
        + `define the archiver in a stack in ${env[part]}`);
    }
  }
}

/** CDK does not know by which key an imported bucket encrypts. */
function sayWhatKeysAreUnknown(scope: Construct, source: Place, destination: Place, reports: Place): void {
  const of = { bucket: [source, 'sourceKey'], destinationBucket: [destination, 'destinationKey'], reportBucket: [reports, 'encryptionKey'] } as const;
  for (const [prop, [{ bucket, key }, keyProp]] of Object.entries(of)) {
    if (Resource.isOwnedResource(bucket) || key || (prop === 'destinationBucket' && areInSameBucket(destination, source))) {
      continue;
    }
    Annotations.of(scope).addInfoV2(`cdk-s3-dated-archiver:imported-${prop}`,
      `${prop} is imported: if it encrypts with a KMS key of yours, give that key as ${keyProp}, or the run is denied its use`);
  }
}

/** A bucket of another account decides itself who may write to it. */
function warnAboutBucketPolicy(scope: Construct, destination: Place): void {
  const { bucket } = destination;
  if (!areKnownToDiffer(bucket.env.account, Stack.of(scope).account)) { return; }
  const Principal = { AWS: '<ARNs of the roles of ArchiveBatch and ReportRun>' };
  const statements = [
    statement(DESTINATION_ACTIONS, objectArns(destination)),
    listUnder(destination),
    statement(DESTINATION_BUCKET_ACTIONS, bucket.bucketArn),
  ].map((each) => ({ ...each.toStatementJson() as object, Principal }));
  Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:destinationOfOtherAccount',
    `destinationBucket is in account ${bucket.env.account}, and its policy has to let this archiver write: add ${JSON.stringify(Stack.of(scope).resolve(statements))}`);
}

/** A prefix in a message; the encoding of a token tells nobody anything. */
function shown(prefix: string): string {
  return Token.isUnresolved(prefix) ? '(a token)' : `"${prefix}"`;
}
