import { Duration, RemovalPolicy, Resource, Stack, TimeZone, Token, Tokenization } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { toFilterSettings } from './filter-settings';
import { areInSameBucket, areKnownToDiffer, type Place } from './place';
import { AlertMode } from '../alert-mode';
import { ArchiveLayout } from '../archive-layout';
import { ConflictPolicy } from '../conflict-policy';
import { ARCHIVE_BATCH_MEMORY } from '../contract/memory';
import { Env, type ListingSettings, type TransferSettings } from '../contract/settings';
import { DateSelection } from '../date-selection';
import { DateSource } from '../date-source';
import { Listing } from '../listing';
import type { ObjectFilter } from '../object-filter';
import type { S3DatedArchiverProps } from '../s3-dated-archiver-props';
import { SourceDisposition } from '../source-disposition';
import {
  type BatchBudget, DEFAULT_BATCH_TIMEOUT, DEFAULT_MAX_ATTEMPTS, getExpressBatchSize, getExpressBudget, getExpressConcurrency, getStandardRounds,
  MAX_BATCH_SIZE, MAX_RETRIES, MIN_BATCH_TIMEOUT, type RetrySeconds,
} from './state-machine/batch-budget';

export const DEFAULT_DATE_FORMAT = 'yyyy-MM-dd';

/** The props with their defaults applied. */
export interface Settings {
  readonly source: Place;
  readonly destination: Place;
  readonly dateSource: DateSource;
  readonly selection: DateSelection;
  readonly timeZone: TimeZone;
  readonly filter?: ObjectFilter;
  readonly layout: ArchiveLayout;
  readonly maxConcurrency?: number;
  readonly maxObjectsPerSecond: number;
  readonly batchSize: number;
  /**
   * The highest `maxConcurrency` that the input of a run may have. EXPRESS batches would not finish in time with more.
   */
  readonly maxRunConcurrency?: number;
  readonly toleratedFailurePercentage: number;
  readonly conflictPolicy: ConflictPolicy;
  readonly keepsSources: boolean;
  readonly alertMode: AlertMode;
  readonly reportPrefix: string;
  readonly mapExecutionType: sfn.StateMachineType;
  readonly timeout: Duration;
  readonly retry: RetrySeconds;
  readonly batch: BatchBudget;
  /** MiB, of the functions that move objects. */
  readonly memorySize: number;
  readonly removalPolicy: RemovalPolicy;
  readonly allowRestore: boolean;
  readonly listing: ListingSettings;
  /** Besides those of source and reports. */
  readonly manifestBuckets: readonly s3.IBucket[];
}

/** Applies the defaults, some of which depend on other props. */
export function applyDefaults(props: S3DatedArchiverProps): Settings {
  const destinationBucket = props.destinationBucket ?? props.bucket;
  const mapExecutionType = props.mapExecutionType ?? sfn.StateMachineType.STANDARD;
  const retry = getRetrySeconds(props);
  const batch = getBatchBudget(mapExecutionType, retry, props);
  const maxObjectsPerSecond = props.maxObjectsPerSecond ?? 1_500;
  const listing = props.listing ?? Listing.distributedMap();
  return {
    source: { bucket: props.bucket, prefix: props.prefix ?? '', key: props.sourceKey ?? props.bucket.encryptionKey },
    destination: {
      bucket: destinationBucket,
      prefix: props.destinationPrefix ?? 'archive/',
      key: props.destinationKey ?? destinationBucket.encryptionKey
        // An imported bucket that archives into itself has one key, and `sourceKey` is that key.
        ?? (isImported(destinationBucket) && destinationBucket.bucketName === props.bucket.bucketName ? props.sourceKey : undefined),
    },
    dateSource: props.dateSource ?? DateSource.objectName(DEFAULT_DATE_FORMAT),
    selection: props.selection ?? DateSelection.yesterday(),
    timeZone: props.timeZone ?? props.schedule?.timeZone ?? TimeZone.ETC_UTC,
    layout: props.layout ?? ArchiveLayout.daily(),
    filter: props.filter,
    maxConcurrency: props.maxConcurrency,
    maxObjectsPerSecond,
    ...getBatchLimits(mapExecutionType, batch, maxObjectsPerSecond, props),
    toleratedFailurePercentage: props.toleratedFailurePercentage ?? 0,
    conflictPolicy: props.conflictPolicy ?? ConflictPolicy.REPORT,
    keepsSources: props.sourceDisposition === SourceDisposition.KEEP,
    alertMode: props.alertMode ?? AlertMode.PROBLEMS,
    reportPrefix: props.reportPrefix ?? 'runs/',
    mapExecutionType,
    timeout: props.timeout ?? Duration.days(1),
    retry,
    batch,
    memorySize: props.memorySize ?? ARCHIVE_BATCH_MEMORY,
    removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    allowRestore: props.allowRestore ?? false,
    listing: listing._settings(),
    manifestBuckets: listing._manifestBuckets(),
  };
}

