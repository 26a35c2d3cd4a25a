import { INITIAL_CONCURRENCY } from '../../contract/batches';
import { ReasonCode } from '../../contract/payloads/reason-codes';
import { listAnnotations } from '../attributes/annotations';
import { ComparisonUnfinished, isSame } from '../move/is-same';
import type { MoveContext, MoveRequest, MoveResult } from '../move/move-request';
import { admitRestore, planRestore, type Restoring } from '../move/restore-source';
import { conflictWithOther, failKeyTooLong } from '../move/results';
import { type Located, ofKey } from '../move/subject';
import { addRequests, toRequestName, type Requests } from '../pricing/requests';
import { isInGlacier } from '../pricing/storage-classes';
import type { BucketClient, ObjectHead } from '../s3/bucket-client';
import { countRequests, type RequestRecord } from '../s3/count-requests';
import { getCopyPartSize } from '../s3/multipart-parts';
import type { FoundObject } from '../s3/object-lookup';
import { toS3Error } from '../s3/s3-error';
import { isTooLong, renamed } from '../selection/destination-key';

/**
 * Whether an object of this class may have to be restored first. For INTELLIGENT_TIERING, a listing
 * does not show the tier, but HEAD does.
 */
const mayBeArchived = (storageClass: string | undefined) =>
  isInGlacier(storageClass) || storageClass === 'INTELLIGENT_TIERING';

/** If the archive already holds this many objects of a batch, it may hold the others, too. */
export const FOUND_BEFORE_LISTING = 10;
/**
 * Objects that a real run begins while it compares one with its copy: that takes several requests
 * in a row, and a copy only one.
 */
const BEGUN_MEANWHILE = 1.5 * INITIAL_CONCURRENCY;

interface Prediction {
  readonly object: MoveRequest;
  /** The place of the object among those of the batch. */
  readonly turn: number;
  /** The requests of the real move. */
  readonly requests: Requests;
  readonly maxBytesToRead?: number;
}

/** The expected result of a move, and the requests that it would send to S3. */
export type Preview = (MoveResult | Restoring) & {
  readonly requests: Requests;
  /** The object would lie in a pack. */
  readonly isPacked?: true;
};

/**
 * Predicts the moves of a batch from reads alone. Missing permissions to write, and throttling,
 * show only in the real run.
 */
export class Previewer {
  /**
   * Destinations that objects of this batch would take. HEAD does not show them, because a dry run
   * writes nothing.
   */
  private readonly claimed = new Map<string, MoveRequest>();
  /** In the order in which the real run would begin. Each ends, with or without an error. */
  private readonly predictions: Promise<unknown>[] = [];
  /** The turns of objects that the archive holds already. */
  private readonly found: number[] = [];
  /** The turns of objects whose first copy succeeds. */
  private readonly copied = new Set<number>();

  /** @param listTaken lists which destinations of the batch are taken, once */
  constructor(
    private readonly context: MoveContext,
    private readonly listTaken: () => Promise<ReadonlyMap<string, FoundObject>>,
  ) {}

  /** @param maxBytesToRead larger objects are not read to compare them; default: no limit */
  async preview(object: MoveRequest, maxBytesToRead?: number): Promise<Preview> {
    const requests: Requests = {};
    const prediction = this.predict(object, this.predictions.length, requests, maxBytesToRead);
    this.predictions.push(prediction.catch(() => undefined));
    return { ...(await prediction), requests };
  }

  /** @param requests the requests of the real move are added here */
  private async predict(
    object: MoveRequest,
    turn: number,
    requests: Requests,
    maxBytesToRead?: number,
  ): Promise<MoveResult | Restoring> {
    const { context } = this;
    const prediction = { object, turn, requests, maxBytesToRead };
    const places =
      context.conflictPolicy === 'REPORT'
        ? [object.destination]
        : [object.destination, renamed(object.destination, object.etag)];
    let destination = object.destination;
    try {
      for (destination of places) {
        const result = await this.predictAt(destination, prediction);
        if (result) {
          return result;
        }
      }
      return conflictWithOther(destination);
    } catch (error) {
      if (context.source.isAborted || error instanceof ComparisonUnfinished) {
        throw error;
      }
      const { code, message } = toS3Error(error);
      addRequests(requests, { [toRequestName('CopyObject', context.storageClass)]: 1 });
      return { status: 'failed', destination, code, message };
    }
  }

