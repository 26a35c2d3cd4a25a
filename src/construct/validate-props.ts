import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import type { AlarmOptions } from '../alarm-options';
import { checkPrefix } from '../contract/check-prefix';
import type { RetryPolicy } from '../retry-policy';
import type { S3DatedArchiverProps } from '../s3-dated-archiver-props';
import { MAX_RETRIES, MIN_BATCH_TIMEOUT } from './state-machine/batch-budget';

/** Checks what can be told from single props. What a token stands for is known at run time only, and checked there. */
export function checkValues(props: S3DatedArchiverProps): void {
  for (const prop of ['prefix', 'destinationPrefix', 'reportPrefix'] as const) {
    const prefix = props[prop];
    if (prefix !== undefined && !Token.isUnresolved(prefix)) { checkPrefix(prop, prefix); }
  }
  checkTimeZone((props.timeZone ?? props.schedule?.timeZone)?.timezoneName);

  checkWhole('maxConcurrency', props.maxConcurrency, 1, 10_000, 'a Distributed Map runs at most 10,000 child workflows at a time');
  checkWhole('batchSize', props.batchSize, 1, 1_000, 'S3 deletes at most 1,000 objects in one request');
  checkWhole('memorySize', props.memorySize, 128, 10_240, 'MiB, of a Lambda function');
  checkNumber('maxObjectsPerSecond', props.maxObjectsPerSecond, 'a number above 0', (value) => value > 0);
  checkNumber('toleratedFailurePercentage', props.toleratedFailurePercentage, 'a number from 0 to 100', (value) => value >= 0 && value <= 100);

  checkSeconds('timeout', props.timeout, 1, 31_536_000, 'a STANDARD workflow runs for a year at most');
  checkSeconds('batchTimeout', props.batchTimeout, MIN_BATCH_TIMEOUT, 900, 'a Lambda function runs for 15 minutes at most');
  checkRetryPolicy(props.retryPolicy ?? {});

  if (props.alertTopic?.fifo) {
    throw new Error('alertTopic must be a standard topic, not a FIFO one: those have no subscriptions by email');
  }
  if (props.reportBucket && props.reportRetention) {
    throw new Error('reportRetention is for the bucket that the archiver makes: set a lifecycle rule on your reportBucket, or leave one of the two out');
  }
  checkDays('reportRetention', props.reportRetention);
  if (props.removalPolicy === RemovalPolicy.SNAPSHOT) {
    throw new Error('removalPolicy SNAPSHOT must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY: CloudFormation makes no snapshots of buckets and log groups');
  }
  for (const prop of ['vpcSubnets', 'securityGroups'] as const) {
    if (props[prop] && !props.vpc) {
      throw new Error(`${prop} needs vpc: give the VPC that the functions are to run in, or leave ${prop} out`);
    }
  }
}

/** Checks the options of alarms, by the limits of PutMetricAlarm. */
export function checkAlarmOptions({ completedWithin, minArrivalRatio, maxStragglers, maxStragglerAge }: AlarmOptions): void {
  checkNumber('minArrivalRatio', minArrivalRatio, 'a number from 0 to 1', (value) => value >= 0 && value <= 1);
  checkNumber('maxStragglers', maxStragglers, 'a whole number of at least 0', (value) => Number.isInteger(value) && value >= 0);
  if (known(completedWithin)) {
    const hours = completedWithin.toMilliseconds() / 3_600_000;
    if (!Number.isInteger(hours) || hours < 1 || hours > 168) {
      throw new Error(`completedWithin ${completedWithin.toHumanString()} must be whole hours, from 1 hour to 7 days: an alarm looks no further back`);
    }
  }
  if (known(maxStragglerAge)) {
    const days = maxStragglerAge.toMilliseconds() / 86_400_000;
    if (!Number.isInteger(days)) {
      throw new Error(`maxStragglerAge ${maxStragglerAge.toHumanString()} must be whole days, as dates in names are`);
    }
  }
}

function checkTimeZone(name?: string): void {
  if (name === undefined || Token.isUnresolved(name)) { return; }
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    throw new Error(`timeZone "${name}" must be a name of the IANA time zone database, such as Asia/Tokyo: TimeZone has them all`);
  }
}

function checkRetryPolicy({ interval, maxAttempts, backoffRate, maxDelay }: RetryPolicy): void {
  checkSeconds('retryPolicy.interval', interval, 1, 86_400);
  checkSeconds('retryPolicy.maxDelay', maxDelay, 1, 86_400);
  checkWhole('retryPolicy.maxAttempts', maxAttempts, 0, MAX_RETRIES, 'the history of a batch would have no room for more');
  checkNumber('retryPolicy.backoffRate', backoffRate, 'a number of at least 1', (value) => value >= 1);
  if (known(interval) && known(maxDelay) && interval.toSeconds() > maxDelay.toSeconds()) {
    throw new Error(`retryPolicy.maxDelay ${maxDelay.toHumanString()} must not be shorter than retryPolicy.interval ${interval.toHumanString()}: raise maxDelay or leave it out`);
  }
}

function checkWhole(prop: string, value: number | undefined, min: number, max: number, why: string): void {
  if (value === undefined || Token.isUnresolved(value)) { return; }
  if (Number.isInteger(value) && value >= min && value <= max) { return; }
  throw new Error(`${prop} ${value} must be a whole number from ${thousands(min)} to ${thousands(max)}: ${why}`);
}

function checkNumber(prop: string, value: number | undefined, allowed: string, isAllowed: (value: number) => boolean): void {
  if (value === undefined || Token.isUnresolved(value)) { return; }
  if (!Number.isFinite(value) || !isAllowed(value)) { throw new Error(`${prop} ${value} must be ${allowed}`); }
}

function checkSeconds(prop: string, duration: Duration | undefined, min: number, max: number, why?: string): void {
  if (!known(duration)) { return; }
  const seconds = duration.toMilliseconds() / 1000;
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) { return; }
  throw new Error(`${prop} ${duration.toHumanString()} must be whole seconds, from ${thousands(min)} to ${thousands(max)}${why ? `: ${why}` : ''}`);
}

function checkDays(prop: string, duration: Duration | undefined): void {
  if (!known(duration)) { return; }
  const days = duration.toMilliseconds() / 86_400_000;
  if (!Number.isInteger(days) || days < 1) {
    throw new Error(`${prop} ${duration.toHumanString()} must be whole days, at least 1: S3 expires objects by days`);
  }
}

function known(duration: Duration | undefined): duration is Duration {
  return duration !== undefined && !duration.isUnresolved();
}

/** Only for errors: the first call loads a locale, which takes a twentieth of what the construct takes. */
function thousands(value: number): string {
  return value.toLocaleString('en-US');
}
