import type { _Object, RestoreStatus } from '@aws-sdk/client-s3';
import { rangesAround } from './key-range';
import { type PlanContext, PlanRound } from './plan-round';
import { ShardedListing } from './sharded-listing';
import type {
  ListedObject,
  ListObjectsEvent,
  RunListing,
} from '../../../contract/payloads/listing';

/**
 * Runs one round: lists from the checkpoint on until everything is listed, or the time ends.
 * @param milliseconds until Lambda ends the invocation
 */
export async function listObjects(
  context: PlanContext,
  event: ListObjectsEvent,
  milliseconds: number,
): Promise<RunListing> {
  const round = new PlanRound(context, event, milliseconds);
  const { glacierSources, sourceBucket, destinationBucket, destinationPrefix, listingConcurrency } =
    context.settings;
  const { prefix } = event.listing;
  // The archive grows with every run, so what lies in it is not listed, if it lies inside of the
  // listing.
  const isArchiveInside =
    sourceBucket === destinationBucket &&
    destinationPrefix.length > prefix.length &&
    destinationPrefix.startsWith(prefix);
  const gap = isArchiveInside ? destinationPrefix : undefined;
  const { value: checkpoint } = await round.readCheckpoints().next();
  const ranges = checkpoint?.ranges ?? rangesAround(gap);

  const source = round.createClient(sourceBucket);
  const restores = glacierSources && { OptionalObjectAttributes: ['RestoreStatus' as const] };
  const shards = new ShardedListing(
    { source, prefix, gap, concurrency: listingConcurrency!, ...restores },
    ranges,
  );
  for await (const page of shards.list(() => round.isOver(shards.requests))) {
    round.progress.listed += page.length;
    for (const object of page) {
      const added = round.plan(toListedObject(object));
      // Most objects of a large bucket are of other days, and waiting for nothing takes time, too.
      if (added) {
        await added;
      }
    }
  }
  round.progress.requests += shards.requests;
  return round.end(shards.ranges.length > 0 ? { ranges: shards.ranges } : undefined);
}

/** Objects look as those of the map's reader, so that batches are the same. */
export function toListedObject({
  Key,
  ETag,
  LastModified,
  Size,
  StorageClass,
  RestoreStatus,
}: _Object): ListedObject {
  return {
    Key: Key!,
    Etag: ETag!,
    LastModified: LastModified!.getTime() / 1000,
    Size: Size!,
    StorageClass,
    RestoredUntil: RestoreStatus && readRestoredUntil(RestoreStatus),
  };
}

function readRestoredUntil({
  IsRestoreInProgress: isInProgress,
  RestoreExpiryDate: until,
}: RestoreStatus): ListedObject['RestoredUntil'] {
  return isInProgress ? 'ongoing' : (until?.getTime() ?? 0) / 1000;
}
