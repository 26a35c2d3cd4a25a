import { Annotations, CfnResource, Stack, Token } from 'aws-cdk-lib';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { S3DatedArchiverProps } from '../s3-dated-archiver-props';
import { addInfo, atSynth, inAppLanguage } from './places/annotations';
import { areInSameBucket, type Place } from './places/place';
import { hasObjectLock } from './places/statements';
import type { Settings } from './props/settings';
import { toFilterSettings } from '../features/filter/construct/filter-settings';

export function warnAboutDateFolders(
  scope: Construct,
  { dateSource, layout, destination }: Pick<Settings, 'dateSource' | 'layout' | 'destination'>,
): void {
  const { formats } = dateSource._settings();
  const { format, flatten, dropDateFolders } = layout._settings();
  if (Token.isUnresolved(formats) || flatten || dropDateFolders !== undefined) {
    return;
  }
  // A format without a slash may be that of a folder or of a name.
  const folders = formats.find((each) => !Token.isUnresolved(each) && each.includes('/'));
  if (folders === undefined) {
    return;
  }
  const isKnown = !Token.isUnresolved(format) && !Token.isUnresolved(destination.prefix);
  const twice = isKnown ? `, as in ${destination.prefix}${format}${folders}/` : '';
  const example = inAppLanguage(', as in ', 'ArchiveLayout.daily({ dropDateFolders: true })');
  Annotations.of(scope).addWarningV2(
    'cdk-s3-dated-archiver:repeatedDateFolders',
    'dateSource finds the date in the folders of keys, and layout adds folders of the same day ' +
      `before them${twice}. ` +
      `Leave the folders of the key out with the option dropDateFolders${example}. ` +
      'Its value false keeps both',
  );
}

/**
 * Object Lock may be turned on after the archiver is defined, and is known only of buckets of this
 * app.
 */
export function validateRetention(
  scope: Construct,
  { source, destination, retention }: Settings,
): void {
  if (!retention) {
    return;
  }
  const prop = areInSameBucket(source, destination) ? 'bucket' : 'destinationBucket';
  const bucketWithLock = inAppLanguage(
    ', as in ',
    "new Bucket(this, 'Archive', { objectLockEnabled: true })",
  );
  const problem =
    `${prop} has no Object Lock and must have it for retention, since S3 refuses to retain ` +
    `objects without it: turn it on${bucketWithLock}, or omit retention`;
  scope.node.addValidation({
    validate: () => (hasObjectLock(destination.bucket) === false ? [problem] : []),
  });
  if (retention.retentionMode !== 'COMPLIANCE') {
    return;
  }
  const governance = inAppLanguage(', as in ', 'Retention.governance({ years: 7 })');
  Annotations.of(scope).addWarningV2(
    'cdk-s3-dated-archiver:complianceRetention',
    'retention is in COMPLIANCE mode, so nobody, the owner of the account included, can delete ' +
      'an archived version or shorten its retention, and it is paid for until that ends: ' +
      `try GOVERNANCE first${governance}, and acknowledge this warning when you mean it`,
  );
}

/**
 * Warns where the versioning of a bucket of this app costs money or versions. Lifecycle rules may
 * be added after the archiver.
 */
export function warnAboutVersions(scope: Construct, source: Place, destination: Place): void {
  atSynth(scope, () => {
    warnAboutSuspension(scope, 'bucket', source.bucket);
    if (!areInSameBucket(source, destination)) {
      warnAboutSuspension(scope, 'destinationBucket', destination.bucket);
    }

    const versioning = readVersioning(source.bucket);
    if (
      versioning?.status !== 'Enabled' ||
      versioning.rules.some((rule) => expiresVersionsOf(rule, source.prefix))
    ) {
      return;
    }
    const rule = inAppLanguage(', as in ', formatExpirationRule(source.prefix));
    Annotations.of(scope).addWarningV2(
      'cdk-s3-dated-archiver:versionedSource',
      'bucket is versioned and has no lifecycle rule that expires noncurrent versions, so every ' +
        'archived object is paid for twice, without end: ' +
        `its version at the source stays when it is moved. Add such a rule${rule}`,
    );
  });
}