  /** Undefined: the place holds another object. */
  private async predictAt(
    destination: string,
    prediction: Prediction,
  ): Promise<MoveResult | Restoring | undefined> {
    const { context } = this;
    const { object } = prediction;
    if (isTooLong(destination)) {
      return failKeyTooLong(destination);
    }
    const first = this.claim(destination, object);
    const existing = first
      ? { bucket: context.source, key: first.key }
      : { bucket: context.destination, key: destination };
    const mayExist =
      first !== undefined ||
      destination !== object.destination ||
      (await this.mayExist(destination));
    const existingHead = mayExist ? await existing.bucket.head(existing.key) : undefined;
    const looksAtSource =
      existingHead !== undefined || context.isRecorded || mayBeArchived(object.sourceClass);
    const sourceHead = looksAtSource ? await context.source.head(object.key) : undefined;
    if (context.isRecorded && !sourceHead) {
      return { status: 'source-gone' };
    }
    if (context.isRecorded && sourceHead?.ETag !== object.etag) {
      return { status: 'deselected' };
    }
    if (!existingHead) {
      return this.predictCopy(destination, prediction, sourceHead);
    }
    if (!sourceHead) {
      return { status: 'source-gone' };
    }
    await this.addRefusedCopy(destination, prediction, first !== undefined);
    const objects: [Located, Located] = [
      { bucket: context.source, key: object.key, head: sourceHead },
      { ...existing, head: existingHead },
    ];
    const { requests, maxBytesToRead, turn } = prediction;
    if (!(await compare(objects, requests, { ...context, maxBytesToRead }))) {
      return undefined;
    }
    this.found.push(turn);
    return { status: 'archived', destination, etag: object.etag, size: object.size };
  }

  /** Returns the other object of this batch that would take the destination before. */
  private claim(destination: string, object: MoveRequest): MoveRequest | undefined {
    const claim = this.claimed.get(destination);
    if (!claim) {
      this.claimed.set(destination, object);
    }
    // An object that was not compared yet comes a second time.
    return claim?.key === object.key ? undefined : claim;
  }

  /** The destination is free. */
  private async predictCopy(
    destination: string,
    { object, turn, requests }: Prediction,
    sourceHead: ObjectHead | undefined,
  ): Promise<MoveResult | Restoring> {
    const { context } = this;
    const sourceClass = sourceHead?.StorageClass ?? object.sourceClass;
    const isReadable =
      !sourceHead || !mayBeArchived(sourceClass) || canBeCopied(sourceHead, sourceClass);
    const restore = sourceHead && (await this.planRestore(sourceHead, object, destination));
    if (restore) {
      addRequests(requests, 'requests' in restore ? restore.requests : {});
      return restore;
    }
    const attempts = isReadable ? 1 : await this.getAttemptsOfRefused(turn);
    addRequests(requests, getCopyRequests(context, object, attempts));
    if (object.size > context.multipartThreshold) {
      addRequests(requests, await getAnnotationRequests(context.source, object));
    }
    if (isReadable) {
      if (destination === object.destination) {
        this.copied.add(turn);
      }
      return { status: 'archived', destination, etag: object.etag, size: object.size };
    }
    const message = `the object is in ${sourceClass} and has to be restored first`;
    return { status: 'failed', destination, code: ReasonCode.ARCHIVED_CLASS, message };
  }

  /** The real run tries a copy first, unless it has listed the destination. */
  private async addRefusedCopy(
    destination: string,
    { object, turn, requests }: Prediction,
    isOfThisBatch: boolean,
  ): Promise<void> {
    const { context } = this;
    const looksFirst =
      context.looksFirst ||
      (context.glacierSources !== undefined && isInGlacier(object.sourceClass));
    const isListed =
      !isOfThisBatch &&
      destination === object.destination &&
      (looksFirst || (await this.looksAt(turn)));
    if (isListed) {
      return;
    }
    const attempts = await this.getAttemptsOfRefused(turn);
    addRequests(requests, getCopyRequests(context, object, attempts));
    // A multipart copy learns that the destination is taken only when it is completed.
    if (object.size > context.multipartThreshold) {
      addRequests(requests, { AbortMultipartUpload: 1 });
    }
  }

  /**
   * A copy that S3 refuses is sent by the SDK, and on the fast path before, once a copy has
   * succeeded.
   */
  private async getAttemptsOfRefused(turn: number): Promise<number> {
    for (const [earlier, prediction] of this.predictions.slice(0, turn).entries()) {
      await prediction;
      if (this.copied.has(earlier)) {
        return 2;
      }
    }
    return 1;
  }

