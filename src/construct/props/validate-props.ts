import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { MAX_RETRIES, MIN_BATCH_TIMEOUT } from './batch-budget';
import { validateFilter } from './filter-settings';
import type { Settings } from './settings';
import { ALARM_OPTIONS, PROPS, validateTypes } from './validate-types';
import type { AlarmOptions } from '../../alarm-options';
import { checkPrefix } from '../../contract/checks/check-prefix';
import { checkStorageClass } from '../../contract/checks/check-storage-class';
import { isWhole } from '../../contract/checks/is-whole';
import { parseDateFormat, parseLayoutFormat } from '../../dates/date-format';
import { checkTimeZone } from '../../dates/date-window';
import { checkHours } from '../../dates/key-dates';
import type { RetryPolicy } from '../../retry-policy';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';

type Check = (value: number) => boolean;
type NumberProp = 'maxConcurrency' | 'batchSize' | 'memorySize' | 'maxObjectsPerSecond' | 'toleratedFailurePercentage';

/** Validates the props one by one. The values of tokens are known only at run time, and the functions validate them there. */
export function validateProps(props: S3DatedArchiverProps): void {
  // Apps without type checks can omit it.
  if (!props?.bucket) { throw new Error('bucket is missing: pass the bucket whose objects are archived'); }
  validateTypes(props, PROPS);
  for (const prop of ['prefix', 'destinationPrefix', 'reportPrefix'] as const) {
    const prefix = props[prop];
    if (prefix === undefined) { continue; }
    if (!Token.isUnresolved(prefix)) { checkPrefix(prop, prefix); }
    // Of a token with a text before it, the start is known.
    if (prefix.startsWith('/')) { throw new Error(`${prop} must not start with "/", because keys start with their first folder: remove the "/" before the token`); }
  }
  if (props.storageClass && !Token.isUnresolved(props.storageClass.value)) { checkStorageClass(props.storageClass.value); }
  if (props.filter) { validateFilter(props.filter); }
  const timeZone = (props.timeZone ?? props.schedule?.timeZone)?.timezoneName;
  if (timeZone !== undefined && !Token.isUnresolved(timeZone)) { checkTimeZone(timeZone); }

  const number = (prop: NumberProp, allowed: string, isAllowed: Check) => validateNumber(prop, props[prop], allowed, isAllowed);
  number('maxConcurrency', 'a whole number from 1 to 10,000: a Distributed Map runs at most 10,000 child workflows at a time', isWhole(1, 10_000));
  number('batchSize', 'a whole number from 1 to 1,000: S3 deletes at most 1,000 objects in one request', isWhole(1, 1_000));
  number('memorySize', 'a whole number from 128 to 10,240: it is the memory of a Lambda function in MiB', isWhole(128, 10_240));
  number('maxObjectsPerSecond', 'a number greater than 0', (value) => value > 0);
  number('toleratedFailurePercentage', 'a number from 0 to 100', (value) => value >= 0 && value <= 100);

  validateDuration('timeout', props.timeout, 'seconds', ' from 1 to 31,536,000: a STANDARD workflow runs for at most one year', isWhole(1, 31_536_000));
  validateDuration(
    'batchTimeout', props.batchTimeout, 'seconds', ` from ${MIN_BATCH_TIMEOUT} to 900: a Lambda function runs for at most 15 minutes`, isWhole(MIN_BATCH_TIMEOUT, 900),
  );
  validateRetryPolicy(props.retryPolicy ?? {});

  for (const [prop, receivers] of [['alertTopic', 'email'], ['chatTopic', 'to chat applications']] as const) {
    if (!props[prop]?.fifo) { continue; }
    throw new Error(`${prop} is a FIFO topic and must be a standard one, since FIFO topics cannot deliver ${receivers}: pass a topic without fifo`);
  }
  if (props.reportBucket && props.reportRetention) {
    throw new Error('reportRetention applies only to the bucket that the archiver creates: omit it and set a lifecycle rule on your reportBucket, or omit reportBucket');
  }
  validateDuration('reportRetention', props.reportRetention, 'days', ', at least 1: S3 expires objects after whole days', isWhole(1));
  if (props.removalPolicy === RemovalPolicy.SNAPSHOT) {
    throw new Error('removalPolicy SNAPSHOT must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY: CloudFormation cannot take snapshots of buckets and log groups');
  }
  for (const prop of ['vpcSubnets', 'securityGroups'] as const) {
    if (props[prop] && !props.vpc) {
      throw new Error(`${prop} needs vpc: set vpc to the VPC that the functions should run in, or omit ${prop}`);
    }
  }
}

