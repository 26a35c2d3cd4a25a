import { RemovalPolicy, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { validateTypes } from './kinds';
import { MEANT_ALARM_OPTIONS, MEANT_PROPS } from './meant-props';
import { ALARM_OPTIONS, PROPS } from './prop-kinds';
import type { Settings } from './settings';
import type { AlarmOptions, ArchiverAlarm } from '../../alarm-options';
import { parseDateFormat, parseLayoutFormat } from '../../dates/date-format';
import { checkTimeZone } from '../../dates/date-window';
import { checkHours } from '../../dates/key-dates';
import type { S3DatedArchiverProps } from '../../s3-dated-archiver-props';

export function validateProps(props: S3DatedArchiverProps): void {
  // Apps without type checks can omit it.
  if (!props?.bucket) {
    throw new Error('bucket is missing: pass the bucket whose objects are archived');
  }
  validateTypes(props, PROPS, { meanings: MEANT_PROPS });
  const timeZone = props.timeZone?.timezoneName;
  if (timeZone !== undefined && !Token.isUnresolved(timeZone)) {
    checkTimeZone(timeZone);
  }

  const { interval, maxDelay } = props.retryPolicy ?? {};
  const areKnown = [interval, maxDelay].every((duration) => duration && !duration.isUnresolved());
  if (areKnown && interval!.toSeconds() > maxDelay!.toSeconds()) {
    throw new Error(
      `retryPolicy.maxDelay ${maxDelay!.toHumanString()} must not be shorter than ` +
        `retryPolicy.interval ${interval!.toHumanString()}: raise maxDelay or omit it`,
    );
  }
  for (const [prop, receivers] of [
    ['alertTopic', 'email'],
    ['chatTopic', 'to chat applications'],
  ] as const) {
    if (!props[prop]?.fifo) {
      continue;
    }
    throw new Error(
      `${prop} is a FIFO topic and must be a standard one, since FIFO topics cannot deliver ` +
        `${receivers}: pass a topic without fifo`,
    );
  }
  if (props.reportBucket && props.reportRetention) {
    throw new Error(
      'reportRetention applies only to the bucket that the archiver creates: omit it and set a ' +
        'lifecycle rule on your reportBucket, or omit reportBucket',
    );
  }
  if (props.removalPolicy === RemovalPolicy.SNAPSHOT) {
    throw new Error(
      'removalPolicy SNAPSHOT must be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY: ' +
        'CloudFormation cannot take snapshots of buckets and log groups',
    );
  }
  for (const prop of ['vpcSubnets', 'securityGroups'] as const) {
    if (props[prop] && !props.vpc) {
      throw new Error(
        `${prop} needs vpc: set vpc to the VPC that the functions should run in, or omit ${prop}`,
      );
    }
  }
}

export function validateAlarmOptions(options: AlarmOptions, countsStragglers: boolean): void {
  validateTypes(options, ALARM_OPTIONS, { meanings: MEANT_ALARM_OPTIONS });
  for (const alarm of options.exclude ?? []) {
    const option = toOption(alarm);
    if (options[option] !== undefined) {
      throw new Error(`exclude names ${alarm}, and ${option} has a threshold: omit one of both`);
    }
  }
  const { stragglers, oldStragglers } = options;
  for (const [option, value] of Object.entries({ stragglers, oldStragglers })) {
    if (value === undefined || countsStragglers) {
      continue;
    }
    throw new Error(
      `${option} needs sources that are deleted, and the archiver has sourceDisposition KEEP, ` +
        'so objects of earlier days stay at the source and no run counts stragglers: ' +
        `omit ${option} here, and set it for the archiver that deletes the sources later`,
    );
  }
}

/** The threshold of NoRunCompleted is `noRunCompleted`. */
const toOption = (alarm: ArchiverAlarm) =>
  (alarm[0].toLowerCase() + alarm.slice(1)) as keyof AlarmOptions;

/**
 * Throws if a method that takes no id was called before. CDK's own error would name a construct
 * that callers do not know.
 */
export function validateFirstCall(archiver: Construct, id: string, method: string): void {
  if (archiver.node.tryFindChild(id)) {
    throw new Error(
      `${method} was called before, and it can be called once: call it with everything that you ` +
        'need',
    );
  }
}

export function validateLedgerTableId(archiver: Construct, id: string): void {
  if (Token.isUnresolved(id) || !archiver.node.tryFindChild(id)) {
    return;
  }
  throw new Error(
    `the archiver already has a child with the id "${id}": give each ledger table an id of its ` +
      'own, such as "LedgerTable"',
  );
}

export function validateVerificationId(archiver: Construct, id: string): void {
  if (Token.isUnresolved(id) || id.trim() === '') {
    throw new Error(
      `the id of addVerification is ${id === '' ? 'empty' : JSON.stringify(id)}, and it must be ` +
        'a string that does not depend on the deployment: write, for example, "Weekly"',
    );
  }
  if (archiver.node.tryFindChild('Verifications')?.node.tryFindChild(id)) {
    throw new Error(
      `the archiver already has a verification with the id "${id}": give each verification ` +
        'another id',
    );
  }
}

export function validateHours({ layout, dateSource }: Settings): void {
  const { format } = layout._settings();
  const { kind, formats } = dateSource._settings();
  if (Token.isUnresolved(format) || Token.isUnresolved(formats)) {
    return;
  }
  checkHours(parseLayoutFormat(format), {
    kind,
    formats: formats.filter((each) => !Token.isUnresolved(each)).map(parseDateFormat),
  });
}
