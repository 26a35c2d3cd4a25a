import { Resource, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { getObjectArns, hasUnsupportedCharacters } from './statements';
import { areInSameBucket, areKnownToDiffer, type Place } from '../place';

/** Which roles may delete, and where. */
export interface Deleters {
  /** It deletes in the archive. */
  readonly restoreRole?: iam.IRole;
  /** Nobody deletes at the source. */
  readonly keepsSources: boolean;
}

/**
 * Denies every role in the scope to delete in the archive. Without this, `s3:DeleteObject` for a source that is the
 * whole bucket would include an archive in that bucket. A deny also holds against a bucket policy that allows deletes.
 *
 * There is no deny where it could cover the source, because a move deletes there. The restore-batch function is the one that
 * deletes in the archive. For it, all of this holds with the two ends swapped. If sources are kept, no other role may delete
 * at either end.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function denyDeletes(scope: Construct, source: Place, destination: Place, { restoreRole, keepsSources }: Deleters): void {
  const roles = scope.node.findAll().filter((node) => node instanceof iam.Role);
  const movers = roles.filter((role) => role !== restoreRole);
  if (keepsSources) {
    deny(movers, [source, destination]);
  } else {
    denyDeletesOf(movers, source, destination);
  }
  denyDeletesOf(roles.filter((role) => role === restoreRole), destination, source);
}

function denyDeletesOf(roles: iam.Role[], source: Place, destination: Place): void {
  if (!mayDenyCoverSource(source, destination)) { deny(roles, [destination]); }
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
