import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import { ApplicationLogLevel, Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { StorageClass } from 'aws-cdk-lib/aws-s3';
import { MIN_BATCH_TIMEOUT } from './batch-budget';
import {
  BOOLEAN,
  BUCKET,
  checked,
  DAYS,
  DURATION,
  having,
  KEY,
  type Kind,
  type Kinds,
  listOf,
  numberOf,
  OBJECT,
  oneOf,
  required,
  SIZE,
  STRING,
  struct,
  TOPIC,
  withSettings,
} from './kinds';
import { SCHEDULE } from './schedule-kind';
import { type AlarmOptions, ArchiverAlarm } from '../../alarm-options';
import { AlertMode } from '../../alert-mode';
import { ConflictPolicy } from '../../conflict-policy';
import { MAX_RETRIES } from '../../contract/batches';
import { checkPrefix } from '../../contract/checks/check-prefix';
import { checkStorageClass } from '../../contract/checks/check-storage-class';
import { isWhole } from '../../contract/checks/is-whole';
import type { GivenName } from '../../contract/given';
import { validateFilter } from '../../features/filter/construct/filter-settings';
import type { GrantOrganizationOptions } from '../../grant-organization-options';
import type { LedgerTableOptions } from '../../ledger-table-options';
import type { ObjectFilter } from '../../object-filter';
import type { RetryPolicy } from '../../retry-policy';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { SourceDisposition } from '../../source-disposition';
import type { VerificationOptions } from '../../verification-options';

const MILLISECONDS = { seconds: 1_000, hours: 3_600_000, days: 86_400_000 };

const wholeNumberOf = (
  unit: keyof typeof MILLISECONDS,
  allowed: string,
  isAllowed: (value: number) => boolean,
) =>
  checked<Duration>(unit === 'days' ? DAYS : DURATION, (name, value) => {
    if (value.isUnresolved() || isAllowed(value.toMilliseconds() / MILLISECONDS[unit])) {
      return;
    }
    throw new Error(`${name} ${value.toHumanString()} must be a whole number of ${unit}${allowed}`);
  });

const SELECTION = withSettings(
  'days',
  'a DateSelection',
  () => 'pass, for example, DateSelection.yesterday()',
);
const GLOBS = listOf(STRING, (glob = '**/*.csv') => `write ['${glob}']`);
const PREFIX = checked<string>(STRING, (name, prefix) => {
  if (!Token.isUnresolved(prefix)) {
    checkPrefix(name, prefix);
  }
  // If a text comes before a token, the start is known.
  if (prefix.startsWith('/')) {
    throw new Error(
      `${name} must not start with "/", because keys start with their first folder: remove the ` +
        '"/" before the token',
    );
  }
});
const RETRY_SECONDS = wholeNumberOf('seconds', ' from 1 to 86,400', isWhole(1, 86_400));

export const PROPS: Kinds<S3DatedArchiverProps> & { readonly [name in GivenName]: Kind } = {
  bucket: BUCKET,
  prefix: PREFIX,
  dateSource: withSettings(
    'formats',
    'a DateSource',
    (format = 'yyyy-MM-dd') => `pass DateSource.objectName('${format}')`,
  ),
  filter: checked<ObjectFilter>(
    struct<ObjectFilter>({
      include: GLOBS,
      exclude: GLOBS,
      minSize: SIZE,
      maxSize: SIZE,
      minAge: DURATION,
    }),
    (_, filter) => validateFilter(filter),
  ),
  listing: withSettings(
    'manifestBuckets',
    'a Listing',
    () => 'pass, for example, Listing.selective()',
  ),
  selection: SELECTION,
  timeZone: having(
    'timezoneName',
    'a TimeZone',
    (name = 'Asia/Tokyo') => `pass TimeZone.of('${name}')`,
  ),
  schedule: SCHEDULE,
  destinationBucket: BUCKET,
  destinationPrefix: PREFIX,
  layout: withSettings(
    'format',
    'an ArchiveLayout',
    () => 'pass, for example, ArchiveLayout.daily()',
  ),
  packing: withSettings('maxPackSize', 'a Packing', () => 'pass, for example, Packing.zip()'),
  glacierSources: having(
    '_restoreFirst',
    'a GlacierSources',
    () => 'pass, for example, GlacierSources.report()',
  ),
  retention: withSettings(
    'retentionMode',
    'a Retention',
    () => 'pass, for example, Retention.governance({ years: 7 })',
  ),
  storageClass: checked<StorageClass>(
    having(
      'value',
      'a StorageClass',
      () => 'pass, for example, StorageClass.GLACIER_INSTANT_RETRIEVAL',
    ),
    (_, { value }) => {
      if (!Token.isUnresolved(value)) {
        checkStorageClass(value);
      }
    },
  ),
  conflictPolicy: oneOf('ConflictPolicy', ConflictPolicy),
  sourceDisposition: oneOf('SourceDisposition', SourceDisposition),
  maxObjectsPerSecond: numberOf('a number greater than 0', (value) => value > 0),
  maxConcurrency: numberOf(
    'a whole number from 1 to 10,000: a Distributed Map runs at most 10,000 child workflows at ' +
      'a time',
    isWhole(1, 10_000),
  ),
  batchSize: numberOf(
    'a whole number from 1 to 1,000: S3 deletes at most 1,000 objects in one request',
    isWhole(1, 1_000),
  ),
  batchTimeout: wholeNumberOf(
    'seconds',
    ` from ${MIN_BATCH_TIMEOUT} to 900: a Lambda function runs for at most 15 minutes`,
    isWhole(MIN_BATCH_TIMEOUT, 900),
  ),
  toleratedFailurePercentage: numberOf(
    'a number from 0 to 100',
    (value) => value >= 0 && value <= 100,
  ),
  retryPolicy: struct<RetryPolicy>({
    interval: RETRY_SECONDS,
    maxAttempts: numberOf(
      `a whole number from 0 to ${MAX_RETRIES}: the execution history of a batch has no room ` +
        'for more',
      isWhole(0, MAX_RETRIES),
    ),
    backoffRate: numberOf('a number of at least 1', (value) => value >= 1),
    maxDelay: RETRY_SECONDS,
  }),
  timeout: wholeNumberOf(
    'seconds',
    ' from 1 to 31,536,000: a STANDARD workflow runs for at most one year',
    isWhole(1, 31_536_000),
  ),
  alertTopic: TOPIC,
  chatTopic: TOPIC,
  alertMode: oneOf('AlertMode', AlertMode),
  reportBucket: BUCKET,
  reportPrefix: PREFIX,
  reportRetention: wholeNumberOf(
    'days',
    ', at least 1: S3 expires objects after whole days',
    isWhole(1),
  ),
  logLevel: oneOf('ApplicationLogLevel', ApplicationLogLevel),
  logRetention: {
    ...numberOf(
      'one of RetentionDays, such as RetentionDays.ONE_YEAR',
      (days) => days in RetentionDays,
    ),
    what: 'one of RetentionDays',
    fix: () => 'pass, for example, RetentionDays.ONE_YEAR',
  },
  tracing: oneOf('Tracing', Tracing),
  removalPolicy: oneOf('RemovalPolicy', RemovalPolicy),
  allowRestore: BOOLEAN,
  sourceKey: KEY,
  destinationKey: KEY,
  encryptionKey: KEY,
  memorySize: numberOf(
    'a whole number from 128 to 10,240: it is the memory of a Lambda function in MiB',
    isWhole(128, 10_240),
  ),
  vpc: having('vpcId', 'a VPC', () => "pass a Vpc, or Vpc.fromLookup(this, 'Vpc', { vpcId })"),
  // CDK checks its fields.
  vpcSubnets: OBJECT,
  securityGroups: listOf(
    having(
      'securityGroupId',
      'a security group',
      () => "pass SecurityGroup.fromSecurityGroupId(this, 'Group', id)",
    ),
    () => 'put it in brackets',
  ),
};

export const VERIFICATION_OPTIONS: Kinds<VerificationOptions> = {
  schedule: required(SCHEDULE),
  selection: SELECTION,
  deep: BOOLEAN,
};
export const LEDGER_TABLE_OPTIONS: Kinds<LedgerTableOptions> = {
  database: required(STRING),
  tableName: STRING,
  firstDay: STRING,
  workGroup: STRING,
};
/** @see https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html */
const ORGANIZATION_ID = /^o-[a-z0-9]{10,32}$/;
export const GRANT_ORGANIZATION_OPTIONS: Kinds<GrantOrganizationOptions> = {
  organizationId: required(
    checked<string>(STRING, (name, id) => {
      if (Token.isUnresolved(id) || ORGANIZATION_ID.test(id)) {
        return;
      }
      throw new Error(
        `${name} "${id}" must be the id of an organization, o- and 10 to 32 lowercase letters ` +
          'and digits: `aws organizations describe-organization` tells it',
      );
    }),
  ),
  destinationPrefix: PREFIX,
};
/** The limits are those of PutMetricAlarm. */
const ACCEPTABLE = numberOf('a whole number of at least 0', isWhole(0));

export const ALARM_OPTIONS: Kinds<AlarmOptions> = {
  noRunCompleted: wholeNumberOf(
    'hours',
    ' from 1 hour to 7 days: an alarm evaluates at most the last 7 days',
    isWhole(1, 168),
  ),
  nothingArrived: numberOf('a number from 0 to 1', (value) => value >= 0 && value <= 1),
  stragglers: ACCEPTABLE,
  oldStragglers: wholeNumberOf('days', ', since the dates in names are days', Number.isInteger),
  undatedObjects: ACCEPTABLE,
  explainerFailed: ACCEPTABLE,
  objectsFailed: ACCEPTABLE,
  objectsUnaccounted: ACCEPTABLE,
  runFailed: ACCEPTABLE,
  exclude: listOf(oneOf('ArchiverAlarm', ArchiverAlarm), () => 'pass [ArchiverAlarm.STRAGGLERS]'),
};
