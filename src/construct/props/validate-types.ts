import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import type { StorageClass } from 'aws-cdk-lib/aws-s3';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { MAX_RETRIES, MIN_BATCH_TIMEOUT } from './batch-budget';
import { validateFilter } from './filter-settings';
import type { AlarmOptions } from '../../alarm-options';
import { AlertMode } from '../../alert-mode';
import { ConflictPolicy } from '../../conflict-policy';
import { checkPrefix } from '../../contract/checks/check-prefix';
import { checkStorageClass } from '../../contract/checks/check-storage-class';
import { isWhole } from '../../contract/checks/is-whole';
import type { LedgerTableOptions } from '../../ledger-table-options';
import type { ObjectFilter } from '../../object-filter';
import type { RetryPolicy } from '../../retry-policy';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';
import { SourceDisposition } from '../../source-disposition';
import type { VerificationOptions } from '../../verification-options';

/** What a prop may hold. Tokens of strings, numbers and lists are strings, numbers and lists. */
interface Kind {
  readonly what: string;
  readonly is: (value: unknown) => boolean;
  readonly fix: (given?: string) => string;
  /** Throws if the value is of the kind and not allowed. The values of tokens are known only at run time, and the functions check them there. */
  readonly check?: (name: string, value: never) => void;
  readonly items?: Kind;
  readonly fields?: { readonly [field: string]: Kind };
}

export type Kinds<T> = { readonly [prop in keyof Required<T>]: Kind };

const STRING: Kind = { what: 'a string', is: (value) => typeof value === 'string', fix: () => 'write a string in quotes, or Token.asString() of a token' };
const NUMBER: Kind = { what: 'a number', is: (value) => typeof value === 'number', fix: () => 'write a number without quotes, or Token.asNumber() of a token' };
const BOOLEAN: Kind = { what: 'true or false', is: (value) => typeof value === 'boolean', fix: () => 'write it without quotes' };

const struct = <T>(fields: Kinds<T>): Kind => ({
  what: 'an object', is: (value) => typeof value === 'object' && value !== null && !Array.isArray(value), fix: () => 'write its fields in braces', fields,
});

const listOf = (items: Kind, fix: Kind['fix']): Kind => ({ what: 'a list', is: Array.isArray, fix, items });

const oneOf = (type: string, values: object): Kind => ({
  what: `one of ${Object.values(values).join(', ')}`, is: (value) => Object.values(values).includes(value), fix: () => `use the constants of ${type}`,
});

/** A member tells the class: an app may have several copies of it, and `instanceof` is false for instances of another copy. */
const having = (member: string, what: string, fix: Kind['fix']): Kind => ({ what, is: (value) => typeof value === 'object' && value !== null && member in value, fix });

/** Classes of this package have the same method, and their settings tell them apart. */
const withSettings = (setting: string, what: string, fix: Kind['fix']): Kind => ({
  what, is: (value) => setting in ((value as { _settings?: () => object } | null)?._settings?.() ?? {}), fix,
});

const checked = <T>(kind: Kind, check: (name: string, value: T) => void): Kind => ({ ...kind, check });

const numberOf = (allowed: string, isAllowed: (value: number) => boolean) => checked<number>(NUMBER, (name, value) => {
  if (Token.isUnresolved(value) || (Number.isFinite(value) && isAllowed(value))) { return; }
  throw new Error(`${name} ${value} must be ${allowed}`);
});

const MILLISECONDS = { seconds: 1_000, hours: 3_600_000, days: 86_400_000 };

const wholeNumberOf = (unit: keyof typeof MILLISECONDS, allowed: string, isAllowed: (value: number) => boolean) => (
  checked<Duration>(unit === 'days' ? DAYS : DURATION, (name, value) => {
    if (value.isUnresolved() || isAllowed(value.toMilliseconds() / MILLISECONDS[unit])) { return; }
    throw new Error(`${name} ${value.toHumanString()} must be a whole number of ${unit}${allowed}`);
  })
);

