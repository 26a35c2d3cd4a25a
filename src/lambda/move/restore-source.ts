/**
 * Sources in GLACIER and DEEP_ARCHIVE cannot be copied before S3 has restored them, which takes
 * hours: a run asks, and a later one copies.
 */
import { RestoreObjectCommand, type S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import type { Copied, MoveContext, MoveRequest, MoveResult } from './move-request';
import { type Notes, withNote } from '../../contract/payloads/note-payloads';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { addDays } from '../../dates/calendar';
import type { RetrievalTierName } from '../../features/glacier/contract/check-glacier-sources';
import { getRestoreState } from '../../features/glacier/lambda/restore-state';
import type { SourceRestores } from '../../features/glacier/lambda/source-restores';
import { VAIN_DAYS } from '../../features/glacier/lambda/vain-restores';
import { addRequests, type Requests, toRequestName } from '../pricing/requests';
import { isInGlacier } from '../pricing/storage-classes';
import type { ObjectHead } from '../s3/bucket-client';
import { toS3Error } from '../s3/s3-error';
import { isTooLong } from '../selection/destination-key';

/** S3 restores the source, unless a note says why not, and a later run archives it. */
export interface Restoring {
  readonly status: 'restoring';
  readonly destination: string;
  readonly requests: Requests;
  readonly notes?: Notes;
}

type Refused = Extract<MoveResult, { code: ReasonCode }>;

/**
 * Copies a source, or has S3 restore it. One whose destination is taken may be archived already,
 * which shows without a restore.
 */
export async function copyOrRestore(
  context: MoveContext,
  object: MoveRequest,
  copy: () => Promise<Copied | MoveResult>,
): Promise<Copied | MoveResult | Restoring> {
  const { key, destination, etag, isTaken, sourceClass, restoredUntil } = object;
  const { source } = context;
  if (restoredUntil === 'ongoing' && !isTaken) {
    return { status: 'restoring', destination, requests: {} };
  }
  const isRestored = Number(restoredUntil) * 1000 > source.budget.clock.now();
  const isReadable = !isInGlacier(sourceClass) || isRestored;
  if (isRestored) {
    context.glacierSources!.noteRestored(key);
  }
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
  if (!isArchived && isTaken && !isReadable && 'code' in outcome) {
    await noteIfRestored(context, object);
  }
  return isArchived ? ((await restoreSource(context, object)) ?? outcome) : outcome;
}

/** A map's listing does not show what S3 has restored. */
async function noteIfRestored(
  { source, glacierSources }: MoveContext,
  { key, etag, destination }: MoveRequest,
): Promise<void> {
  const head = await source.head(key, false).catch(() => undefined);
  if (head?.ETag === etag && planRestore(head, glacierSources!.tier, destination).isRestored) {
    glacierSources!.noteRestored(key);
  }
}

/**
 * Has S3 restore a source that it does not restore yet, and that the run may still restore. Each
 * attempt looks first, so a lost answer never leads to a second request. Undefined: the source can
 * be copied, has another ETag, or is gone.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */
async function restoreSource(
  context: MoveContext,
  object: MoveRequest,
  etag?: string,
): Promise<MoveResult | Restoring | undefined> {
  const { source } = context;
  const request = new RestoreRequest(context, object, etag);
  try {
    return await source.requestAbout(object.key, (s3) => request.send(s3));
  } catch (error) {
    if (source.isAborted) {
      throw error;
    }
    const { code, kind, message } = toS3Error(error);
    return kind === 'missing'
      ? undefined
      : {
          status: 'failed',
          destination: object.destination,
          code,
          message: `S3 could not be asked to restore the object: ${message}`,
        };
  } finally {
    request.end();
  }
}

/** All attempts to have S3 restore one source. The run counts them as one. */
class RestoreRequest {
  private readonly restores: SourceRestores;
  /** Bytes of the version that the run has admitted. Undefined: none. */
  private admitted?: number;
  /** S3 has restored it, or may have. */
  private mayBeDone = false;

  constructor(
    private readonly context: MoveContext,
    private readonly object: MoveRequest,
    private readonly etag: string | undefined,
  ) {
    this.restores = context.glacierSources!;
  }

  async send(s3: S3Client): Promise<MoveResult | Restoring | undefined> {
    const { key } = this.object;
    const { outcome, isNew, head } = await this.look();
    if (!isNew) {
      return outcome;
    }
    const refused = await this.admit(head!);
    if (refused) {
      return refused;
    }
    const { days: Days, tier: Tier } = this.restores;
    try {
      await s3.send(
        new RestoreObjectCommand({
          Bucket: this.context.source.name,
          Key: key,
          RestoreRequest: { Days, GlacierJobParameters: { Tier } },
        }),
      );
      this.mayBeDone = true;
      return outcome;
    } catch (error) {
      this.mayBeDone ||= !isRefusal(error);
      // Another run has asked, or an attempt of ours whose answer was lost, or the source was
      // written again in another class.
      const { kind, code } = toS3Error(error);
      const seen =
        kind === 'ambiguous' || code === ReasonCode.ARCHIVED_CLASS ? await this.look() : undefined;
      if (!seen || seen.isNew) {
        throw error;
      }
      return seen.outcome;
    }
  }

  end(): void {
    if (this.admitted !== undefined && !this.mayBeDone) {
      this.restores.giveBack(this.admitted);
    }
  }

  private async look(): Promise<RestorePlan & { readonly head?: ObjectHead }> {
    const { object, etag, restores } = this;
    const head =
      restores.takeHead(object.key) ?? (await this.context.source.head(object.key, false));
    if (!head || (etag !== undefined && head.ETag !== etag)) {
      return { isNew: false };
    }
    const plan = planRestore(head, restores.tier, object.destination);
    if (plan.isRestored) {
      restores.noteRestored(object.key);
    }
    return { ...plan, head };
  }

  private async admit(head: ObjectHead): Promise<Refused | Restoring | undefined> {
    if (this.admitted !== undefined) {
      return undefined;
    }
    const refused = await admitRestore(this.restores, this.object, head);
    if (!refused) {
      this.admitted = head.ContentLength!;
    }
    return refused;
  }
}

/** S3 has answered that it does nothing. */
function isRefusal(error: unknown): boolean {
  const { kind } = toS3Error(error);
  const { httpStatusCode = 0 } = (error as Partial<S3ServiceException>).$metadata ?? {};
  return httpStatusCode >= 400 && kind !== 'ambiguous' && kind !== 'transient';
}

/** Returns what becomes of a source that S3 is not asked to restore. */
export async function admitRestore(
  restores: Pick<SourceRestores, 'admit'>,
  { key, day, destination }: MoveRequest,
  { ETag: etag, ContentLength: size, StorageClass: storageClass }: ObjectHead,
): Promise<Refused | Restoring | undefined> {
  const refusal = await restores.admit({ key, etag, size: size!, day });
  if (!refusal) {
    return undefined;
  }
  if ('limit' in refusal) {
    return {
      status: 'restoring',
      destination,
      requests: { [toRequestName('HeadObject', storageClass)]: 1 },
      notes: withNote(undefined, 'restoreLimit', refusal.limit),
    };
  }
  const { at, code } = refusal.vain;
  return {
    status: 'failed',
    destination,
    code: ReasonCode.RESTORED_IN_VAIN,
    message:
      `the run of ${at} could not archive this version after S3 had restored it (${code}), so S3 ` +
      `is not asked again before ${addDays(at, VAIN_DAYS)}, unless a run is started for ${day}`,
  };
}

interface RestorePlan {
  /** Undefined: the source can be copied. */
  readonly outcome?: Refused | Restoring;
  /** S3 has to be asked. */
  readonly isNew: boolean;
  /** S3 has restored it. */
  readonly isRestored?: boolean;
}

export function planRestore(
  head: ObjectHead,
  tier: RetrievalTierName,
  destination: string,
): RestorePlan {
  const { StorageClass: storageClass } = head;
  const requests: Requests = { [toRequestName('HeadObject', storageClass)]: 1 };
  switch (getRestoreState(head, tier)) {
    case 'readable':
      return { isNew: false };
    case 'restored':
      return { isNew: false, isRestored: true };
    case 'ongoing':
      return { outcome: { status: 'restoring', destination, requests }, isNew: false };
    case 'unrestored':
      addRequests(requests, { [toRequestName('RestoreObject', `${storageClass}/${tier}`)]: 1 });
      return { outcome: { status: 'restoring', destination, requests }, isNew: true };
    default: {
      const message =
        `the object is in ${storageClass}, from which S3 restores nothing with tier ${tier}; give ` +
        'GlacierSources.restoreFirst() another tier';
      const code = ReasonCode.ARCHIVED_CLASS;
      return { outcome: { status: 'failed', destination, code, message }, isNew: false };
    }
  }
}
