import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { KeyUse } from './key-grants';
import { createStatement } from './statements';
import { isInOtherAccount } from '../place';
import type { Resources } from '../resources';

/**
 * Lets the list-objects function read manifests, and look at source objects that a manifest does not describe. Whoever starts a run
 * names the manifest, so no prefix is known here. The whole bucket of another account is more than anybody should have to give away,
 * so there a manifest has to be elsewhere, and to have ETags and sizes.
 */
export function grantManifests(
  scope: Construct, role: iam.IRole, { source, reports }: Pick<Resources, 'source' | 'reports'>, manifestBuckets: readonly s3.IBucket[],
): KeyUse[] {
  const ours = isInOtherAccount(scope, source.bucket) ? [] : [source];
  const buckets = [...new Set([...ours.map(({ bucket }) => bucket), reports.bucket, ...manifestBuckets])];
  role.addToPrincipalPolicy(createStatement(['s3:GetObject'], ...new Set(buckets.map((bucket) => bucket.arnForObjects('*')))));
  const keys = [...ours.map(({ key }) => key), ...buckets.map((bucket) => bucket.encryptionKey)];
  return keys.map((key) => ({ role, key, actions: ['kms:Decrypt'] }));
}
