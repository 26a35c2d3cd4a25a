import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { AlarmOptions } from '../../alarm-options';
import { AlertMode } from '../../alert-mode';
import { ConflictPolicy } from '../../conflict-policy';
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

const BUCKET = having('bucketName', 'a bucket', (name = 'my-bucket') => `pass Bucket.fromBucketName(this, 'Bucket', '${name}')`);
const TOPIC = having('topicArn', 'a topic', () => "pass a Topic, or Topic.fromTopicArn(this, 'Topic', arn)");
const KEY = having('keyArn', 'a KMS key', () => "pass a Key, or Key.fromKeyArn(this, 'Key', arn)");
const DURATION = having('toSeconds', 'a Duration', () => 'pass, for example, Duration.minutes(5)');
const DAYS = { ...DURATION, fix: () => 'pass, for example, Duration.days(30)' };
const SIZE = having('toBytes', 'a Size', () => 'pass, for example, Size.mebibytes(1)');
const SCHEDULE = having('expressionString', 'a ScheduleExpression', (text = 'rate(1 day)') => `pass ScheduleExpression.expression('${text}')`);
const SELECTION = withSettings('days', 'a DateSelection', () => 'pass, for example, DateSelection.yesterday()');
const GLOBS = listOf(STRING, (glob = '**/*.csv') => `write ['${glob}']`);

export const PROPS: Kinds<S3DatedArchiverProps> = {
  bucket: BUCKET,
  prefix: STRING,
  dateSource: withSettings('formats', 'a DateSource', (format = 'yyyy-MM-dd') => `pass DateSource.objectName('${format}')`),
  filter: struct<ObjectFilter>({ include: GLOBS, exclude: GLOBS, minSize: SIZE, maxSize: SIZE, minAge: DURATION }),
  listing: having('_manifestBuckets', 'a Listing', () => 'pass, for example, Listing.selective()'),
  selection: SELECTION,
  timeZone: having('timezoneName', 'a TimeZone', (name = 'Asia/Tokyo') => `pass TimeZone.of('${name}')`),
  schedule: SCHEDULE,
  destinationBucket: BUCKET,
  destinationPrefix: STRING,
  layout: withSettings('format', 'an ArchiveLayout', () => 'pass, for example, ArchiveLayout.daily()'),
  packing: withSettings('maxPackSize', 'a Packing', () => 'pass, for example, Packing.zip()'),
  storageClass: having('value', 'a StorageClass', () => 'pass, for example, StorageClass.GLACIER_INSTANT_RETRIEVAL'),
  conflictPolicy: oneOf('ConflictPolicy', ConflictPolicy),
  sourceDisposition: oneOf('SourceDisposition', SourceDisposition),
  maxObjectsPerSecond: NUMBER,
  maxConcurrency: NUMBER,
  batchSize: NUMBER,
  batchTimeout: DURATION,
  mapExecutionType: oneOf('StateMachineType', StateMachineType),
  toleratedFailurePercentage: NUMBER,
  retryPolicy: struct<RetryPolicy>({ interval: DURATION, maxAttempts: NUMBER, backoffRate: NUMBER, maxDelay: DURATION }),
  timeout: DURATION,
  alertTopic: TOPIC,
  chatTopic: TOPIC,
  alertMode: oneOf('AlertMode', AlertMode),
  reportBucket: BUCKET,
  reportPrefix: STRING,
  reportRetention: DAYS,
  logLevel: oneOf('ApplicationLogLevel', ApplicationLogLevel),
  logRetention: { ...NUMBER, what: 'one of RetentionDays', fix: () => 'pass, for example, RetentionDays.ONE_YEAR' },
  removalPolicy: oneOf('RemovalPolicy', RemovalPolicy),
  allowRestore: BOOLEAN,
  sourceKey: KEY,
  destinationKey: KEY,
  encryptionKey: KEY,
  memorySize: NUMBER,
  vpc: having('vpcId', 'a VPC', () => "pass a Vpc, or Vpc.fromLookup(this, 'Vpc', { vpcId })"),
  vpcSubnets: struct({}),
  securityGroups: listOf(having('securityGroupId', 'a security group', () => "pass SecurityGroup.fromSecurityGroupId(this, 'Group', id)"), () => 'put it in brackets'),
};

export const VERIFICATION_OPTIONS: Kinds<VerificationOptions> = { schedule: SCHEDULE, selection: SELECTION, deep: BOOLEAN };
export const LEDGER_TABLE_OPTIONS: Kinds<LedgerTableOptions> = { database: STRING, tableName: STRING, firstDay: STRING, workGroup: STRING };
export const ALARM_OPTIONS: Kinds<AlarmOptions> = {
  noRunCompleted: BOOLEAN,
  completedWithin: DURATION,
  nothingArrived: BOOLEAN,
  minArrivalRatio: NUMBER,
  stragglers: BOOLEAN,
  maxStragglers: NUMBER,
  maxStragglerAge: DAYS,
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

/** Throws if a prop is of another kind than its type says, which only JavaScript does not check by itself. */
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
}

function describe(value: unknown): string {
  if (Token.isUnresolved(value)) { return 'a token'; }
  if (typeof value === 'string') { return `the string "${value}"`; }
  if (Array.isArray(value)) { return 'a list'; }
  if (typeof value === 'function') { return 'a function'; }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
