import { Stack, Tokenization } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { getArchiverName } from './archiver-name';
import type { Settings } from './settings';
import { GIVEN_NAMES, type GivenName } from '../../contract/given';
import type { GivenSettings } from '../../contract/payloads/settings';
import { toVariableName } from '../../contract/variables';
import { toFilterSettings } from '../../features/filter/construct/filter-settings';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { areInSameBucket, areKnownToDiffer, type Place } from '../places/place';

interface Surroundings {
  readonly reports: Place;
  readonly alertTopic: sns.ITopic;
  readonly chatTopic?: sns.ITopic;
  readonly batchLogGroup: logs.ILogGroup;
}

/**
 * Returns the environment variables of all functions. Throws if they are longer than Lambda allows,
 * which would only show during the deployment.
 */
export function createEnvironment(
  scope: IConstruct,
  settings: Settings,
  props: S3DatedArchiverProps,
  { reports, alertTopic, chatTopic, batchLogGroup }: Surroundings,
): { [variable: string]: string } {
  const { source, destination } = settings;
  const [from, to] = [source.bucket.env.region, destination.bucket.env.region];
  const given: GivenSettings = {
    sourceBucket: source.bucket.bucketName,
    sourcePrefix: source.prefix,
    destinationBucket: destination.bucket.bucketName,
    destinationPrefix: destination.prefix,
    dateSource: settings.dateSource._settings(),
    selection: settings.selection._settings(),
    layout: settings.layout._settings(),
    filter: settings.filter && toFilterSettings(settings.filter),
    packing: settings.packing,
    ...getGiven(settings),
    glacierSources: settings.glacierSources,
    timeZone: settings.timeZone.timezoneName,
    keepsSources: source.keepsObjects || undefined,
    conflictPolicy: `${settings.conflictPolicy}`,
    storageClass: props.storageClass?.value,
    destinationKeyArn: props.destinationKey?.keyArn,
    sourceKeyArn: settings.allowRestore ? props.sourceKey?.keyArn : undefined,
    maxConcurrency: settings.maxConcurrency,
    maxObjectsPerSecond: settings.maxObjectsPerSecond,
    toleratedFailurePercentage: settings.toleratedFailurePercentage,
    maxRounds: settings.maxRounds,
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
    transfer:
      !areInSameBucket(source, destination) && areKnownToDiffer(from, to)
        ? { from, to }
        : undefined,
    batch: {
      logGroup: batchLogGroup.logGroupName,
      memoryMb: settings.memorySize,
    },
  };
  const environment = Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [toVariableName(name), toText(scope, value)]),
  );
  checkEnvironmentSize(scope, environment);
  return environment;
}

/** The settings of the props that give something to each copy. */
function getGiven(settings: Settings): Pick<GivenSettings, GivenName> {
  return Object.fromEntries(GIVEN_NAMES.map((name) => [name, settings[name]]));
}

/** Only `toJsonString` and `stringifyNumber` resolve tokens of numbers. */
function toText(scope: IConstruct, value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value === 'number') {
    return Tokenization.stringifyNumber(value);
  }
  return Stack.of(scope).toJsonString(value);
}

/**
 * The limit for names and values together.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_BYTES = 4_096;
/** The size that a token counts as: the longest bucket name. Most tokens are bucket names. */
const BYTES_OF_TOKEN = 63;
/** The ARN of the state machine, which only ExplainFailure gets. */
const OTHER_BYTES = 17 + BYTES_OF_TOKEN;

/** Settings that may be long. One of them has another name than its prop. */
const LONG = [
  'filter',
  'sourcePrefix',
  'destinationPrefix',
  'reportPrefix',
  'dateSource',
  'layout',
  ...GIVEN_NAMES,
] as const satisfies (keyof GivenSettings)[];

function checkEnvironmentSize(
  scope: IConstruct,
  environment: { readonly [variable: string]: string },
): void {
  const bytesOf = (variable: string) =>
    variable.length + countBytes(Stack.of(scope).resolve(environment[variable]));
  const sum = Object.keys(environment).reduce(
    (total, variable) => total + bytesOf(variable),
    OTHER_BYTES,
  );
  if (sum <= MAX_BYTES) {
    return;
  }
  const longest = LONG.filter((name) => toVariableName(name) in environment)
    .map((name) => ({
      prop: name === 'sourcePrefix' ? 'prefix' : name,
      bytes: bytesOf(toVariableName(name)),
    }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3);
  throw new Error(
    `the props need about ${sum} bytes of environment variables, and Lambda allows ${MAX_BYTES} ` +
      'for a function: ' +
      `shorten ${longest.map(({ prop, bytes }) => `${prop} (${bytes} bytes)`).join(', ')}`,
  );
}

/** CloudFormation joins texts with what it knows only then. */
function countBytes(value: unknown): number {
  if (typeof value === 'string') {
    return Buffer.byteLength(value);
  }
  const [separator, parts] = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'] ?? [];
  if (separator === undefined || !Array.isArray(parts)) {
    return BYTES_OF_TOKEN;
  }
  return parts.reduce<number>(
    (total, part) => total + countBytes(part),
    separator.length * (parts.length - 1),
  );
}
