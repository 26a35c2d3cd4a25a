import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { hasAnnotations } from './object-annotations';
import { findCfnBucket, type Place } from './place';
import { type AttributeFacts, ATTRIBUTES } from '../../contract/object-attributes';
import { LEDGER_FOLDER, PLAN_FOLDER } from '../../contract/report-places';

/**
 * Everything but locks, which are not needed where no bucket has them, and what S3 does not have
 * where the bucket is.
 */
function getUnlocked({ bucket }: Place): AttributeFacts[] {
  return Object.entries<AttributeFacts>(ATTRIBUTES)
    .filter(([name]) => name !== 'lock' && (name !== 'annotations' || hasAnnotations(bucket)))
    .map(([, facts]) => facts);
}

/**
 * A conditional delete needs `s3:GetObject` as well (S3 "Conditional deletes"). Locks are always
 * readable, because Object Lock can be turned on at any time and outside of the app: an object
 * whose lock is seen and cannot be copied stays, and a lock that is not seen would be lost.
 */
export function getReadActions(place: Place): string[] {
  return [
    's3:GetObject',
    ...getUnlocked(place).flatMap(({ read }) => read),
    ...ATTRIBUTES.lock.read,
  ];
}

/**
 * Returns the actions on copies. Copying an object writes what belongs to it. Reading an object
 * that is there already tells whether it is a duplicate or a conflict. The actions that write locks
 * are needed only if the source may have locks, which CopyObject copies on request, or the archiver
 * sets them.
 * @param comparesLocks what is there already is a duplicate only if it has the lock of its source
 */
export function getDestinationActions(
  source: Place | undefined,
  destination: Place,
  comparesLocks: boolean,
): string[] {
  const mayHaveLocks = hasObjectLock(source?.bucket) !== false;
  return [
    's3:PutObject',
    's3:GetObject',
    's3:AbortMultipartUpload',
    's3:ListMultipartUploadParts',
    ...getUnlocked(destination).flatMap(({ read, write }) => [...write, ...read]),
    ...(mayHaveLocks ? ATTRIBUTES.lock.write : []),
    ...(mayHaveLocks && comparesLocks ? ATTRIBUTES.lock.read : []),
    ...(!mayHaveLocks && destination.locksObjects ? ['s3:PutObjectRetention'] : []),
  ];
}

/** Copies state locks if their sources may have some, or if the archiver sets them. */
export function mayStateLocks(source: Place | undefined, { locksObjects }: Place): boolean {
  return locksObjects === true || hasObjectLock(source?.bucket) !== false;
}

/** Undefined: unknown, because the app imports the bucket. */
export function hasObjectLock(bucket: s3.IBucket | undefined): boolean | undefined {
  const resource = bucket && findCfnBucket(bucket);
  return (
    resource &&
    (Boolean(resource.objectLockEnabled) || resource.objectLockConfiguration !== undefined)
  );
}

export function createStatement(actions: string[], ...resources: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources });
}

/** @param name of the objects below the prefix, in which `*` stands for any text */
export function getObjectArns({ bucket, prefix }: Place, name = '*'): string {
  return bucket.arnForObjects(`${escapeIamWildcards(prefix)}${name}`);
}

export function getLedgers(reports: Place): Place {
  return { ...reports, prefix: `${reports.prefix}${LEDGER_FOLDER}` };
}

/**
 * Returns the ARN patterns of files of all runs. A run's folder is `<day>/<name of the
 * execution>/`, and neither part has a slash.
 */
export function getRunArns(reports: Place, ...names: string[]): string[] {
  return names.map((name) => getObjectArns(reports, `*/*/${name}`));
}

export function getPlanArn(reports: Place): string {
  return getRunArns(reports, `${PLAN_FOLDER}*`)[0];
}

/**
 * Allows listing what PlanRun and ListObjects write for the maps: a file of a plan that is gone
 * must not look like one that is denied.
 */
export function createPlanListStatement(reports: Place): iam.PolicyStatement {
  return createListStatement(reports, `*/*/${PLAN_FOLDER}*`);
}

/**
 * A request that lists the whole bucket may omit the prefix, and only `StringLikeIfExists` matches
 * that (IAM "Condition operators").
 */
export function createListStatement({ bucket, prefix }: Place, name = '*'): iam.PolicyStatement {
  const operator = prefix === '' && name === '*' ? 'StringLikeIfExists' : 'StringLike';
  return new iam.PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { [operator]: { 's3:prefix': `${escapeIamWildcards(prefix)}${name}` } },
  });
}

/**
 * Escapes characters that IAM reads as wildcards or variables. Characters that no policy can
 * contain (API_PutRolePolicy) become wildcards.
 */
export function escapeIamWildcards(prefix: string): string {
  return Token.isUnresolved(prefix)
    ? prefix
    : prefix.replace(/[*?$]/g, '${$&}').replace(UNSUPPORTED_CHARACTERS, '*');
}

const UNSUPPORTED_CHARACTERS = /[^\t\n\r\x20-\xff]+/g;

export function hasUnsupportedCharacters(prefix: string): boolean {
  return prefix.search(UNSUPPORTED_CHARACTERS) !== -1;
}
