import { Duration, RemovalPolicy, Resource, TimeZone, Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { type RetrySeconds, toPlannedBatchSize } from './batch-budget';
import { AlertMode } from '../../alert-mode';
import { ArchiveLayout } from '../../archive-layout';
import { ConflictPolicy } from '../../conflict-policy';
import { getMaxRounds, MAX_BATCH_SIZE, MAX_RETRIES } from '../../contract/batches';
import {
  DEFAULT_BATCH_TIMEOUT,
  DEFAULT_DATE_FORMAT,
  DEFAULT_DESTINATION_PREFIX,
  DEFAULT_MAX_ATTEMPTS,
  DEFAULT_REPORT_PREFIX,
  DEFAULT_TOLERATED_FAILURE_PERCENTAGE,
  getDefaultRate,
} from '../../contract/defaults';
import type { GivenName } from '../../contract/given';
import { getBatchMemory } from '../../contract/memory';
import type { GivenSettings } from '../../contract/payloads/settings';
import { DateSelection } from '../../date-selection';
import { DateSource } from '../../date-source';
import { MAX_PACK_SIZE } from '../../features/packing/contract/check-packing';
import { Listing } from '../../listing';
import type { ObjectFilter } from '../../object-filter';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { SourceDisposition } from '../../source-disposition';
import { areInSameBucket, findCfnBucket, type Place } from '../places/place';

type GivenToCopies = { readonly [name in GivenName]: GivenSettings[name] };

/** The props with their defaults, and what follows from them. */
export interface Settings extends GivenToCopies {
  readonly source: Place;
  readonly destination: Place;
  readonly dateSource: DateSource;
  readonly selection: DateSelection;
  readonly timeZone: TimeZone;
  readonly layout: ArchiveLayout;
  readonly filter?: ObjectFilter;
  readonly packing: GivenSettings['packing'];
  readonly glacierSources: GivenSettings['glacierSources'];
  readonly maxConcurrency?: number;
  readonly maxObjectsPerSecond: number;
  readonly batchSize: number;
  readonly toleratedFailurePercentage: number;
  readonly conflictPolicy: ConflictPolicy;
  readonly alertMode: AlertMode;
  readonly reportPrefix: string;
  readonly timeout: Duration;
  readonly retry: RetrySeconds;
  /** Seconds, of one invocation of the archive-batch function. */
  readonly batchTimeout: number;
  /** How often that function may be invoked for one batch. */
  readonly maxRounds: number;
  /** MiB, of the functions that move objects. */
  readonly memorySize: number;
  readonly tracing: lambda.Tracing;
  readonly removalPolicy: RemovalPolicy;
  readonly allowRestore: boolean;
  /** How many requests list at the same time. Unset: a Distributed Map lists. */
  readonly listingConcurrency?: number;
  readonly manifestBuckets: readonly s3.IBucket[];
}

export function applyDefaults(props: S3DatedArchiverProps): Settings {
  const retry = getRetrySeconds(props);
  const listing = props.listing ?? (props.packing ? Listing.selective() : Listing.distributedMap());
  const { listingConcurrency, manifestBuckets } = listing._settings();
  const batchTimeout = props.batchTimeout?.toSeconds() ?? DEFAULT_BATCH_TIMEOUT;
  const packing = props.packing?._settings();
  const glacierSources = props.glacierSources?._restoreFirst();
  const source: Place = {
    bucket: props.bucket,
    prefix: props.prefix ?? '',
    key: props.sourceKey ?? props.bucket.encryptionKey,
    keepsObjects: props.sourceDisposition === SourceDisposition.KEEP,
    allowsRestore: props.allowRestore ?? false,
    restoresObjects: glacierSources !== undefined,
  };
  const destination: Place = {
    bucket: props.destinationBucket ?? props.bucket,
    prefix: props.destinationPrefix ?? DEFAULT_DESTINATION_PREFIX,
    key: getDestinationKey(props),
    holdsPacks: packing !== undefined,
    locksObjects: props.retention !== undefined,
  };
  const maxObjectsPerSecond =
    props.maxObjectsPerSecond ?? getDefaultRate(hasOwnBucket(source, destination));
  return {
    source,
    destination,
    dateSource: props.dateSource ?? DateSource.objectName(DEFAULT_DATE_FORMAT),
    selection: props.selection ?? DateSelection.yesterday(),
    timeZone: props.timeZone ?? props.schedule?.timeZone ?? TimeZone.ETC_UTC,
    layout: props.layout ?? ArchiveLayout.daily(),
    filter: props.filter,
    packing,
    retention: props.retention?._settings(),
    glacierSources,
    maxConcurrency: props.maxConcurrency,
    maxObjectsPerSecond,
    batchSize:
      props.batchSize ??
      (listingConcurrency === undefined
        ? MAX_BATCH_SIZE
        : toPlannedBatchSize(batchTimeout, maxObjectsPerSecond, props.maxConcurrency)),
    toleratedFailurePercentage:
      props.toleratedFailurePercentage ?? DEFAULT_TOLERATED_FAILURE_PERCENTAGE,
    conflictPolicy: props.conflictPolicy ?? ConflictPolicy.REPORT,
    alertMode: props.alertMode ?? AlertMode.PROBLEMS,
    reportPrefix: props.reportPrefix ?? DEFAULT_REPORT_PREFIX,
    timeout: props.timeout ?? Duration.days(1),
    retry,
    batchTimeout,
    maxRounds: getMaxRounds(
      Token.isUnresolved(retry.maxAttempts) ? MAX_RETRIES : retry.maxAttempts,
    ),
    memorySize: props.memorySize ?? getMemory(packing?.maxPackSize),
    tracing: props.tracing ?? lambda.Tracing.ACTIVE,
    removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    allowRestore: props.allowRestore ?? false,
    listingConcurrency,
    manifestBuckets,
  };
}

/** Other apps may archive into an imported bucket at the same hour. */
function hasOwnBucket(source: Place, destination: Place): boolean {
  return !areInSameBucket(source, destination) && findCfnBucket(destination.bucket) !== undefined;
}

function getDestinationKey(props: S3DatedArchiverProps): kms.IKey | undefined {
  const { bucket, destinationBucket = bucket, destinationKey, sourceKey } = props;
  const knownKey = destinationKey ?? destinationBucket.encryptionKey;
  if (knownKey) {
    return knownKey;
  }
  // An imported bucket that archives into itself has one key, and `sourceKey` is that key.
  const isImportedSource =
    destinationBucket.bucketName === bucket.bucketName &&
    !Resource.isOwnedResource(destinationBucket);
  return isImportedSource ? sourceKey : undefined;
}

function getMemory(maxPackSize = 0): number {
  return getBatchMemory(Token.isUnresolved(maxPackSize) ? MAX_PACK_SIZE : maxPackSize);
}

/** A default gives way to a given value, so that `interval` never exceeds `maxDelay`. */
function getRetrySeconds({ retryPolicy = {} }: S3DatedArchiverProps): RetrySeconds {
  const interval = retryPolicy.interval?.toSeconds();
  const maxDelay = retryPolicy.maxDelay?.toSeconds();
  return {
    interval: interval ?? bound(2, maxDelay, Math.min),
    maxAttempts: retryPolicy.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    backoffRate: retryPolicy.backoffRate ?? 2,
    maxDelay: maxDelay ?? bound(60, interval, Math.max),
  };
}

function bound(value: number, limit: number | undefined, choose: typeof Math.min): number {
  return limit === undefined || Token.isUnresolved(limit) ? value : choose(value, limit);
}
