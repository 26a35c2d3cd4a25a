import { Stack, Tokenization } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { getArchiverName } from './archiver-name';
import { toFilterSettings } from './filter-settings';
import type { Settings } from './settings';
import type { GivenSettings } from '../../contract/payloads/settings';
import { toVariableName } from '../../contract/variables';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { areInSameBucket, areKnownToDiffer, type Place } from '../places/place';

interface Surroundings {
  readonly reports: Place;
  readonly alertTopic: sns.ITopic;
  readonly chatTopic?: sns.ITopic;
  readonly batchLogGroup: logs.ILogGroup;
}

/**
 * Returns the environment variables that have the settings. Values may be tokens, which only `toJsonString` and
 * `stringifyNumber` resolve: `JSON.stringify` and `String` would leave the encoding of a number token in the template.
 */
export function createEnvironment(
  scope: IConstruct, settings: Settings, props: S3DatedArchiverProps, surroundings: Surroundings,
): { [variable: string]: string } {
  const given = Object.entries(toGivenSettings(scope, settings, props, surroundings)).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [
    toVariableName(name),
    typeof value === 'string' ? value : typeof value === 'number' ? Tokenization.stringifyNumber(value) : Stack.of(scope).toJsonString(value),
  ]));
}

function toGivenSettings(
  scope: IConstruct, settings: Settings, props: S3DatedArchiverProps, { reports, alertTopic, chatTopic, batchLogGroup }: Surroundings,
): GivenSettings {
  const { source, destination } = settings;
  return {
    sourceBucket: source.bucket.bucketName,
    sourcePrefix: source.prefix,
    destinationBucket: destination.bucket.bucketName,
    destinationPrefix: destination.prefix,
    dateSource: settings.dateSource._settings(),
    selection: settings.selection._settings(),
    layout: settings.layout._settings(),
    filter: settings.filter && toFilterSettings(settings.filter),
    timeZone: settings.timeZone.timezoneName,
    keepsSources: source.keepsObjects || undefined,
    conflictPolicy: `${settings.conflictPolicy}`,
    storageClass: props.storageClass?.value,
    destinationKeyArn: props.destinationKey?.keyArn,
    sourceKeyArn: settings.allowRestore ? props.sourceKey?.keyArn : undefined,
    maxConcurrency: settings.maxConcurrency,
    maxRunConcurrency: settings.maxRunConcurrency,
    maxObjectsPerSecond: settings.maxObjectsPerSecond,
    toleratedFailurePercentage: settings.toleratedFailurePercentage,
    maxRounds: settings.batch.maxRounds,
    listingConcurrency: settings.listingConcurrency,
    batchSize: settings.batchSize,
    allowRestore: settings.allowRestore || undefined,
    alertMode: `${settings.alertMode}`,
    alertTopicArn: alertTopic.topicArn,
    chatTopicArn: chatTopic?.topicArn,
    reportBucket: reports.bucket.bucketName,
    reportPrefix: reports.prefix,
    reportRetentionDays: props.reportRetention?.toDays(),
    archiverName: getArchiverName(scope),
    transfer: getTransfer(settings),
    batch: {
      logGroup: batchLogGroup.logGroupName,
      memoryMb: settings.memorySize,
      express: settings.mapExecutionType === sfn.StateMachineType.EXPRESS,
    },
  };
}

function getTransfer({ source, destination }: Settings): GivenSettings['transfer'] {
  const [from, to] = [source.bucket.env.region, destination.bucket.env.region];
  return !areInSameBucket(source, destination) && areKnownToDiffer(from, to) ? { from, to } : undefined;
}
