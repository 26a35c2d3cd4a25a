import { Resource, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { getObjectArns, hasUnsupportedCharacters } from './statements';
import { areInSameBucket, areKnownToDiffer, type Place } from '../place';

/** The one role that deletes, and whether it does. */
export interface Deleter {
  readonly archiveRole: iam.IRole;
  /** Nobody deletes at the source. */
  readonly keepsSources: boolean;
}

/**
 * Denies every role in the scope to delete in the archive. Without this, `s3:DeleteObject` for a source that is the
 * whole bucket would include an archive in that bucket. A deny also holds against a bucket policy that allows deletes.
 *
 * Only the archive-batch function deletes, and only sources. For its role there is no deny where it could cover the source. If
 * sources are kept, no role may delete at either end.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function denyDeletes(scope: Construct, source: Place, destination: Place, { archiveRole, keepsSources }: Deleter): void {
  const roles = scope.node.findAll().filter((node) => node instanceof iam.Role);
  if (keepsSources) {
    deny(roles, [source, destination]);
    return;
  }
  const isCovered = mayDenyCoverSource(source, destination);
  deny(roles.filter((role) => role !== archiveRole || !isCovered), [destination]);
}

function deny(roles: iam.Role[], places: readonly Place[]): void {
  for (const role of roles) {
    role.addToPrincipalPolicy(new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
      resources: places.map(getObjectArns),
    }));
  }
}

/** Returns true unless the pattern of the destination is known to match no source object outside the archive. */
function mayDenyCoverSource(source: Place, destination: Place): boolean {
  // No policy can name such a prefix, and the wildcard in its place would match more.
  if (hasUnsupportedCharacters(destination.prefix)) { return true; }
  if (areInDifferentBuckets(source, destination)) { return false; }
  return Token.isUnresolved(source.prefix) || Token.isUnresolved(destination.prefix) || source.prefix.startsWith(destination.prefix);
}

/** Returns true if the buckets are known to differ. Two tokens may have the same value: two imported names, for example. */
function areInDifferentBuckets(one: Place, other: Place): boolean {
  const areBothOfThisApp = Resource.isOwnedResource(one.bucket) && Resource.isOwnedResource(other.bucket);
  return areKnownToDiffer(one.bucket.bucketName, other.bucket.bucketName) || (areBothOfThisApp && !areInSameBucket(one, other));
}
