import { findObject } from './objects';
import { S3Error } from '../common/errors';
import type { Answer, Context } from '../http/context';
import { header } from '../http/request';
import { element, getChild, getText, parseXml, XML_HEADER, XMLNS } from '../http/xml';
import { readEventHold } from '../objects/attributes';
import type { ObjectLock, StoredObject } from '../store/stored-object';

export function getObjectLockConfiguration({ request, store }: Context): Answer {
  if (!store.bucket(request.bucket).objectLock) {
    throw new S3Error('ObjectLockConfigurationNotFoundError', {
      fields: { BucketName: request.bucket },
    });
  }
  return {
    status: 200,
    body:
      `${XML_HEADER}<ObjectLockConfiguration ` +
      `${XMLNS}><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>`,
  };
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
    ? `<EventHold>ON</EventHold><EventHoldDuration>${element('Days', eventHold.days)}${element('Years', eventHold.years)}</EventHoldDuration>`
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
  const end = new Date(now);
  end.setUTCDate(end.getUTCDate() + (eventHold?.days ?? 0));
  end.setUTCFullYear(end.getUTCFullYear() + (eventHold?.years ?? 0));
  return { ...others, mode, retainUntil: Math.max(retainUntil, end.getTime()) };
}