const BUCKET = having('bucketName', 'a bucket', (name = 'my-bucket') => `pass Bucket.fromBucketName(this, 'Bucket', '${name}')`);
const TOPIC = having('topicArn', 'a topic', () => "pass a Topic, or Topic.fromTopicArn(this, 'Topic', arn)");
const KEY = having('keyArn', 'a KMS key', () => "pass a Key, or Key.fromKeyArn(this, 'Key', arn)");
const DURATION = having('toSeconds', 'a Duration', () => 'pass, for example, Duration.minutes(5)');
const DAYS = { ...DURATION, fix: () => 'pass, for example, Duration.days(30)' };
const SIZE = having('toBytes', 'a Size', () => 'pass, for example, Size.mebibytes(1)');
const SCHEDULE = having('expressionString', 'a ScheduleExpression', (text = 'rate(1 day)') => `pass ScheduleExpression.expression('${text}')`);
const SELECTION = withSettings('days', 'a DateSelection', () => 'pass, for example, DateSelection.yesterday()');
const GLOBS = listOf(STRING, (glob = '**/*.csv') => `write ['${glob}']`);
const PREFIX = checked<string>(STRING, (name, prefix) => {
  if (!Token.isUnresolved(prefix)) { checkPrefix(name, prefix); }
  // Of a token with a text before it, the start is known.
  if (prefix.startsWith('/')) { throw new Error(`${name} must not start with "/", because keys start with their first folder: remove the "/" before the token`); }
});
const RETRY_SECONDS = wholeNumberOf('seconds', ' from 1 to 86,400', isWhole(1, 86_400));

export const PROPS: Kinds<S3DatedArchiverProps> = {
  bucket: BUCKET,
  prefix: PREFIX,
  dateSource: withSettings('formats', 'a DateSource', (format = 'yyyy-MM-dd') => `pass DateSource.objectName('${format}')`),
  filter: checked<ObjectFilter>(
    struct<ObjectFilter>({ include: GLOBS, exclude: GLOBS, minSize: SIZE, maxSize: SIZE, minAge: DURATION }), (_, filter) => validateFilter(filter),
  ),
  listing: withSettings('manifestBuckets', 'a Listing', () => 'pass, for example, Listing.selective()'),
  selection: SELECTION,
  timeZone: having('timezoneName', 'a TimeZone', (name = 'Asia/Tokyo') => `pass TimeZone.of('${name}')`),
  schedule: SCHEDULE,
  destinationBucket: BUCKET,
  destinationPrefix: PREFIX,
  layout: withSettings('format', 'an ArchiveLayout', () => 'pass, for example, ArchiveLayout.daily()'),
  packing: withSettings('maxPackSize', 'a Packing', () => 'pass, for example, Packing.zip()'),
  archivedSources: having('_restore', 'an ArchivedSources', () => 'pass, for example, ArchivedSources.report()'),
  retention: withSettings('retentionMode', 'a Retention', () => 'pass, for example, Retention.governance({ years: 7 })'),
  storageClass: checked<StorageClass>(having('value', 'a StorageClass', () => 'pass, for example, StorageClass.GLACIER_INSTANT_RETRIEVAL'), (_, { value }) => {
    if (!Token.isUnresolved(value)) { checkStorageClass(value); }
  }),
  conflictPolicy: oneOf('ConflictPolicy', ConflictPolicy),
  sourceDisposition: oneOf('SourceDisposition', SourceDisposition),
  maxObjectsPerSecond: numberOf('a number greater than 0', (value) => value > 0),
  maxConcurrency: numberOf('a whole number from 1 to 10,000: a Distributed Map runs at most 10,000 child workflows at a time', isWhole(1, 10_000)),
  batchSize: numberOf('a whole number from 1 to 1,000: S3 deletes at most 1,000 objects in one request', isWhole(1, 1_000)),
  batchTimeout: wholeNumberOf('seconds', ` from ${MIN_BATCH_TIMEOUT} to 900: a Lambda function runs for at most 15 minutes`, isWhole(MIN_BATCH_TIMEOUT, 900)),
  mapExecutionType: oneOf('StateMachineType', StateMachineType),
  toleratedFailurePercentage: numberOf('a number from 0 to 100', (value) => value >= 0 && value <= 100),
  retryPolicy: struct<RetryPolicy>({
    interval: RETRY_SECONDS,
    maxAttempts: numberOf(`a whole number from 0 to ${MAX_RETRIES}: the execution history of a batch has no room for more`, isWhole(0, MAX_RETRIES)),
    backoffRate: numberOf('a number of at least 1', (value) => value >= 1),
    maxDelay: RETRY_SECONDS,
  }),
  timeout: wholeNumberOf('seconds', ' from 1 to 31,536,000: a STANDARD workflow runs for at most one year', isWhole(1, 31_536_000)),
  alertTopic: TOPIC,
  chatTopic: TOPIC,
  alertMode: oneOf('AlertMode', AlertMode),
  reportBucket: BUCKET,
  reportPrefix: PREFIX,
  reportRetention: wholeNumberOf('days', ', at least 1: S3 expires objects after whole days', isWhole(1)),
  logLevel: oneOf('ApplicationLogLevel', ApplicationLogLevel),
  logRetention: { ...NUMBER, what: 'one of RetentionDays', fix: () => 'pass, for example, RetentionDays.ONE_YEAR' },
  removalPolicy: oneOf('RemovalPolicy', RemovalPolicy),
  allowRestore: BOOLEAN,
  sourceKey: KEY,
  destinationKey: KEY,
  encryptionKey: KEY,
  memorySize: numberOf('a whole number from 128 to 10,240: it is the memory of a Lambda function in MiB', isWhole(128, 10_240)),
  vpc: having('vpcId', 'a VPC', () => "pass a Vpc, or Vpc.fromLookup(this, 'Vpc', { vpcId })"),
  vpcSubnets: struct({}),
  securityGroups: listOf(having('securityGroupId', 'a security group', () => "pass SecurityGroup.fromSecurityGroupId(this, 'Group', id)"), () => 'put it in brackets'),
};