function isImported(bucket: s3.IBucket): boolean {
  return !Resource.isOwnedResource(bucket);
}

/**
 * Returns the environment variables of the handlers. Values may be tokens, which only `toJsonString` and
 * `stringifyNumber` resolve: `JSON.stringify` and `String` would leave the encoding of a number token in the template.
 */
export function getHandlerEnvironment(
  scope: IConstruct, settings: Settings, props: S3DatedArchiverProps, reportBucket: s3.IBucket,
): { [name: string]: string } {
  const json = (value: object) => Stack.of(scope).toJsonString(value);
  const transfer = getTransfer(settings);
  return {
    [Env.SOURCE_BUCKET]: settings.source.bucket.bucketName,
    [Env.SOURCE_PREFIX]: settings.source.prefix,
    [Env.DESTINATION_BUCKET]: settings.destination.bucket.bucketName,
    [Env.DESTINATION_PREFIX]: settings.destination.prefix,
    [Env.DATE_SOURCE]: json(settings.dateSource._settings()),
    [Env.SELECTION]: json(settings.selection._settings()),
    [Env.LAYOUT]: json(settings.layout._settings()),
    ...settings.filter && { [Env.FILTER]: json(toFilterSettings(settings.filter)) },
    [Env.TIME_ZONE]: settings.timeZone.timezoneName,
    ...settings.maxConcurrency !== undefined && { [Env.CONCURRENCY]: Tokenization.stringifyNumber(settings.maxConcurrency) },
    ...settings.maxRunConcurrency !== undefined && { [Env.MAX_RUN_CONCURRENCY]: String(settings.maxRunConcurrency) },
    [Env.MAX_OBJECTS_PER_SECOND]: Tokenization.stringifyNumber(settings.maxObjectsPerSecond),
    [Env.TOLERATED_FAILURE_PERCENTAGE]: Tokenization.stringifyNumber(settings.toleratedFailurePercentage),
    [Env.CONFLICT_POLICY]: settings.conflictPolicy,
    ...settings.keepsSources && { [Env.SOURCE_DISPOSITION]: SourceDisposition.KEEP },
    [Env.ALERT_MODE]: settings.alertMode,
    ...transfer && { [Env.TRANSFER]: json(transfer) },
    ...props.storageClass && { [Env.STORAGE_CLASS]: props.storageClass.value },
    ...props.destinationKey && { [Env.DESTINATION_KEY_ARN]: props.destinationKey.keyArn },
    [Env.REPORT_BUCKET]: reportBucket.bucketName,
    [Env.REPORT_PREFIX]: settings.reportPrefix,
    ...props.reportRetention && { [Env.REPORT_RETENTION_DAYS]: Tokenization.stringifyNumber(props.reportRetention.toDays()) },
    [Env.MAX_ROUNDS]: String(settings.batch.maxRounds),
    [Env.ARCHIVER_NAME]: getArchiverName(scope),
    ...settings.allowRestore && props.sourceKey && { [Env.SOURCE_KEY_ARN]: props.sourceKey.keyArn },
  };
}

function getTransfer({ source, destination }: Settings): TransferSettings | undefined {
  const [from, to] = [source.bucket.env.region, destination.bucket.env.region];
  return !areInSameBucket(source, destination) && areKnownToDiffer(from, to) ? { from, to } : undefined;
}

