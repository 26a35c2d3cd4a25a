import { isTooLong, renamed } from './destination-key';
import { look } from './look';
import type { Movable, Moved, Mover } from './move';
import { failureOf } from './s3-failure';
import { sameContent } from './same-content';
import { ReasonCode } from '../contract/reason-codes';

/** Their objects may have to be restored; of INTELLIGENT_TIERING a listing does not tell the tier, a HEAD does. */
const MAYBE_ARCHIVED = new Set(['GLACIER', 'DEEP_ARCHIVE', 'INTELLIGENT_TIERING']);

/**
 * What the move of an object would come to, as far as looking tells: permissions and S3's moods
 * show only in the real run.
 *
 * `claimed` holds the destinations that objects of this batch would take, which a look cannot show.
 */
export async function preview(mover: Mover, object: Movable, storageClass: string | undefined, claimed: Map<string, Movable>): Promise<Moved> {
  const { s3, patience, signal } = mover;
  let { destination } = object;
  try {
    if (isTooLong(destination)) return { status: 'failed', destination, code: ReasonCode.KEY_TOO_LONG, message: 'the destination key would be longer than 1,024 bytes' };
    const places = mover.conflictPolicy === 'RENAME' ? [destination, renamed(destination, object.etag)] : [destination];
    for (destination of places) {
      const first = claimed.get(destination);
      if (!first) claimed.set(destination, object);
      const [bucket, key] = first ? [mover.sourceBucket, first.key] : [mover.destinationBucket, destination];
      const there = await look(s3, patience, bucket, key, signal);
      const source = there || MAYBE_ARCHIVED.has(storageClass ?? '') ? await look(s3, patience, mover.sourceBucket, object.key, signal) : undefined;
      if (!there) {
        // A restored object can be copied: https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
        const restored = source?.Restore?.includes('ongoing-request="false"');
        const readable = !source || restored || (storageClass === 'INTELLIGENT_TIERING' && !source.ArchiveStatus);
        return !readable
          ? { status: 'failed', destination, code: ReasonCode.ARCHIVED_CLASS, message: `the object is in ${storageClass} and has to be restored first` }
          : { status: 'archived', destination, etag: object.etag, size: object.size };
      }
      if (!source) return { status: 'vanished' };
      const same = await sameContent(s3, patience,
        { bucket: mover.sourceBucket, key: object.key, sight: source },
        { bucket, key, sight: there }, signal);
      if (same) return { status: 'archived', destination, etag: object.etag, size: object.size };
    }
    return { status: 'conflicting', destination, code: ReasonCode.DESTINATION_EXISTS, message: 'the destination holds other content' };
  } catch (error) {
    if (signal.aborted) throw error;
    const failure = failureOf(error);
    return { status: 'failed', destination, code: failure.code, message: failure.message };
  }
}
