/**
 * Sources in GLACIER and DEEP_ARCHIVE cannot be copied before S3 has restored them, which takes
 * hours: a run asks, and a later one copies.
 */
import { RestoreObjectCommand } from '@aws-sdk/client-s3';
import type { Copied, MoveContext, MoveRequest, MoveResult } from './move-request';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import type { Settings } from '../../contract/payloads/settings';
import { addRequests, type Requests, toRequestName } from '../pricing/requests';
import { isInGlacier } from '../pricing/storage-classes';
import type { ObjectHead } from '../s3/bucket-client';
import { toS3Error } from '../s3/s3-error';
import { isTooLong } from '../selection/destination-key';

/** S3 restores the source, and a later run archives it. */
export interface Restoring {
  readonly status: 'restoring';
  readonly destination: string;
  readonly requests: Requests;
}

/**
 * Copies a source, or has S3 restore it. One whose destination is taken may be archived already,
 * which shows without a restore.
 */
export async function copyOrRestore(
  context: MoveContext,
  object: MoveRequest,
  copy: () => Promise<Copied | MoveResult>,
): Promise<Copied | MoveResult | Restoring> {
  const { destination, etag, isTaken, sourceClass, restoredUntil } = object;
  if (restoredUntil === 'ongoing' && !isTaken) {
    return { status: 'restoring', destination, requests: {} };
  }
  const isReadable =
    !isInGlacier(sourceClass) || Number(restoredUntil) * 1000 > context.source.budget.clock.now();
  const asked =
    isReadable || isTaken || isTooLong(destination)
      ? undefined
      : await restoreSource(context, object, etag);
  if (asked) {
    return asked;
  }
  const outcome = await copy();
  // The readable copy has expired since it was listed, or the source was written again in another
  // class.
  const isArchived = outcome.status === 'failed' && outcome.code === ReasonCode.ARCHIVED_CLASS;
  return isArchived ? ((await restoreSource(context, object)) ?? outcome) : outcome;
}

/**
 * Has S3 restore a source that it does not restore yet. Each attempt looks first, so a lost answer
 * never leads to a second request. Undefined: the source can be copied, has another ETag, or is
 * gone. https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */
async function restoreSource(
  context: MoveContext,
  { key, destination }: MoveRequest,
  etag?: string,
): Promise<MoveResult | Restoring | undefined> {
  const { source, glacierSources } = context;
  const look = async (): Promise<RestorePlan> => {
    const head = await source.head(key, false);
    return head && (etag === undefined || head.ETag === etag)
      ? planRestore(head, glacierSources!, destination)
      : { isNew: false };
  };
  try {
    return await source.requestAbout(key, async (s3) => {
      const { outcome, isNew } = await look();
      if (!isNew) {
        return outcome;
      }
      const { days: Days, tier: Tier } = glacierSources!;
      try {
        await s3.send(
          new RestoreObjectCommand({
            Bucket: source.name,
            Key: key,
            RestoreRequest: { Days, GlacierJobParameters: { Tier } },
          }),
        );
        return outcome;
      } catch (error) {
        // Another run has asked, or an attempt of ours whose answer was lost, or the source was
        // written again in another class.
        const { kind, code } = toS3Error(error);
        const seen =
          kind === 'ambiguous' || code === ReasonCode.ARCHIVED_CLASS ? await look() : undefined;
        if (!seen || seen.isNew) {
          throw error;
        }
        return seen.outcome;
      }
    });
  } catch (error) {
    if (source.isAborted) {
      throw error;
    }
    const { code, kind, message } = toS3Error(error);
    return kind === 'missing'
      ? undefined
      : {
          status: 'failed',
          destination,
          code,
          message: `S3 could not be asked to restore the object: ${message}`,
        };
  }
}

interface RestorePlan {
  /** Undefined: the source can be copied. */
  readonly outcome?: Extract<MoveResult, { code: ReasonCode }> | Restoring;
  /** S3 has to be asked. */
  readonly isNew: boolean;
}

export function planRestore(
  head: ObjectHead,
  { tier }: NonNullable<Settings['glacierSources']>,
  destination: string,
): RestorePlan {
  const { StorageClass: storageClass, Restore: restore = '' } = head;
  if (!isInGlacier(storageClass) || restore.includes('ongoing-request="false"')) {
    return { isNew: false };
  }
  const requests: Requests = { [toRequestName('HeadObject', storageClass)]: 1 };
  if (restore !== '') {
    return { outcome: { status: 'restoring', destination, requests }, isNew: false };
  }
  if (tier === 'Expedited' && storageClass === 'DEEP_ARCHIVE') {
    const message =
      'the object is in DEEP_ARCHIVE, from which S3 restores nothing with tier Expedited; give ' +
      'GlacierSources.restoreFirst() another tier';
    return {
      outcome: { status: 'failed', destination, code: ReasonCode.ARCHIVED_CLASS, message },
      isNew: false,
    };
  }
  addRequests(requests, { [toRequestName('RestoreObject', `${storageClass}/${tier}`)]: 1 });
  return { outcome: { status: 'restoring', destination, requests }, isNew: true };
}
