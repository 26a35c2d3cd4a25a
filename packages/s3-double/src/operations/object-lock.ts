import { findObject } from './objects';
import { S3Error } from '../common/errors';
import type { Answer, Context } from '../http/context';
import { header } from '../http/request';
import { element, parseXml, getText, XML_HEADER, XMLNS } from '../http/xml';
import type { ObjectLock, StoredObject } from '../store/stored-object';

export function getObjectLockConfiguration({ request, store }: Context): Answer {
  if (!store.bucket(request.bucket).objectLock) {
    throw new S3Error('ObjectLockConfigurationNotFoundError', { fields: { BucketName: request.bucket } });
  }
  return {
    status: 200,
    body: `${XML_HEADER}<ObjectLockConfiguration ${XMLNS}><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>`,
  };
}

export function getObjectRetention(context: Context): Answer {
  const { mode, retainUntil } = lockedObject(context).attributes.lock ?? {};
  if (!mode || retainUntil === undefined) {
    throw new S3Error('NoSuchObjectLockConfiguration');
  }
  return {
    status: 200,
    body: `${XML_HEADER}<Retention ${XMLNS}>${element('Mode', mode)}`
      + `${element('RetainUntilDate', new Date(retainUntil).toISOString())}</Retention>`,
  };
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
  const bypass = lock?.mode === 'GOVERNANCE' && header(request, 'x-amz-bypass-governance-retention') === 'true';
  const inForce = lock?.retainUntil !== undefined && lock.retainUntil > store.time();
  const weaker = (retainUntil ?? 0) < (lock?.retainUntil ?? 0) || (lock?.mode === 'COMPLIANCE' && mode !== 'COMPLIANCE');
  if (inForce && weaker && !bypass) {
    throw new S3Error('AccessDenied', { message: 'Access Denied because object protected by object lock.' });
  }
  setLock(object, { ...lock, mode, retainUntil });
  return { status: 200 };
}

export function getObjectLegalHold(context: Context): Answer {
  const { legalHold } = lockedObject(context).attributes.lock ?? {};
  if (legalHold === undefined) {
    throw new S3Error('NoSuchObjectLockConfiguration');
  }
  return { status: 200, body: `${XML_HEADER}<LegalHold ${XMLNS}>${element('Status', legalHold ? 'ON' : 'OFF')}</LegalHold>` };
}

export function putObjectLegalHold(context: Context): Answer {
  const object = lockedObject(context);
  const status = getText(parseXml(context.request.body, 'LegalHold'), 'Status');
  if (status !== 'ON' && status !== 'OFF') {
    throw new S3Error('MalformedXML');
  }
  setLock(object, { ...object.attributes.lock, legalHold: status === 'ON' });
  return { status: 200 };
}

function lockedObject({ request, store }: Context): StoredObject {
  if (!store.bucket(request.bucket).objectLock) {
    throw new S3Error('InvalidRequest', { message: 'Bucket is missing Object Lock Configuration' });
  }
  return findObject(store, request);
}

function setLock(object: StoredObject, lock: ObjectLock): void {
  object.attributes = { ...object.attributes, lock };
}
