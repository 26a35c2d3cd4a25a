import { type IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import type { Settings } from './settings';
import { checkBucket } from '../../contract/checks/check-bucket';
import { checkPackIndex } from '../../contract/checks/check-pack-index';
import { checkReports } from '../../dates/check-reports';
import { parseLayoutFormat } from '../../dates/date-format';
import { addInfo } from '../places/annotations';
import {
  areInSameBucket,
  areKnownToDiffer,
  areSamePlace,
  isInside,
  type Place,
} from '../places/place';
import { escapeIamWildcards, hasUnsupportedCharacters } from '../places/statements';

export function validatePlaces(scope: Construct, settings: Settings, reports: Place): void {
  const { source, destination } = settings;
  checkBucketNames({ bucket: source, destinationBucket: destination, reportBucket: reports });
  validatePartition(scope, 'bucket', source.bucket);
  validatePartition(scope, 'destinationBucket', destination.bucket);
  if (isListedByMap(settings)) {
    validateLocation(
      scope,
      'bucket',
      source.bucket,
      'a Distributed Map lists only buckets of its own account and region',
      { remedy: 'set listing: Listing.selective(), or ' },
    );
  }
  validateLocation(
    scope,
    'reportBucket',
    reports.bucket,
    'a Distributed Map writes results only to buckets of its own account and region',
  );
  informAboutUnknownKeys(scope, source, destination, reports);
  informAboutWildcards(scope, {
    prefix: source,
    destinationPrefix: destination,
    reportPrefix: reports,
  });
  validateDestination(scope, settings);
  validateWrites(settings, reports);
}

/** A Distributed Map lists the bucket, unless the archiver lists selectively. */
function isListedByMap({ listingConcurrency }: Settings): boolean {
  return listingConcurrency === undefined;
}

function checkBucketNames(places: { readonly [prop: string]: Place }): void {
  for (const [prop, { bucket }] of Object.entries(places)) {
    // CDK takes "accesspoint" for the name of the bucket if it gets the ARN of an access point.
    for (const name of [bucket.bucketArn, bucket.bucketName]) {
      if (!Token.isUnresolved(name)) {
        checkBucket(prop, name);
      }
    }
  }
}

function informAboutWildcards(scope: Construct, places: { readonly [prop: string]: Place }): void {
  for (const [prop, { prefix }] of Object.entries(places)) {
    if (!Token.isUnresolved(prefix) && hasUnsupportedCharacters(prefix)) {
      addInfo(
        scope,
        `cdk-s3-dated-archiver:wildcardFor-${prop}`,
        `${prop} ${quotePrefix(prefix)} has characters that IAM policies cannot contain, such ` +
          `as those above U+00FF: the permissions are for ${escapeIamWildcards(prefix)}*`,
      );
    }
  }
}

function validateDestination(scope: Construct, settings: Settings): void {
  const { source, destination } = settings;
  if (areSamePlace(source, destination)) {
    const other = ['archive/', 'archived/'].find((prefix) => prefix !== source.prefix);
    throw new Error(
      `prefix and destinationPrefix are both ${quotePrefix(source.prefix)} in the same bucket, ` +
        'but must differ, since archived objects would be listed again: ' +
        `set another destinationPrefix, such as "${other}", or another destinationBucket`,
    );
  }
  if (isInside(destination, source) && isListedByMap(settings)) {
    addInfo(
      scope,
      'cdk-s3-dated-archiver:destinationInsidePrefix',
      `destinationPrefix "${destination.prefix}" lies inside prefix "${source.prefix}": ` +
        'archived objects are never archived again, but every run lists them, so listing takes ' +
        'longer as the archive grows; ' +
        'to avoid that, set listing: Listing.selective(), a destinationPrefix outside of ' +
        'prefix, or another destinationBucket',
    );
  }
}

/**
 * No archived object, report or index of packs may get where another one belongs. The functions
 * check it where a value is a token.
 */
function validateWrites({ source, destination, layout, packing }: Settings, reports: Place): void {
  const { format } = layout._settings();
  const values = [source.prefix, destination.prefix, reports.prefix, format];
  if (values.some((value) => Token.isUnresolved(value))) {
    return;
  }
  const places = {
    sourceBucket: source.bucket.bucketName,
    sourcePrefix: source.prefix,
    destinationBucket: destination.bucket.bucketName,
    destinationPrefix: destination.prefix,
    layout: parseLayoutFormat(format),
    reportBucket: reports.bucket.bucketName,
    reportPrefix: reports.prefix,
  };
  checkReports(places);
  if (packing) {
    checkPackIndex(places);
  }
}

/**
 * Validates the regions of the topics. Their account may be another one, whose topic policy then
 * must allow publishing.
 */
export function validateTopics(
  scope: Construct,
  alertTopic: sns.ITopic,
  chatTopic?: sns.ITopic,
): void {
  for (const [prop, topic] of Object.entries({ alertTopic, chatTopic })) {
    if (topic) {
      validateLocation(scope, prop, topic, 'SNS publishes only to topics of its own region', {
        parts: ['region'],
      });
    }
  }
  if (chatTopic?.topicArn === alertTopic.topicArn) {
    throw new Error(
      'chatTopic is alertTopic and must be another topic, since its subscribers would get each ' +
        'message twice, once in the envelope for chats: pass another topic',
    );
  }
}

function validateLocation(
  scope: Construct,
  prop: string,
  { env }: IResource,
  why: string,
  options: { parts?: ('account' | 'region')[]; remedy?: string } = {},
): void {
  const stack = Stack.of(scope);
  const { parts = ['account', 'region'], remedy = '' } = options;
  for (const part of parts) {
    if (areKnownToDiffer(env[part], stack[part])) {
      throw new Error(
        `${prop} is in ${part} ${env[part]} and must be in ${stack[part]}, the ${part} of the ` +
          `archiver's stack, since ${why}: ` +
          `${remedy}define the archiver in a stack in ${env[part]}`,
      );
    }
  }
}

/**
 * No role has access to another partition:
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 */
function validatePartition(scope: Construct, prop: string, { env }: IResource): void {
  const regions = [env.region, Stack.of(scope).region];
  if (regions.some((region) => Token.isUnresolved(region))) {
    return;
  }
  const [theirs, ours] = regions.map((region) => RegionInfo.get(region).partition);
  if (theirs !== undefined && ours !== undefined && theirs !== ours) {
    throw new Error(
      `${prop} is in region ${regions[0]}, which belongs to the partition ${theirs}, and must ` +
        `be in ${ours}, the partition of the archiver's stack, since ` +
        'requests never go from one partition to another: define the archiver in a stack in ' +
        `${regions[0]}`,
    );
  }
}

function informAboutUnknownKeys(
  scope: Construct,
  source: Place,
  destination: Place,
  reports: Place,
): void {
  const buckets = {
    bucket: [source, 'sourceKey'],
    destinationBucket: [destination, 'destinationKey'],
    reportBucket: [reports, 'encryptionKey'],
  } as const;
  for (const [prop, [{ bucket, key }, keyProp]] of Object.entries(buckets)) {
    // The same bucket is named only once.
    const isSource = prop === 'destinationBucket' && areInSameBucket(destination, source);
    if (key || isSource || Resource.isOwnedResource(bucket)) {
      continue;
    }
    addInfo(
      scope,
      `cdk-s3-dated-archiver:imported-${prop}`,
      `${prop} is imported, so its KMS key is unknown: if it is encrypted with a customer ` +
        `managed key, pass that key as ${keyProp}, or runs are denied its use`,
    );
  }
}

/** Quotes a prefix for a message. A token has no value yet, and its encoding would only confuse. */
function quotePrefix(prefix: string): string {
  return Token.isUnresolved(prefix) ? '(a token)' : `"${prefix}"`;
}
