import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { KeyUse } from './key-grants';
import { createStatement } from './statements';
import type { Place } from '../place';

/** The places of an archiver in which manifests may be, and other buckets. */
export interface ManifestPlaces {
  readonly source: Place;
  readonly reports: Place;
  readonly manifestBuckets: readonly s3.IBucket[];
}

/**
 * Lets the list-objects function read manifests, and look at source objects that a manifest does not describe. Whoever starts a run
 * names the manifest, so no prefix is known here.
 */
export function grantManifests(role: iam.IRole, { source, reports, manifestBuckets }: ManifestPlaces): KeyUse[] {
  const buckets = [...new Set([source.bucket, reports.bucket, ...manifestBuckets])];
  role.addToPrincipalPolicy(createStatement(['s3:GetObject'], ...new Set(buckets.map((bucket) => bucket.arnForObjects('*')))));
  const keys = [source.key, ...buckets.map((bucket) => bucket.encryptionKey)];
  return keys.map((key) => ({ role, key, actions: ['kms:Decrypt'] }));
}
