/** Settings of Object Lock: those that an upload states, and a bucket's defaults. */
import { invalidArgument, S3Error } from '../common/errors';
import type { Context, S3Request } from '../http/context';
import { header } from '../http/request';
import { getChild, getText, type XmlNode } from '../http/xml';
import type { Bucket } from '../store/bucket';
import type { Duration, EventHold, LockDefaults, ObjectLock } from '../store/stored-object';

const EVENT_HOLD = 'x-amz-object-lock-event-hold';
const HEADERS = [
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
  EVENT_HOLD,
  `${EVENT_HOLD}-duration-days`,
  `${EVENT_HOLD}-duration-years`,
] as const;

/**
 * The lock of a new object. The bucket's defaults apply to "new objects", "unless an object's
 * upload request specifies its own Object Lock settings" (page "Locking objects with Object Lock"):
 * one setting of its own, and no default applies.
 */
export function readLock({ request, store }: Context): ObjectLock | undefined {
  const bucket = store.bucket(request.bucket);
  if (HEADERS.every((name) => header(request, name) === undefined)) {
    return getDefaultLock(bucket, store.time());
  }
  if (!bucket.objectLock) {
    throw new S3Error('InvalidRequest', { message: 'Bucket is missing Object Lock Configuration' });
  }
  return readStatedLock(request);
}

function readStatedLock(request: S3Request): ObjectLock {
  const [mode, until, legalHold, eventHold, days, years] = HEADERS.map((name) =>
    header(request, name),
  );
  if ((mode === undefined) !== (until === undefined)) {
    throw new S3Error('InvalidArgument', {
      message:
        'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
    });
  }
  return {
    mode,
    retainUntil: until === undefined ? undefined : Date.parse(until),
    legalHold: legalHold === 'ON',
    eventHold: readEventHold(eventHold, days, years),
  };
}

function getDefaultLock({ lockDefaults }: Bucket, now: number): ObjectLock | undefined {
  if (!lockDefaults) {
    return undefined;
  }
  const { mode, period, eventHold } = lockDefaults;
  return { mode, retainUntil: period && addDuration(now, period), eventHold };
}

/** By the calendar, in UTC. */
export function addDuration(now: number, { days = 0, years = 0 }: Duration): number {
  const end = new Date(now);
  end.setUTCDate(end.getUTCDate() + days);
  end.setUTCFullYear(end.getUTCFullYear() + years);
  return end.getTime();
}

/**
 * The `DefaultRetention` of an Object Lock configuration: "You can set one or both", a mode with a
 * period, and the duration of an event hold. "You cannot use days and years in the same setting"
 * (ObjectLockRule).
 */
export function readLockDefaults(retention: XmlNode): LockDefaults | undefined {
  const mode = getText(retention, 'Mode');
  const period = readDuration(retention);
  const hold = retention.DefaultEventHold && readDuration(getChild(retention, 'DefaultEventHold'));
  if (
    (mode === undefined) !== (period === undefined) ||
    !/^(GOVERNANCE|COMPLIANCE|)$/.test(mode ?? '')
  ) {
    throw new S3Error('MalformedXML');
  }
  return { mode, period, eventHold: hold || undefined };
}

function readDuration(node: XmlNode): Duration | undefined {
  const [days, years] = [getText(node, 'Days'), getText(node, 'Years')];
  if (days !== undefined && years !== undefined) {
    throw new S3Error('MalformedXML');
  }
  const text = days ?? years;
  if (text === undefined) {
    return undefined;
  }
  if (!/^[1-9]\d*$/.test(text)) {
    throw new S3Error('InvalidArgument', {
      message: 'Default retention period must be a positive integer value.',
    });
  }
  return days === undefined ? { years: Number(text) } : { days: Number(text) };
}

/** The same limits as API_control_S3ObjectLockEventHoldDuration. */
const MAX_DURATION = { days: 36_500, years: 100 };

/**
 * CopyObject: "You cannot specify a duration in both days and years." That a hold needs a duration
 * is what this double assumes.
 */
export function readEventHold(
  status: string | undefined,
  days: string | undefined,
  years: string | undefined,
): EventHold | undefined {
  if (status !== undefined && status !== 'ON' && status !== 'OFF') {
    throw invalidArgument('Unknown event hold status', EVENT_HOLD, status);
  }
  const given = Object.entries({ days, years }).filter(([, duration]) => duration !== undefined);
  if (status !== 'ON' && given.length === 0) {
    return undefined;
  }
  if (status !== 'ON' || given.length !== 1) {
    throw invalidArgument(
      'An event hold that is ON has a duration in days or in years, and no other has one',
      EVENT_HOLD,
      status ?? '',
    );
  }
  const [[unit, duration]] = given as [['days' | 'years', string]];
  if (!/^\d+$/.test(duration) || Number(duration) < 1 || Number(duration) > MAX_DURATION[unit]) {
    throw invalidArgument(
      `The duration of an event hold is 1 to ${MAX_DURATION[unit]} ${unit}`,
      `${EVENT_HOLD}-duration-${unit}`,
      duration,
    );
  }
  return { [unit]: Number(duration) };
}
