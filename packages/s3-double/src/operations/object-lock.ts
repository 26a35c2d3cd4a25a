import { findObject } from './objects';
import { S3Error } from '../common/errors';
import type { Answer, Context } from '../http/context';
import { header } from '../http/request';
import { element, getChild, getText, parseXml, XML_HEADER, XMLNS } from '../http/xml';
import { addDuration, readEventHold, readLockDefaults } from '../objects/lock';
import type { Duration, LockDefaults, ObjectLock, StoredObject } from '../store/stored-object';

export function getObjectLockConfiguration({ request, store }: Context): Answer {
  const { objectLock, lockDefaults } = store.bucket(request.bucket);
  if (!objectLock) {
    throw new S3Error('ObjectLockConfigurationNotFoundError', {
      fields: { BucketName: request.bucket },
    });
  }
  return {
    status: 200,
    body:
      `${XML_HEADER}<ObjectLockConfiguration ${XMLNS}>` +
      `<ObjectLockEnabled>Enabled</ObjectLockEnabled>${toRule(lockDefaults)}` +
      '</ObjectLockConfiguration>',
  };
}

function toRule(defaults: LockDefaults | undefined): string {
  if (!defaults) {
    return '';
  }
  const { mode, period, eventHold } = defaults;
  const hold = eventHold ? `<DefaultEventHold>${toElements(eventHold)}</DefaultEventHold>` : '';
  return (
    `<Rule><DefaultRetention>${element('Mode', mode)}${period ? toElements(period) : ''}${hold}` +
    '</DefaultRetention></Rule>'
  );
}

function toElements({ days, years }: Duration): string {
  return element('Days', days) + element('Years', years);
}

/**
 * "You can enable Object Lock for existing buckets", with versioning. A configuration without a
 * rule has no defaults (page "PutObjectLockConfiguration").
 */
export function putObjectLockConfiguration({ request, store }: Context): Answer {
  const bucket = store.bucket(request.bucket);
  if (bucket.versioning !== 'Enabled') {
    throw new S3Error('InvalidBucketState', {
      message: "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    });
  }
  const root = parseXml(request.body, 'ObjectLockConfiguration');
  if (getText(root, 'ObjectLockEnabled') !== 'Enabled') {
    throw new S3Error('MalformedXML');
  }
  bucket.lockDefaults =
    root.Rule === undefined
      ? undefined
      : readLockDefaults(getChild(getChild(root, 'Rule'), 'DefaultRetention'));
  bucket.objectLock = true;
  return { status: 200 };
}

export function getObjectRetention(context: Context): Answer {
  const { mode, retainUntil, eventHold } = lockedObject(context).attributes.lock ?? {};
  if (retainUntil === undefined && !eventHold) {
    throw new S3Error('NoSuchObjectLockConfiguration');
  }
  const until =
    retainUntil === undefined
      ? ''
      : `${element('Mode', mode)}${element('RetainUntilDate', new Date(retainUntil).toISOString())}`;
  const hold = eventHold
    ? `<EventHold>ON</EventHold><EventHoldDuration>${toElements(eventHold)}</EventHoldDuration>`
    : '';
  return { status: 200, body: `${XML_HEADER}<Retention ${XMLNS}>${until}${hold}</Retention>` };
}

/** A retention in force may be extended; shortened only in governance mode, and with the bypass. */
export function putObjectRetention(context: Context): Answer {
  const { request, store } = context;
  const object = lockedObject(context);
  const root = parseXml(request.body, 'Retention');
  const mode = getText(root, 'Mode');
  const until = getText(root, 'RetainUntilDate');
  const retainUntil = until === undefined ? undefined : Date.parse(until);
  if (Number.isNaN(retainUntil) || (mode === undefined) !== (until === undefined)) {
    throw new S3Error('MalformedXML');
  }
  const { lock } = object.attributes;
  const status = getText(root, 'EventHold');
  const duration = root.EventHoldDuration === undefined ? {} : getChild(root, 'EventHoldDuration');
  const eventHold = readEventHold(status, getText(duration, 'Days'), getText(duration, 'Years'));
  if (status === 'ON' && mode === undefined) {
    return setLock(object, { ...lock, eventHold });
  }
  if (status === 'OFF' && lock?.eventHold) {
    return setLock(object, release(lock, store.time()));
  }
  const bypass =
    lock?.mode === 'GOVERNANCE' && header(request, 'x-amz-bypass-governance-retention') === 'true';
  const inForce = lock?.retainUntil !== undefined && lock.retainUntil > store.time();
  const weaker =
    (retainUntil ?? 0) < (lock?.retainUntil ?? 0) ||
    (lock?.mode === 'COMPLIANCE' && mode !== 'COMPLIANCE');
  if (inForce && weaker && !bypass) {
    throw new S3Error('AccessDenied', {
      message: 'Access Denied because object protected by object lock.',
    });
  }
  return setLock(object, { ...lock, mode, retainUntil, ...(eventHold && { eventHold }) });
}

export function getObjectLegalHold(context: Context): Answer {
  const { legalHold } = lockedObject(context).attributes.lock ?? {};
  if (legalHold === undefined) {
    throw new S3Error('NoSuchObjectLockConfiguration');
  }
  return {
    status: 200,
    body:
      `${XML_HEADER}<LegalHold ` +
      `${XMLNS}>${element('Status', legalHold ? 'ON' : 'OFF')}</LegalHold>`,
  };
}

export function putObjectLegalHold(context: Context): Answer {
  const object = lockedObject(context);
  const status = getText(parseXml(context.request.body, 'LegalHold'), 'Status');
  if (status !== 'ON' && status !== 'OFF') {
    throw new S3Error('MalformedXML');
  }
  return setLock(object, { ...object.attributes.lock, legalHold: status === 'ON' });
}

function lockedObject({ request, store }: Context): StoredObject {
  if (!store.bucket(request.bucket).objectLock) {
    throw new S3Error('InvalidRequest', { message: 'Bucket is missing Object Lock Configuration' });
  }
  return findObject(store, request);
}

function setLock(object: StoredObject, lock: ObjectLock): Answer {
  object.attributes = { ...object.attributes, lock };
  return { status: 200 };
}

/**
 * "Specifies how long the object remains protected after the event hold is released." That the mode
 * is GOVERNANCE without another is assumed.
 */
function release(
  { eventHold, mode = 'GOVERNANCE', retainUntil = 0, ...others }: ObjectLock,
  now: number,
): ObjectLock {
  const end = addDuration(now, eventHold ?? {});
  return { ...others, mode, retainUntil: Math.max(retainUntil, end) };
}
