import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { KeyUse } from './key-grants';
import { isInOtherAccount } from './place-access';
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
 * names the manifest, so no prefix is known here. The whole bucket of another account is more than anybody should have to give away,
 * so there a manifest has to be elsewhere, and to have ETags and sizes.
 */
export function grantManifests(scope: Construct, role: iam.IRole, { source, reports, manifestBuckets }: ManifestPlaces): KeyUse[] {
  const ours = isInOtherAccount(scope, source.bucket) ? [] : [source];
  const buckets = [...new Set([...ours.map(({ bucket }) => bucket), reports.bucket, ...manifestBuckets])];
  role.addToPrincipalPolicy(createStatement(['s3:GetObject'], ...new Set(buckets.map((bucket) => bucket.arnForObjects('*')))));
  const keys = [...ours.map(({ key }) => key), ...buckets.map((bucket) => bucket.encryptionKey)];
  return keys.map((key) => ({ role, key, actions: ['kms:Decrypt'] }));
}