function formatExpirationRule(sourcePrefix: string): string {
  const isWholeBucket = sourcePrefix === '' || Token.isUnresolved(sourcePrefix);
  const prefix = isWholeBucket ? '' : `prefix: '${sourcePrefix}', `;
  return (
    `bucket.addLifecycleRule({ ${prefix}noncurrentVersionExpiration: Duration.days(30), ` +
    'expiredObjectDeleteMarker: true })'
  );
}

/**
 * @see
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html
 */
function warnAboutSuspension(scope: Construct, prop: string, bucket: IBucket): void {
  if (readVersioning(bucket)?.status !== 'Suspended') {
    return;
  }
  Annotations.of(scope).addWarningV2(
    `cdk-s3-dated-archiver:suspendedVersioning-${prop}`,
    `the versioning of ${prop} is suspended, so a write or a delete replaces the version of its ` +
      'key that has the id "null", ' +
      'also where that is an older version: enable versioning if older versions matter',
  );
}

/** Tells where nothing brings a pack back. Object Lock turns versioning on by itself. */
export function informAboutUnprotectedPacks(
  scope: Construct,
  source: Place,
  destination: Place,
): void {
  atSynth(scope, () => {
    const versioning = readVersioning(destination.bucket);
    if (!versioning || versioning.status === 'Enabled' || versioning.hasObjectLock) {
      return;
    }
    const prop = areInSameBucket(source, destination) ? 'bucket' : 'destinationBucket';
    const versionedBucket = inAppLanguage(
      ', as in ',
      "new Bucket(this, 'Archive', { versioned: true })",
    );
    addInfo(
      scope,
      'cdk-s3-dated-archiver:unprotectedPacks',
      `${prop} has neither versioning nor Object Lock, and a pack holds up to 10,000 objects, ` +
        'so deleting one pack loses them all: ' +
        `turn on versioning${versionedBucket}, or Object Lock`,
    );
  });
}

/**
 * Warns if the source has Object Lock: a pack cannot keep the locks of its objects, so they are
 * moved.
 */
export function warnAboutLockedSources(scope: Construct, source: Place): void {
  atSynth(scope, () => {
    if (hasObjectLock(source.bucket) !== true) {
      return;
    }
    Annotations.of(scope).addWarningV2(
      'cdk-s3-dated-archiver:lockedSources',
      'bucket has Object Lock, and a pack cannot keep the lock of each object, so nothing is ' +
        'packed, and each run with objects for packs sends a message that says so: omit packing',
    );
  });
}

/** Tells where the filter leaves nothing that is small enough for a pack. */
export function informAboutLargeObjects(
  scope: Construct,
  { filter, packing }: Pick<S3DatedArchiverProps, 'filter' | 'packing'>,
): void {
  const minSize = filter && toFilterSettings(filter).minSize;
  const { maxObjectSize = Infinity } = packing?._settings() ?? {};
  if (
    minSize === undefined ||
    Token.isUnresolved(minSize) ||
    Token.isUnresolved(maxObjectSize) ||
    minSize <= maxObjectSize
  ) {
    return;
  }
  addInfo(
    scope,
    'cdk-s3-dated-archiver:nothingToPack',
    `filter.minSize is ${minSize} bytes and packs take objects of at most ${maxObjectSize} ` +
      'bytes, so every object is moved and packing does nothing: ' +
      'leave packing out, lower filter.minSize, or raise maxObjectSize of Packing.zip()',
  );
}

const OVERHEAD = {
  whole: 'bills 40 KB more for each object, so an object of 10 KB costs what 50 KB cost',
  small: 'bills each object as at least 128 KB, so an object of 10 KB costs what 128 KB cost',
};
const COLD: { readonly [storageClass: string]: string } = {
  GLACIER: OVERHEAD.whole,
  DEEP_ARCHIVE: OVERHEAD.whole,
  GLACIER_IR: OVERHEAD.small,
  STANDARD_IA: OVERHEAD.small,
  ONEZONE_IA: OVERHEAD.small,
};
/** https://aws.amazon.com/s3/pricing/ */
const SMALL = 128 * 1_024;