export const VERIFICATION_OPTIONS: Kinds<VerificationOptions> = { schedule: SCHEDULE, selection: SELECTION, deep: BOOLEAN };
export const LEDGER_TABLE_OPTIONS: Kinds<LedgerTableOptions> = { database: STRING, tableName: STRING, firstDay: STRING, workGroup: STRING };
/** The limits are those of PutMetricAlarm. */
export const ALARM_OPTIONS: Kinds<AlarmOptions> = {
  noRunCompleted: BOOLEAN,
  completedWithin: wholeNumberOf('hours', ' from 1 hour to 7 days: an alarm evaluates at most the last 7 days', isWhole(1, 168)),
  nothingArrived: BOOLEAN,
  minArrivalRatio: numberOf('a number from 0 to 1', (value) => value >= 0 && value <= 1),
  stragglers: BOOLEAN,
  maxStragglers: numberOf('a whole number of at least 0', isWhole(0)),
  maxStragglerAge: wholeNumberOf('days', ', since the dates in names are days', Number.isInteger),
  explainerFailed: BOOLEAN,
  objectsFailed: BOOLEAN,
  objectsUnaccounted: BOOLEAN,
  runFailed: BOOLEAN,
};

const MIN_SIMILARITY = 0.6;

/** The Sorensen-Dice coefficient over pairs of letters finds slips in letters (`bucktet`), in parts (`concurrency`) and in style (`alert_topic`). */
function findMostSimilar(text: string, others: readonly string[]): string | undefined {
  const pairsOf = (each: string) => {
    const letters = each.toLowerCase().replace(/[^a-z]/g, '');
    return Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2));
  };
  const pairs = pairsOf(text);
  const rated = others.map((other) => {
    const rest = pairsOf(other);
    const all = pairs.length + rest.length;
    const shared = pairs.filter((pair) => rest.includes(pair) && rest.splice(rest.indexOf(pair), 1)).length;
    return { other, similarity: 2 * shared / all };
  });
  const best = rated.reduce((one, other) => (other.similarity > one.similarity ? other : one), { other: '', similarity: 0 });
  return best.similarity >= MIN_SIMILARITY ? best.other : undefined;
}

/** Throws if a prop is of another kind than its type says, which only JavaScript does not check by itself, or if its value is not allowed. */
export function validateTypes<T extends object>(values: T, kinds: Kinds<T>, path = ''): void {
  const known = Object.keys(kinds);
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined || field in kinds) { continue; }
    const meant = findMostSimilar(field, known.filter((other) => !(other in values)));
    // An app may extend the type of the props with fields of its own.
    if (meant !== undefined) { throw new Error(`${path}${field} does not exist: perhaps you mean ${path}${meant}`); }
  }
  for (const [field, kind] of Object.entries<Kind>(kinds)) {
    const value = (values as { readonly [field: string]: unknown })[field];
    if (value !== undefined) { validateKind(`${path}${field}`, value, kind); }
  }
}

function validateKind(name: string, value: unknown, kind: Kind): void {
  if (!kind.is(value)) {
    const given = typeof value === 'string' && !Token.isUnresolved(value) ? value : undefined;
    throw new Error(`${name} is ${describe(value)} and must be ${kind.what}: ${kind.fix(given)}`);
  }
  if (kind.fields) { validateTypes(value as { [field: string]: unknown }, kind.fields, `${name}.`); }
  if (kind.items && !Token.isUnresolved(value)) {
    for (const [index, item] of (value as unknown[]).entries()) { validateKind(`${name}[${index}]`, item, kind.items); }
  }
  kind.check?.(name, value as never);
}

function describe(value: unknown): string {
  if (Token.isUnresolved(value)) { return 'a token'; }
  if (typeof value === 'string') { return `the string "${value}"`; }
  if (Array.isArray(value)) { return 'a list'; }
  if (typeof value === 'function') { return 'a function'; }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
