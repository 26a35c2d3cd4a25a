import { Annotations, Stack, Token } from 'aws-cdk-lib';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { inAppLanguage } from './places/app-code';
import { atSynth } from './places/at-synth';
import { areInSameBucket, type Place } from './places/place';

/** Warns where the versioning of a bucket of this app costs money or versions. Lifecycle rules may be added after the archiver. */
export function warnAboutVersions(scope: Construct, source: Place, destination: Place): void {
  atSynth(scope, () => {
    warnAboutSuspension(scope, 'bucket', source.bucket);
    if (!areInSameBucket(source, destination)) { warnAboutSuspension(scope, 'destinationBucket', destination.bucket); }

    const versioning = readVersioning(source.bucket);
    if (versioning?.status !== 'Enabled' || versioning.rules.some((rule) => expiresVersionsOf(rule, source.prefix))) { return; }
    const prefix = source.prefix === '' || Token.isUnresolved(source.prefix) ? '' : `prefix: '${source.prefix}', `;
    Annotations.of(scope).addWarningV2('cdk-s3-dated-archiver:versionedSource',
      'bucket is versioned and has no lifecycle rule that expires noncurrent versions, so every archived object is paid for twice, without end: '
      + 'its version at the source stays when it is moved. '
      + `Add such a rule${inAppLanguage(', as in ', `bucket.addLifecycleRule({ ${prefix}noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true })`)}`);
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html */
function warnAboutSuspension(scope: Construct, prop: string, bucket: IBucket): void {
  if (readVersioning(bucket)?.status !== 'Suspended') { return; }
  Annotations.of(scope).addWarningV2(`cdk-s3-dated-archiver:suspendedVersioning-${prop}`,
    `the versioning of ${prop} is suspended, so a write or a delete replaces the version of its key that has the id "null", `
    + 'also where that is an older version: enable versioning if older versions matter');
}

type Rule = Omit<CfnBucket.RuleProperty, 'tagFilters'> & { readonly tagFilters?: readonly unknown[] };

/** Reads the versioning of a bucket that this app defines. Of an imported bucket it is unknown. */
function readVersioning(bucket: IBucket) {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) { return undefined; }
  const resolve = (value: unknown) => Stack.of(resource).resolve(value) as unknown;
  const versioning = resolve(resource.versioningConfiguration) as { status?: string } | undefined;
  const lifecycle = resolve(resource.lifecycleConfiguration) as { rules?: Rule[] } | undefined;
  return { status: versioning?.status, rules: lifecycle?.rules ?? [] };
}

function expiresVersionsOf(rule: Rule, prefix: string): boolean {
  const expires = rule.noncurrentVersionExpiration ?? rule.noncurrentVersionExpirationInDays;
  const filters = [rule.tagFilters?.length || undefined, rule.objectSizeGreaterThan, rule.objectSizeLessThan];
  const isPartial = filters.some((filter) => filter !== undefined);
  const covers = rule.prefix === undefined || typeof rule.prefix !== 'string' || Token.isUnresolved(prefix) || prefix.startsWith(rule.prefix);
  return expires !== undefined && rule.status === 'Enabled' && !isPartial && covers;
}
