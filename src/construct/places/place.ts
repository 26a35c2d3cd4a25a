import { type IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/**
 * The objects of a bucket whose keys start with a prefix, and the KMS key that encrypts them if it
 * is known.
 */
export interface Place {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  readonly key?: kms.IKey;
  readonly keepsObjects?: boolean;
  /** Archived objects may be copied back here. */
  readonly allowsRestore?: boolean;
  /** Small objects are packed here. */
  readonly holdsPacks?: boolean;
  /** Objects in Glacier are restored. */
  readonly restoresObjects?: boolean;
  /** Objects are locked when they are copied here. */
  readonly locksObjects?: boolean;
}

/**
 * CDK knows the key of a resource that this app defines, also if there is none. For an imported
 * one, the `encryptionKey` prop tells it.
 */
export function findKey(
  resource: IResource,
  knownKey: kms.IKey | undefined,
  encryptionKey: kms.IKey | undefined,
): kms.IKey | undefined {
  return knownKey ?? (Resource.isOwnedResource(resource) ? undefined : encryptionKey);
}

/** Undefined: the bucket is not of this app. */
export function findCfnBucket(bucket: s3.IBucket): s3.CfnBucket | undefined {
  const resource = Resource.isOwnedResource(bucket) ? bucket.node.defaultChild : undefined;
  return resource instanceof s3.CfnBucket ? resource : undefined;
}

/**
 * Returns true if both values are known and differ. A token is unknown, so it never differs from
 * anything.
 */
export function areKnownToDiffer(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}

export function isInOtherAccount(scope: Construct, { env }: IResource): boolean {
  return areKnownToDiffer(env.account, Stack.of(scope).account);
}

/**
 * Returns true if both places are in one bucket. The names of one bucket of this app are the same
 * token.
 */
export function areInSameBucket(one: Place, other: Place): boolean {
  return one.bucket.bucketName === other.bucket.bucketName;
}

export function areSamePlace(one: Place, other: Place): boolean {
  return areInSameBucket(one, other) && one.prefix === other.prefix;
}

export function isInside(inner: Place, outer: Place): boolean {
  return (
    areInSameBucket(inner, outer) &&
    !Token.isUnresolved(inner.prefix) &&
    !Token.isUnresolved(outer.prefix) &&
    inner.prefix.startsWith(outer.prefix)
  );
}
