/** Lists the source, selects, and writes the plan of a run: what each child of the map archives. */
import type { _Object, S3Client } from '@aws-sdk/client-s3';
import { leaveOut } from './key-range';
import { PlanWriter, readCheckpoint } from './plan-writer';
import { ShardedListing } from './sharded-listing';
import { getReserve } from '../../contract/batches';
import type { ListedObject, ListingProgress, ListObjectsEvent, RunListing } from '../../contract/payloads/listing';
import type { Settings } from '../../contract/payloads/settings';
import { BucketClient } from '../s3/bucket-client';
import type { Clock } from '../s3/retry';
import { addFiltered } from '../selection/filter';
import type { Selection } from '../selection/select-objects';
import { addStraggler, noStragglers } from '../selection/stragglers';

export interface ListObjectsContext {
  readonly s3: S3Client;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly select: (object: ListedObject) => Selection;
  /** Default: what a checkpoint of 5 MB has. A round keeps the names of its parts in memory. */
  readonly maxPartsOfRound?: number;
}

export const MAX_PARTS_OF_ROUND = 50_000;

/**
 * Runs one round: lists from the checkpoint on until everything is listed or the time ends, and returns the listing with its
 * progress.
 *
 * A round changes nothing that an earlier one has written, and only its answer makes what it wrote part of the plan. So a
 * round that dies, or runs twice, lists no object twice and leaves none out.
 *
 * @param milliseconds until Lambda ends the invocation
 */
export async function listObjects(context: ListObjectsContext, { run, listing }: ListObjectsEvent, milliseconds: number): Promise<RunListing> {
  const { s3, clock, settings, select } = context;
  const began = clock.now();
  const deadline = began + milliseconds - getReserve(milliseconds);
  const client = (bucket: string) => new BucketClient({ s3, bucket, budget: { clock, deadline: began + milliseconds } });
  const reports = client(settings.reportBucket);
  const before = listing.progress ?? initialListing();
  const { prefix } = listing;
  const gap = getGap(prefix, settings);
  const ranges = before.checkpoint === null
    ? gap === undefined ? [{}] : leaveOut(gap)
    : (await readCheckpoint(reports, run, before.checkpoint)).ranges;

  const shards = new ShardedListing({ source: client(settings.sourceBucket), prefix, gap, concurrency: settings.listingConcurrency! }, ranges);
  const writer = new PlanWriter(reports, run, settings.batchSize);
  const stragglers = { ...before.stragglers };
  const { maxPartsOfRound = MAX_PARTS_OF_ROUND } = context;
  let { listed, selected, filtered = null } = before;
  const isOver = () => shards.requests > 0 && (clock.now() >= deadline || writer.parts.length >= maxPartsOfRound);
  for await (const page of shards.list(isOver)) {
    listed += page.length;
    for (const object of page.map(toListedObject)) {
      const selection = select(object);
      if (selection.selected) {
        selected += 1;
        await writer.add(object);
        continue;
      }
      if (selection.straggler) { addStraggler(stragglers, selection.straggler, object.Key); }
      if (selection.filter) { filtered = addFiltered(filtered, { [selection.filter]: 1 }); }
    }
  }
  await writer.flush();

  const finished = shards.ranges.length === 0;
  const parts = before.parts + writer.parts.length;
  const progress: ListingProgress = {
    finished,
    rounds: before.rounds + 1,
    checkpoint: finished ? null : await writer.writeCheckpoint({ ranges: shards.ranges }, before.checkpoint),
    partsKey: finished && parts > 0 ? await writer.writePartsFile(s3, before.checkpoint) : null,
    parts,
    listed,
    selected,
    stragglers,
    filtered,
    requests: before.requests + shards.requests,
    milliseconds: before.milliseconds + clock.now() - began,
  };
  return { prefix, progress };
}

export function initialListing(): ListingProgress {
  return {
    finished: false,
    rounds: 0,
    checkpoint: null,
    partsKey: null,
    parts: 0,
    listed: 0,
    selected: 0,
    stragglers: noStragglers(),
    filtered: null,
    requests: 0,
    milliseconds: 0,
  };
}

/** The archive grows with every run, so what lies in it is not listed, if it lies inside of the listing. */
function getGap(prefix: string, { sourceBucket, destinationBucket, destinationPrefix }: Settings): string | undefined {
  const isInside = sourceBucket === destinationBucket && destinationPrefix.length > prefix.length && destinationPrefix.startsWith(prefix);
  return isInside ? destinationPrefix : undefined;
}

/** Objects look as those of the map's reader, so that batches are the same. */
function toListedObject({ Key, ETag, LastModified, Size, StorageClass }: _Object): ListedObject {
  return {
    Key: Key!,
    Etag: ETag!,
    LastModified: LastModified!.getTime() / 1000,
    Size: Size!,
    ...StorageClass !== undefined && { StorageClass },
  };
}