/** Tells what small objects cost in a cold class, unless the filter leaves them out. */
export function informAboutSmallObjects(
  scope: Construct,
  { storageClass, filter }: Pick<S3DatedArchiverProps, 'storageClass' | 'filter'>,
): void {
  const overhead = COLD[storageClass?.value ?? ''];
  const minSize = filter && toFilterSettings(filter).minSize;
  if (
    overhead === undefined ||
    (minSize !== undefined && (Token.isUnresolved(minSize) || minSize >= SMALL))
  ) {
    return;
  }
  addInfo(
    scope,
    `cdk-s3-dated-archiver:smallObjectsIn-${storageClass!.value}`,
    `storageClass ${storageClass!.value} ${overhead}: if there are many small objects, ` +
      `pack them${inAppLanguage(' with ', 'packing: Packing.zip()')}, or leave them out with ` +
      'filter.minSize',
  );
}

type Rule = Omit<CfnBucket.RuleProperty, 'tagFilters'> & {
  readonly tagFilters?: readonly unknown[];
};

/** The versioning of a bucket, as far as the template of this app shows it. */
interface Versioning {
  /** Unset: versioning was never turned on. */
  readonly status?: string;
  readonly rules: readonly Rule[];
  /** Undefined: it is not known. */
  readonly hasObjectLock: boolean | undefined;
}

/** Undefined: this app does not define the bucket. */
function readVersioning(bucket: IBucket): Versioning | undefined {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) {
    return undefined;
  }
  const resolve = (value: unknown) => Stack.of(resource).resolve(value) as unknown;
  const versioning = resolve(resource.versioningConfiguration) as { status?: string } | undefined;
  const lifecycle = resolve(resource.lifecycleConfiguration) as { rules?: Rule[] } | undefined;
  return {
    status: versioning?.status,
    rules: lifecycle?.rules ?? [],
    hasObjectLock: hasObjectLock(bucket),
  };
}

function expiresVersionsOf(rule: Rule, prefix: string): boolean {
  const expires = rule.noncurrentVersionExpiration ?? rule.noncurrentVersionExpirationInDays;
  const filters = [
    rule.tagFilters?.length || undefined,
    rule.objectSizeGreaterThan,
    rule.objectSizeLessThan,
  ];
  const isPartial = filters.some((filter) => filter !== undefined);
  const covers =
    rule.prefix === undefined ||
    typeof rule.prefix !== 'string' ||
    Token.isUnresolved(prefix) ||
    prefix.startsWith(rule.prefix);
  return expires !== undefined && rule.status === 'Enabled' && !isPartial && covers;
}

/**
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MAX_RESOURCES = 500;
/**
 * CDK writes a note from this share on, which says neither what an archiver takes nor what to do.
 */
const NEAR = 0.8;

const archiversOf = new WeakMap<Stack, Construct[]>();

/**
 * Warns once a stack near CloudFormation's limit of resources, which comes first: forty resources
 * of an archiver have less than 65,000 bytes.
 */
export function warnAboutStackLimits(scope: Construct): void {
  const stack = Stack.of(scope);
  const archivers = archiversOf.get(stack) ?? [];
  archiversOf.set(stack, archivers);
  if (archivers.push(scope) > 1) {
    return;
  }
  atSynth(scope, () => {
    const resources = countResources(stack);
    if (resources < NEAR * MAX_RESOURCES) {
      return;
    }
    const ofEach =
      archivers.reduce((sum, each) => sum + countResources(each), 0) / archivers.length;
    const more = Math.max(0, Math.floor((MAX_RESOURCES - resources) / ofEach));
    Annotations.of(scope).addWarningV2(
      'cdk-s3-dated-archiver:stackLimits',
      `the stack has ${resources} of at most ${MAX_RESOURCES} resources, and each of its ` +
        `archivers (${archivers.length}) takes ${Math.ceil(ofEach)}, so ${more} more fit: ` +
        'put others into a NestedStack or another Stack, and let archivers share alertTopic and ' +
        'reportBucket, each with its own reportPrefix',
    );
  });
}

function countResources(scope: Construct): number {
  const stack = Stack.of(scope);
  return scope.node
    .findAll()
    .filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
}
