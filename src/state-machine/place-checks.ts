import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DESTINATION_ACTIONS } from './permissions';
import { Place } from './settings';

/** Checks how source, destination and reports lie to each other, as far as the names are known. */
export function checkPlaces(scope: Construct, source: Place, destination: Place, reports: Place): void {
  checkHome(scope, 'bucket', source.bucket, 'a Distributed Map lists no other');
  checkHome(scope, 'reportBucket', reports.bucket, 'a Distributed Map writes its results to no other');
  sayWhatForeignBucketNeeds(scope, destination);
  for (const [prop, place] of [['prefix', source], ['destinationPrefix', destination], ['reportPrefix', reports]] as const) {
    if (place.prefix.startsWith('/')) {
      Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:leadingSlash',
        `${prop} "${place.prefix}" starts with "/": keys seldom do; "/" is then the first character of every key, not the root of the bucket`);
    }
  }

  if (isSame(source, destination)) {
    throw new Error(`destinationPrefix "${destination.prefix}" must differ from prefix in the same bucket, since everything archived would be listed again: `
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
      + 'give another reportPrefix or reportBucket');
  }
}

/** Refuses a bucket that is known to be elsewhere than the stack. */
function checkHome(scope: Construct, prop: string, bucket: s3.IBucket, why: string): void {
  const stack = Stack.of(scope);
  for (const part of ['account', 'region'] as const) {
    if (differ(bucket.env[part], stack[part])) {
      throw new Error(`${prop} is in ${part} ${bucket.env[part]} and must be in ${stack[part]}, the ${part} of the archiver's stack, since ${why}: `
        + `define the archiver in a stack in ${bucket.env[part]}`);
    }
  }
}

/** A bucket of another account decides itself who may write to it. */
function sayWhatForeignBucketNeeds(scope: Construct, { bucket, prefix }: Place): void {
  if (!differ(bucket.env.account, Stack.of(scope).account)) return;
  const Principal = { AWS: '<ARNs of the roles of ArchiveBatch and ReportRun>' };
  const statements = [
    { Effect: 'Allow', Principal, Action: DESTINATION_ACTIONS, Resource: `${bucket.bucketArn}/${prefix}*` },
    { Effect: 'Allow', Principal, Action: 's3:ListBucket', Resource: bucket.bucketArn, Condition: { StringLike: { 's3:prefix': `${prefix}*` } } },
  ];
  Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:destinationOfOtherAccount',
    `destinationBucket is in account ${bucket.env.account}, and its policy has to let this archiver write: add ${JSON.stringify(Stack.of(scope).resolve(statements))}`);
}

/** Whether both are known and not the same. */
export function differ(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}

function isSame(one: Place, other: Place): boolean {
  return one.bucket.bucketName === other.bucket.bucketName && one.prefix === other.prefix;
}

/** Whether `inner` is known to lie inside `outer`, or to be the same. Names of one bucket are the same token. */
function isInside(inner: Place, outer: Place): boolean {
  return inner.bucket.bucketName === outer.bucket.bucketName
    && !Token.isUnresolved(inner.prefix) && !Token.isUnresolved(outer.prefix)
    && inner.prefix.startsWith(outer.prefix);
}
