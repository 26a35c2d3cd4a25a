import { Annotations, Aspects, type IAspect, Stack, Token } from 'aws-cdk-lib';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';
import { areInSameBucket, type Place } from './places/place';

/**
 * Warns where the versioning of a bucket of this app costs money or versions. Lifecycle rules may be added after the
 * archiver, so this looks at the buckets when the app is synthesized.
 */
export function warnAboutVersions(scope: Construct, source: Place, destination: Place): void {
  Aspects.of(scope).add(new VersioningAspect(scope, source, destination));
}

class VersioningAspect implements IAspect {
  constructor(private readonly scope: Construct, private readonly source: Place, private readonly destination: Place) {
  }

  public visit(node: IConstruct): void {
    if (node !== this.scope) { return; }
    this.warnAboutSuspension('bucket', this.source.bucket);
    if (!areInSameBucket(this.source, this.destination)) { this.warnAboutSuspension('destinationBucket', this.destination.bucket); }

    const versioning = readVersioning(this.source.bucket);
    if (versioning?.status !== 'Enabled' || versioning.rules.some((rule) => expiresVersionsOf(rule, this.source.prefix))) { return; }
    Annotations.of(this.scope).addWarningV2('cdk-s3-dated-archiver:versionedSource',
      'bucket is versioned and has no lifecycle rule that expires noncurrent versions, so every archived object is paid for twice, without end: its version at the source stays when it is moved. '
      + `Add a rule such as bucket.addLifecycleRule({ ${this.describePrefix()}noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true })`);
  }

  private describePrefix(): string {
    const { prefix } = this.source;
    return prefix === '' || Token.isUnresolved(prefix) ? '' : `prefix: '${prefix}', `;
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html */
  private warnAboutSuspension(prop: string, bucket: IBucket): void {
    if (readVersioning(bucket)?.status !== 'Suspended') { return; }
    Annotations.of(this.scope).addWarningV2(`cdk-s3-dated-archiver:suspendedVersioning-${prop}`,
      `the versioning of ${prop} is suspended, so a write or a delete replaces the version of its key that has the id "null", also where that is an older version: `
      + 'enable versioning if older versions matter');
  }
}

interface Versioning {
  readonly status?: string;
  readonly rules: readonly Rule[];
}

/** The properties that matter of a lifecycle rule, as CloudFormation has them. */
interface Rule {
  readonly status?: unknown;
  readonly prefix?: string;
  readonly tagFilters?: readonly unknown[];
  readonly objectSizeGreaterThan?: unknown;
  readonly objectSizeLessThan?: unknown;
  readonly noncurrentVersionExpiration?: unknown;
  readonly noncurrentVersionExpirationInDays?: unknown;
}

/** Reads the versioning of a bucket that this app defines. Of an imported bucket it is unknown. */
function readVersioning(bucket: IBucket): Versioning | undefined {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) { return undefined; }
  const resolve = (value: unknown) => Stack.of(resource).resolve(value) as unknown;
  const versioning = resolve(resource.versioningConfiguration) as { status?: string } | undefined;
  const lifecycle = resolve(resource.lifecycleConfiguration) as { rules?: Rule[] } | undefined;
  return { status: versioning?.status, rules: lifecycle?.rules ?? [] };
}

/** Returns true if a rule expires the noncurrent versions of all keys under the prefix. */
function expiresVersionsOf(rule: Rule, prefix: string): boolean {
  const expires = rule.noncurrentVersionExpiration ?? rule.noncurrentVersionExpirationInDays;
  const filters = [rule.tagFilters?.length || undefined, rule.objectSizeGreaterThan, rule.objectSizeLessThan];
  const isPartial = filters.some((filter) => filter !== undefined);
  const covers = rule.prefix === undefined || typeof rule.prefix !== 'string' || Token.isUnresolved(prefix) || prefix.startsWith(rule.prefix);
  return expires !== undefined && rule.status === 'Enabled' && !isPartial && covers;
}
