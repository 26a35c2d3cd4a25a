import { INITIAL_CONCURRENCY } from '../../contract/batches';
import type { LedgerLine, ListedObject } from '../../contract/payloads';
import { ReasonCode } from '../../contract/reason-codes';
import { existingKeys } from '../move/existing-keys';
import { headObject, type ObjectHead } from '../move/head-object';
import type { MoveRequest, MoveResult, MoveContext } from '../move/move-object';
import { getPartSize } from '../move/multipart-copy';
import { isSameObject } from '../move/same-object';
import { addRequests, toRequestName, type Requests } from '../pricing/requests';
import { getTerms } from '../pricing/storage-classes';
import { countRequests } from '../s3/count-requests';
import { toS3Error } from '../s3/s3-error';
import { isTooLong, renamed } from '../selection/destination-key';

/** Their objects may have to be restored; of INTELLIGENT_TIERING a listing does not tell the tier, a HEAD does. */
const MAYBE_ARCHIVED = new Set(['GLACIER', 'DEEP_ARCHIVE', 'INTELLIGENT_TIERING']);

/** What the move of an object would come to, and what it would ask of S3. */
export type Preview = MoveResult & { readonly requests: Requests };
type Previewer = (object: MoveRequest, storageClass: string | undefined) => Promise<Preview>;

/**
 * Foresees the moves of a batch as far as looking tells: permissions and S3's moods show only in the real run.
 *
 * @param destinations that the batch's objects would take
 */
export function previewer(mover: MoveContext, destinations: () => readonly string[]): Previewer {
  // Destinations that objects of this batch would take, which a look cannot show.
  const claimed = new Map<string, MoveRequest>();
  let known: { readonly asked: ReadonlySet<string>; readonly present: Promise<ReadonlySet<string> | undefined> } | undefined;
  let begun = 0;

  const isPresent = async (destination: string): Promise<boolean> => {
    if (!known) {
      const asked = new Set(destinations().filter((key) => !isTooLong(key)));
      const present = existingKeys(mover.s3, mover.budget, mover.destinationBucket, [...asked], mover.signal);
      present.catch(() => undefined); // whoever asks is told
      known = { asked, present };
    }
    if (!known.asked.has(destination)) { return true; }
    return (await known.present)?.has(destination) ?? true;
  };

  return async (object, storageClass) => {
    const refusals = begun++ < INITIAL_CONCURRENCY ? 1 : 2;
    const requests: Requests = {};
    const moved = await preview({ mover, object, storageClass, claimed, isPresent, refusals, requests });
    return { ...moved, requests };
  };
}

interface PreviewContext {
  readonly mover: MoveContext;
  readonly object: MoveRequest;
  readonly storageClass: string | undefined;
  readonly claimed: Map<string, MoveRequest>;
  /** False where a destination is certainly free. */
  readonly isPresent: (destination: string) => Promise<boolean>;
  /** How often a copy that is refused is sent. */
  readonly refusals: number;
  /** Of the real move; added to. */
  readonly requests: Requests;
}

