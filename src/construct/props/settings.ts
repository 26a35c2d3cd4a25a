import { Duration, RemovalPolicy, Resource, TimeZone, Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  type BatchBudget,
  DEFAULT_BATCH_TIMEOUT,
  DEFAULT_MAX_ATTEMPTS,
  getExpressBatchSize,
  getExpressBudget,
  getExpressConcurrency,
  getStandardRounds,
  MAX_BATCH_SIZE,
  MAX_RETRIES,
  MIN_BATCH_TIMEOUT,
  type RetrySeconds,
} from './batch-budget';
import { AlertMode } from '../../alert-mode';
import { ArchiveLayout } from '../../archive-layout';
import { ConflictPolicy } from '../../conflict-policy';
import { MAX_PACK_SIZE } from '../../contract/checks/check-packing';
import { ARCHIVE_BATCH_MEMORY, getPackMemory } from '../../contract/memory';
import { DateSelection } from '../../date-selection';
import { DateSource } from '../../date-source';
import { Listing } from '../../listing';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { SourceDisposition } from '../../source-disposition';
import type { Place } from '../places/place';

export type Settings = ReturnType<typeof applyDefaults>;

export function applyDefaults(props: S3DatedArchiverProps) {
  const destinationBucket = props.destinationBucket ?? props.bucket;
  const mapExecutionType = props.mapExecutionType ?? sfn.StateMachineType.STANDARD;
  const retry = getRetrySeconds(props);
  const batch = getBatchBudget(mapExecutionType, retry, props);
  const maxObjectsPerSecond = props.maxObjectsPerSecond ?? 1_500;
  const listing = props.listing ?? (props.packing ? Listing.selective() : Listing.distributedMap());
  const packing = props.packing?._settings();
  const { maxPackSize = 0 } = packing ?? {};
  const glacierSources = props.glacierSources?._restoreFirst();
  const source: Place = {
    bucket: props.bucket,
    prefix: props.prefix ?? '',
    key: props.sourceKey ?? props.bucket.encryptionKey,
    keepsObjects: props.sourceDisposition === SourceDisposition.KEEP,
    restoresObjects: glacierSources !== undefined,
  };
  const destination: Place = {
    bucket: destinationBucket,
    prefix: props.destinationPrefix ?? 'archive/',
    key:
      props.destinationKey ??
      destinationBucket.encryptionKey ??
      // An imported bucket that archives into itself has one key, and `sourceKey` is that key.
      (destinationBucket.bucketName === props.bucket.bucketName &&
      !Resource.isOwnedResource(destinationBucket)
        ? props.sourceKey
        : undefined),
    locksObjects: props.retention !== undefined,
  };
  return {
    source,
    destination,
    dateSource: props.dateSource ?? DateSource.objectName('yyyy-MM-dd'),
    selection: props.selection ?? DateSelection.yesterday(),
    timeZone: props.timeZone ?? props.schedule?.timeZone ?? TimeZone.ETC_UTC,
    layout: props.layout ?? ArchiveLayout.daily(),
    filter: props.filter,
    packing,
    retention: props.retention?._settings(),
    glacierSources,
    maxConcurrency: props.maxConcurrency,
    maxObjectsPerSecond,
    ...getBatchLimits(mapExecutionType, batch, maxObjectsPerSecond, props),
    toleratedFailurePercentage: props.toleratedFailurePercentage ?? 0,
    conflictPolicy: props.conflictPolicy ?? ConflictPolicy.REPORT,
    alertMode: props.alertMode ?? AlertMode.PROBLEMS,
    reportPrefix: props.reportPrefix ?? 'runs/',
    mapExecutionType,
    timeout: props.timeout ?? Duration.days(1),
    retry,
    batch,
    /** MiB, of the functions that move objects. */
    memorySize:
      props.memorySize ??
      Math.max(
        ARCHIVE_BATCH_MEMORY,
        getPackMemory(Token.isUnresolved(maxPackSize) ? MAX_PACK_SIZE : maxPackSize),
      ),
    removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    allowRestore: props.allowRestore ?? false,
    ...listing._settings(),
  };
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

function getBatchBudget(
  type: sfn.StateMachineType,
  retry: RetrySeconds,
  props: S3DatedArchiverProps,
): BatchBudget {
  const timeout = props.batchTimeout?.toSeconds();
  if (type === sfn.StateMachineType.EXPRESS) {
    const maxAttempts = props.retryPolicy?.maxAttempts;
    // The arithmetic needs numbers. With tokens, the smallest values are the only safe defaults.
    const unknown = [timeout, ...Object.values(retry)].some((value) => Token.isUnresolved(value));
    if (unknown) {
      return { timeout: timeout ?? MIN_BATCH_TIMEOUT, maxAttempts: maxAttempts ?? 0, maxRounds: 1 };
    }
    return getExpressBudget(retry, { timeout, maxAttempts });
  }
  return {
    timeout: timeout ?? DEFAULT_BATCH_TIMEOUT,
    maxAttempts: retry.maxAttempts,
    maxRounds: getStandardRounds(
      Token.isUnresolved(retry.maxAttempts) ? MAX_RETRIES : retry.maxAttempts,
    ),
  };
}

function getBatchLimits(
  type: sfn.StateMachineType,
  batch: BatchBudget,
  maxObjectsPerSecond: number,
  props: S3DatedArchiverProps,
): { readonly batchSize: number; readonly maxRunConcurrency?: number } {
  const { maxConcurrency } = props;
  const unknown = [
    ...Object.values(batch),
    maxObjectsPerSecond,
    maxConcurrency,
    props.batchSize,
  ].some((value) => Token.isUnresolved(value));
  if (type === sfn.StateMachineType.STANDARD || unknown) {
    return { batchSize: props.batchSize ?? MAX_BATCH_SIZE };
  }
  const batchSize = getExpressBatchSize(batch, maxObjectsPerSecond, {
    maxConcurrency,
    batchSize: props.batchSize,
  });
  return {
    batchSize,
    maxRunConcurrency: getExpressConcurrency(batch, maxObjectsPerSecond, batchSize),
  };
}