  private async planRestore(
    head: ObjectHead,
    object: MoveRequest,
    destination: string,
  ): Promise<MoveResult | Restoring | undefined> {
    const { glacierSources } = this.context;
    if (!glacierSources) {
      return undefined;
    }
    const { outcome, isNew } = planRestore(head, glacierSources.tier, destination);
    const refused = isNew && (await admitRestore(glacierSources, { ...object, destination }, head));
    return refused || outcome;
  }

  /**
   * Whether the real run has listed the archive before it copies this object. At that time, the
   * outcomes of the last copies are still unknown.
   */
  private async looksAt(turn: number): Promise<boolean> {
    const known = this.predictions.slice(0, Math.max(0, turn - BEGUN_MEANWHILE));
    await Promise.all(known);
    return this.found.filter((each) => each < known.length).length >= FOUND_BEFORE_LISTING;
  }

  /** False if a destination is certainly free. */
  private async mayExist(destination: string): Promise<boolean> {
    try {
      return (await this.listTaken()).has(destination);
    } catch (error) {
      if (toS3Error(error).kind === 'denied') {
        return true;
      }
      throw error;
    }
  }
}

/**
 * A restored object can be copied:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
 */
function canBeCopied(head: ObjectHead, storageClass: string | undefined): boolean {
  return (
    head.Restore?.includes('ongoing-request="false"') ||
    (storageClass === 'INTELLIGENT_TIERING' && !head.ArchiveStatus)
  );
}

/** Requests whose price does not depend on the storage class of the object. */
const WITHOUT_CLASS: ReadonlySet<string> = new Set(['GetObjectTagging', 'ListObjectAnnotations']);

/** Compares the objects as the real move does, and adds the requests for it. */
async function compare(
  both: readonly [Located, Located],
  requests: Requests,
  context: MoveContext,
): Promise<boolean> {
  for (const { head } of both) {
    addRequests(requests, { [toRequestName('HeadObject', head.StorageClass)]: 1 });
  }
  const onRequest = ({ operation, ...asked }: RequestRecord) => {
    const located = both.find(
      (each) => each.bucket.name === asked.bucket && each.key === asked.key,
    );
    addRequests(requests, {
      [toRequestName(
        operation,
        WITHOUT_CLASS.has(operation) ? undefined : located?.head.StorageClass,
      )]: 1,
    });
  };
  const counted = (located: Located) => ({
    ...located,
    bucket: located.bucket.with({ s3: countRequests(located.bucket.s3, onRequest) }),
  });
  return isSame(ofKey(counted(both[0])), ofKey(counted(both[1])), {
    ...context,
    // They are read and written, and then both ends are listed again.
    onIncomplete: (count) =>
      addRequests(requests, {
        ListObjectAnnotations: 2,
        GetObjectAnnotation: count,
        PutObjectAnnotation: count,
      }),
  });
}

/**
 * CopyObject copies annotations, too, and S3 bills one PUT per annotation. Only a request per
 * object shows how many it has.
 */
async function getAnnotationRequests(
  bucket: BucketClient,
  { key }: MoveRequest,
): Promise<Requests> {
  const { size: count } = await listAnnotations({ bucket, key });
  return count > 0
    ? { ListObjectAnnotations: 4, GetObjectAnnotation: count, PutObjectAnnotation: count }
    : { ListObjectAnnotations: 1 };
}

/** @param times how often a CopyObject request is sent */
function getCopyRequests(context: MoveContext, object: MoveRequest, times: number): Requests {
  const { multipartThreshold, maxCopyBytes, sourceLocks } = context;
  const { size, sourceClass, storageClass = context.storageClass } = object;
  const isLarge = size > multipartThreshold;
  const requests: Requests =
    isLarge || sourceLocks ? { [toRequestName('HeadObject', sourceClass)]: 1 } : {};
  for (const given of Object.values(context.given ?? {})) {
    addRequests(requests, given.requests);
  }
  if (!isLarge) {
    return { ...requests, [toRequestName('CopyObject', storageClass)]: times };
  }
  return {
    ...requests,
    GetObjectTagging: 1,
    [toRequestName('CreateMultipartUpload', storageClass)]: 1,
    [toRequestName('UploadPartCopy', storageClass)]: Math.ceil(
      size / getCopyPartSize(size, maxCopyBytes),
    ),
    ListMultipartUploads: 1,
    [toRequestName('CompleteMultipartUpload', storageClass)]: 1,
  };
}