/** Validates the options of alarms. The limits are those of PutMetricAlarm. */
export function validateAlarmOptions(options: AlarmOptions, countsStragglers: boolean): void {
  validateTypes(options, ALARM_OPTIONS);
  const { completedWithin, minArrivalRatio, stragglers, maxStragglers, maxStragglerAge } = options;
  for (const [option, value] of Object.entries({ stragglers: stragglers || undefined, maxStragglers, maxStragglerAge })) {
    if (value === undefined || countsStragglers) { continue; }
    throw new Error(`${option} needs sources that are deleted, and the archiver has sourceDisposition KEEP, so objects of earlier days stay at the source and no run counts stragglers: `
      + `omit ${option} here, and set it for the archiver that deletes the sources later`);
  }
  validateNumber('minArrivalRatio', minArrivalRatio, 'a number from 0 to 1', (value) => value >= 0 && value <= 1);
  validateNumber('maxStragglers', maxStragglers, 'a whole number of at least 0', (value) => Number.isInteger(value) && value >= 0);
  validateDuration(
    'completedWithin', completedWithin, 'hours', ' from 1 hour to 7 days: an alarm evaluates at most the last 7 days', isWhole(1, 168),
  );
  validateDuration('maxStragglerAge', maxStragglerAge, 'days', ', since the dates in names are days', Number.isInteger);
}

/** Throws if a method that takes no id was called before. CDK's own error would name a construct that callers do not know. */
export function validateFirstCall(archiver: Construct, id: string, method: string): void {
  if (archiver.node.tryFindChild(id)) { throw new Error(`${method} was called before, and it can be called once: call it with everything that you need`); }
}

export function validateLedgerTableId(archiver: Construct, id: string): void {
  if (Token.isUnresolved(id) || !archiver.node.tryFindChild(id)) { return; }
  throw new Error(`the archiver already has a child with the id "${id}": give each ledger table an id of its own, such as "LedgerTable"`);
}

export function validateVerificationId(archiver: Construct, id: string): void {
  if (Token.isUnresolved(id) || id.trim() === '') {
    throw new Error(`the id of addVerification is ${id === '' ? 'empty' : JSON.stringify(id)}, and it must be a string that does not depend on the deployment: write, for example, "Weekly"`);
  }
  if (archiver.node.tryFindChild('Verifications')?.node.tryFindChild(id)) {
    throw new Error(`the archiver already has a verification with the id "${id}": give each verification another id`);
  }
}

export function validateHours({ layout, dateSource }: Settings): void {
  const { format } = layout._settings();
  const { kind, formats } = dateSource._settings();
  if (Token.isUnresolved(format) || Token.isUnresolved(formats)) { return; }
  checkHours(parseLayoutFormat(format), { kind, formats: formats.filter((each) => !Token.isUnresolved(each)).map(parseDateFormat) });
}

function validateRetryPolicy({ interval, maxAttempts, backoffRate, maxDelay }: RetryPolicy): void {
  validateDuration('retryPolicy.interval', interval, 'seconds', ' from 1 to 86,400', isWhole(1, 86_400));
  validateDuration('retryPolicy.maxDelay', maxDelay, 'seconds', ' from 1 to 86,400', isWhole(1, 86_400));
  validateNumber(
    'retryPolicy.maxAttempts', maxAttempts, `a whole number from 0 to ${MAX_RETRIES}: the execution history of a batch has no room for more`, isWhole(0, MAX_RETRIES),
  );
  validateNumber('retryPolicy.backoffRate', backoffRate, 'a number of at least 1', (value) => value >= 1);
  if (isKnown(interval) && isKnown(maxDelay) && interval.toSeconds() > maxDelay.toSeconds()) {
    throw new Error(`retryPolicy.maxDelay ${maxDelay.toHumanString()} must not be shorter than retryPolicy.interval ${interval.toHumanString()}: raise maxDelay or omit it`);
  }
}

function validateNumber(prop: string, value: number | undefined, allowed: string, isAllowed: Check): void {
  if (value === undefined || Token.isUnresolved(value)) { return; }
  if (!Number.isFinite(value) || !isAllowed(value)) { throw new Error(`${prop} ${value} must be ${allowed}`); }
}

const MILLISECONDS = { seconds: 1_000, hours: 3_600_000, days: 86_400_000 };

function validateDuration(
  prop: string, duration: Duration | undefined, unit: keyof typeof MILLISECONDS, allowed: string, isAllowed: Check,
): void {
  if (!isKnown(duration) || isAllowed(duration.toMilliseconds() / MILLISECONDS[unit])) { return; }
  throw new Error(`${prop} ${duration.toHumanString()} must be a whole number of ${unit}${allowed}`);
}

function isKnown(duration: Duration | undefined): duration is Duration {
  return duration !== undefined && !duration.isUnresolved();
}
