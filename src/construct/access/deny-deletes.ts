import { Resource, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { areInSameBucket, areKnownToDiffer, type Place } from '../places/place';
import { getObjectArns, hasUnsupportedCharacters } from '../places/statements';

/**
 * Denies every role in the scope to delete in the archive, also against a bucket policy that allows
 * it and where the source is the whole bucket. The role of archive-batch, which alone deletes
 * sources, gets no deny that could cover the source, unless sources are kept.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function denyDeletes(
  scope: Construct,
  source: Place,
  destination: Place,
  archiveRole: iam.IRole,
): void {
  const resources = (source.keepsObjects ? [source, destination] : [destination]).map((place) =>
    getObjectArns(place),
  );
  const isArchiveFree = !source.keepsObjects && mayDenyCoverSource(source, destination);
  for (const role of scope.node.findAll().filter((node) => node instanceof iam.Role)) {
    if (role === archiveRole && isArchiveFree) {
      continue;
    }
    const actions = ['s3:DeleteObject', 's3:DeleteObjectVersion'];
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({ effect: iam.Effect.DENY, actions, resources }),
    );
  }
}

/**
 * Returns true unless the pattern of the destination is known to match no source object outside the
 * archive.
 */
function mayDenyCoverSource(source: Place, destination: Place): boolean {
  // A policy cannot contain this prefix, and a wildcard in its place would match more keys.
  if (hasUnsupportedCharacters(destination.prefix)) {
    return true;
  }
  // Two tokens may have the same value: two imported names, for example.
  const areBothOfThisApp =
    Resource.isOwnedResource(source.bucket) && Resource.isOwnedResource(destination.bucket);
  const areOtherNames = areKnownToDiffer(source.bucket.bucketName, destination.bucket.bucketName);
  if (areOtherNames || (areBothOfThisApp && !areInSameBucket(source, destination))) {
    return false;
  }
  return (
    Token.isUnresolved(source.prefix) ||
    Token.isUnresolved(destination.prefix) ||
    source.prefix.startsWith(destination.prefix)
  );
}
