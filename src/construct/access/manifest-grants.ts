import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { KeyUse } from './key-grants';
import { createStatement, getObjectArns } from './statements';
import { isInOtherAccount, type Place } from '../place';
import type { Resources } from '../resources';

/**
 * Lets the list-objects function read manifests, and look at source objects that a manifest does not describe.
 *
 * Whoever starts a run names the manifest, so the function must not be able to read what is none of the archiver's business: it reads
 * what lies below the archiver's own prefixes, all of a report bucket that nobody else writes to, and buckets that were given for
 * manifests. The bucket of another account need not allow even that: there, a listing shows what a look would.
 */
export function grantManifests(
  scope: Construct, role: iam.IRole, { source, reports }: Pick<Resources, 'source' | 'reports'>, manifestBuckets: readonly s3.IBucket[],
): KeyUse[] {
  const ours = isInOtherAccount(scope, source.bucket) ? [] : [source];
  const places: Place[] = [
    ...ours,
    reports.bucket.node.scope === scope ? { ...reports, prefix: '' } : reports,
    ...manifestBuckets.map((bucket) => ({ bucket, prefix: '' })),
  ];
  role.addToPrincipalPolicy(createStatement(['s3:GetObject'], ...new Set(places.map(getObjectArns))));
  const keys = new Set(places.flatMap(({ bucket, key }) => [key, bucket.encryptionKey]));
  return [...keys].map((key) => ({ role, key, actions: ['kms:Decrypt'] }));
}