async function preview({ mover, object, storageClass, claimed, isPresent, refusals, requests }: PreviewContext): Promise<MoveResult> {
  const { s3, budget, signal } = mover;
  let { destination } = object;
  try {
    const places = mover.conflictPolicy === 'REPORT' ? [destination] : [destination, renamed(destination, object.etag)];
    for (destination of places) {
      if (isTooLong(destination)) {
        return { status: 'failed', destination, code: ReasonCode.KEY_TOO_LONG, message: 'the destination key would be longer than 1,024 bytes' };
      }
      const first = claimed.get(destination);
      if (!first) { claimed.set(destination, object); }
      const [bucket, key] = first ? [mover.sourceBucket, first.key] : [mover.destinationBucket, destination];
      const there = first || await isPresent(destination) ? await headObject(s3, budget, bucket, key, signal) : undefined;
      const source = there || MAYBE_ARCHIVED.has(storageClass ?? '') ? await headObject(s3, budget, mover.sourceBucket, object.key, signal) : undefined;
      if (!there) {
        // A restored object can be copied: https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
        const restored = source?.Restore?.includes('ongoing-request="false"');
        const readable = !source || restored || (storageClass === 'INTELLIGENT_TIERING' && !source.ArchiveStatus);
        addRequests(requests, copyOf(mover, object, storageClass, readable ? 1 : refusals));
        return !readable
          ? { status: 'failed', destination, code: ReasonCode.ARCHIVED_CLASS, message: `the object is in ${storageClass} and has to be restored first` }
          : { status: 'archived', destination, etag: object.etag, size: object.size };
      }
      if (!source) { return { status: 'source-gone' }; }
      addRequests(requests, refusedCopyOf(mover, object, storageClass, refusals));
      const sides = [{ bucket: mover.sourceBucket, key: object.key, head: source }, { bucket, key, head: there }] as const;
      for (const { head } of sides) { addRequests(requests, lookAt(head)); }
      const counted = countRequests(s3, ({ operation, ...asked }) => {
        const side = sides.find((each) => each.bucket === asked.bucket && each.key === asked.key);
        addRequests(requests, { [toRequestName(operation, operation === 'GetObjectTagging' ? undefined : side?.head.StorageClass)]: 1 });
      });
      if (await isSameObject(counted, budget, ...sides, signal)) {
        return { status: 'archived', destination, etag: object.etag, size: object.size };
      }
    }
    return { status: 'conflicting', destination, code: ReasonCode.DESTINATION_EXISTS, message: 'the destination holds other content' };
  } catch (error) {
    if (signal.aborted) { throw error; }
    const failure = toS3Error(error);
    addRequests(requests, { [toRequestName('CopyObject', mover.storageClass)]: 1 });
    return { status: 'failed', destination, code: failure.code, message: failure.message };
  }
}

const lookAt = (head: ObjectHead) => ({ [toRequestName('HeadObject', head.StorageClass)]: 1 });

function copyOf(mover: MoveContext, { size }: MoveRequest, sourceClass: string | undefined, times = 1): Requests {
  const { multipartThreshold, sourceLocks, storageClass } = mover;
  const isLarge = size > multipartThreshold;
  const requests: Requests = isLarge || sourceLocks ? { [toRequestName('HeadObject', sourceClass)]: 1 } : {};
  if (!isLarge) { return { ...requests, [toRequestName('CopyObject', storageClass)]: times }; }
  return {
    ...requests,
    GetObjectTagging: 1,
    [toRequestName('CreateMultipartUpload', storageClass)]: 1,
    [toRequestName('UploadPartCopy', storageClass)]: Math.ceil(size / getPartSize(size, multipartThreshold)),
    ListMultipartUploads: 1,
    [toRequestName('CompleteMultipartUpload', storageClass)]: 1,
  };
}

/** That the destination is taken shows a copy in parts only when it is completed. */
function refusedCopyOf(mover: MoveContext, object: MoveRequest, sourceClass: string | undefined, refusals: number): Requests {
  const isLarge = object.size > mover.multipartThreshold;
  return { ...copyOf(mover, object, sourceClass, refusals), ...isLarge && { AbortMultipartUpload: 1 } };
}

/** What a line of the ledger tells of an object beside its move. */
export function listedFields(
  { StorageClass: storageClass, LastModified }: ListedObject, mover: Pick<MoveContext, 'storageClass'>, requests?: Requests,
): Partial<LedgerLine> {
  const isPlain = requests && Object.keys(requests).length === 1 && requests[toRequestName('CopyObject', mover.storageClass)] === 1;
  return {
    ...storageClass && storageClass !== 'STANDARD' && { storageClass },
    ...requests && storageClass && getTerms(storageClass).minimumDays > 0 && { modified: LastModified },
    ...requests && !isPlain && { requests },
  };
}
