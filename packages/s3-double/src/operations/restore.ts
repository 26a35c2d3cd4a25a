/**
 * Restores of objects in GLACIER and DEEP_ARCHIVE (pages "API_RestoreObject" and "Archive retrieval
 * options").
 */
import { findObject } from './objects';
import { S3Error } from '../common/errors';
import type { Answer, Context } from '../http/context';
import { getChild, getText, parseXml } from '../http/xml';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * S3 restores "within" 5 minutes, 5, 12 and 48 hours, by tier and class. Expedited is not available
 * for DEEP_ARCHIVE.
 */
const DURATIONS: Record<string, Record<string, number>> = {
  GLACIER: { Expedited: (5 / 60) * HOUR, Standard: 5 * HOUR, Bulk: 12 * HOUR },
  DEEP_ARCHIVE: { Standard: 12 * HOUR, Bulk: 47 * HOUR },
};

export function restoreObject(context: Context): Answer {
  const { request, store } = context;
  const object = findObject(store, request);
  const durations = DURATIONS[object.attributes.storageClass];
  if (!durations) {
    throw new S3Error('InvalidObjectState', {
      message: "Restore is not allowed for the object's current storage class",
    });
  }
  const root = parseXml(request.body, 'RestoreRequest');
  const days = Number(getText(root, 'Days'));
  const parameters =
    root.GlacierJobParameters === undefined ? {} : getChild(root, 'GlacierJobParameters');
  const tier = getText(parameters, 'Tier') ?? getText(root, 'Tier') ?? 'Standard';
  if (!Number.isInteger(days) || days < 1 || !Object.hasOwn(DURATIONS.GLACIER, tier)) {
    throw new S3Error('MalformedXML');
  }
  if (!Object.hasOwn(durations, tier)) {
    throw new S3Error('InvalidArgument', {
      message: 'Retrieval option is not supported by this storage class',
    });
  }
  const state = object.getRestore(store.now());
  if (state === 'ongoing') {
    throw new S3Error('RestoreAlreadyInProgress');
  }
  const readyAt =
    state === 'restored' ? object.attributes.restore!.readyAt : store.now() + durations[tier];
  // "S3 rounds the resulting time to the next day, midnight UTC."
  const expiresAt = (Math.floor((Math.max(readyAt, store.now()) + days * DAY) / DAY) + 1) * DAY;
  object.attributes = { ...object.attributes, restore: { readyAt, expiresAt } };
  return { status: state === 'restored' ? 200 : 202 };
}