/**
 * The longest path that is part of the archiver's name. Together with a stack name (at most 128 characters) and the
 * name of a saved query, it fits into 255 characters. CDK has the same limit for the values of metric dimensions.
 */
const MAX_PATH_LENGTH = 90;

/**
 * Returns the archiver's name in metrics, alerts and logs. It is unique in its account and region, because stack names
 * are, and stays the same after every deployment. Construct ids may be long and have any characters, metric dimensions
 * may not: if the path does not qualify, the address of the construct replaces it.
 */
export function getArchiverName(scope: IConstruct): string {
  const stack = Stack.of(scope);
  const path = scope.node.scopes.slice(stack.node.scopes.length).map((child) => child.node.id).join('/');
  // Neither characters that JSON escapes nor braces, which Step Functions intrinsic functions reserve.
  const isName = path.length <= MAX_PATH_LENGTH && /^[\x20-\x7e]+$/.test(path) && !/["\\{}]/.test(path);
  return `${stack.stackName}/${isName ? path : scope.node.addr}`;
}

/**
 * Applies the defaults of the retry policy. A default gives way to a given value, so that `interval` never exceeds
 * `maxDelay`.
 */
function getRetrySeconds({ retryPolicy = {} }: S3DatedArchiverProps): RetrySeconds {
  const interval = retryPolicy.interval?.toSeconds();
  const maxDelay = retryPolicy.maxDelay?.toSeconds();
  return {
    interval: interval ?? atMost(2, maxDelay),
    maxAttempts: retryPolicy.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    backoffRate: retryPolicy.backoffRate ?? 2,
    maxDelay: maxDelay ?? atLeast(60, interval),
  };
}

function atMost(value: number, limit?: number): number {
  return limit === undefined || Token.isUnresolved(limit) ? value : Math.min(value, limit);
}

function atLeast(value: number, limit?: number): number {
  return limit === undefined || Token.isUnresolved(limit) ? value : Math.max(value, limit);
}

/** Returns the timeout, retries and rounds of a batch. */
function getBatchBudget(type: sfn.StateMachineType, retry: RetrySeconds, props: S3DatedArchiverProps): BatchBudget {
  const timeout = props.batchTimeout?.toSeconds();
  if (type === sfn.StateMachineType.EXPRESS) {
    const maxAttempts = props.retryPolicy?.maxAttempts;
    // The arithmetic needs numbers. With tokens, the smallest values are the only safe defaults.
    const unknown = [timeout, ...Object.values(retry)].some((value) => Token.isUnresolved(value));
    if (unknown) { return { timeout: timeout ?? MIN_BATCH_TIMEOUT, maxAttempts: maxAttempts ?? 0, maxRounds: 1 }; }
    return getExpressBudget(retry, { timeout, maxAttempts });
  }
  return {
    timeout: timeout ?? DEFAULT_BATCH_TIMEOUT,
    maxAttempts: retry.maxAttempts,
    maxRounds: getStandardRounds(Token.isUnresolved(retry.maxAttempts) ? MAX_RETRIES : retry.maxAttempts),
  };
}

/** Returns the batch size and the concurrency with which EXPRESS batches finish in time. */
function getBatchLimits(
  type: sfn.StateMachineType, batch: BatchBudget, maxObjectsPerSecond: number, props: S3DatedArchiverProps,
): Pick<Settings, 'batchSize' | 'maxRunConcurrency'> {
  const { maxConcurrency } = props;
  const unknown = [...Object.values(batch), maxObjectsPerSecond, maxConcurrency, props.batchSize].some((value) => Token.isUnresolved(value));
  if (type === sfn.StateMachineType.STANDARD || unknown) { return { batchSize: props.batchSize ?? MAX_BATCH_SIZE }; }
  const batchSize = getExpressBatchSize(batch, maxObjectsPerSecond, { maxConcurrency, batchSize: props.batchSize });
  return { batchSize, maxRunConcurrency: getExpressConcurrency(batch, maxObjectsPerSecond, batchSize) };
}
