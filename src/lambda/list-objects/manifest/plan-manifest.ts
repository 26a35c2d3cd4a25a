/**
 * Plans a run from a manifest: reads its lines, selects, and writes the parts of the plan.
 *
 * 1. All lines are read and checked, so that a line that is wrong ends the run before it has touched an object. Those of other
 *    days are dropped.
 * 2. The others are planned, bucket by bucket (spool.ts), and each key once. S3 is asked about each object that no inventory describes.
 *
 * As with a listing, a round changes nothing that an earlier one has written, and only its answer makes what it wrote part of
 * the plan.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { isComplete, look } from './complete-object';
import { manifestError } from './manifest-error';
import type { ManifestState, Outside, SpoolFile } from './manifest-state';
import type { ManifestObject } from './parse-line';
import { openManifest, type Page } from './read-manifest';
import { BUCKETS, Spool } from './spool';
import { getReserve } from '../../../contract/batches';
import type { ListedObject, ListingProgress, ListObjectsEvent, RunListing } from '../../../contract/payloads/listing';
import type { Manifest, Run } from '../../../contract/payloads/run';
import { hasHour } from '../../../dates/date-format';
import { BucketClient } from '../../s3/bucket-client';
import { countRequests } from '../../s3/count-requests';
import { orderedMap } from '../../s3/ordered-map';
import { addFiltered } from '../../selection/filter';
import { createSelector } from '../../selection/select-objects';
import { escapeUnprintable } from '../../text/escape';
import { formatCount, toUri } from '../../text/format';
import { initialListing, type ListObjectsContext, MAX_PARTS_OF_ROUND } from '../list-objects';
import { PlanWriter, readCheckpoint } from '../plan-writer';

export interface PlanManifestContext extends ListObjectsContext {
  /** Reads manifests, which may be in another region. */
  readonly manifests: S3Client;
  /** Default: that of the spool. */
  readonly maxLinesInMemory?: number;
  /** How many lines of a bucket are planned between two looks at the clock. Default: 500. */
  readonly linesAtOnce?: number;
}

/** HeadObject is limited to 5,500 requests a second, and takes some 20 ms. */
const LOOKS_AT_ONCE = 64;
const LINES_AT_ONCE = 500;

/**
 * Runs one round: reads from the checkpoint on until the plan is complete or the time ends.
 *
 * @param milliseconds until Lambda ends the invocation
 */
export async function planManifest(context: PlanManifestContext, { run, listing }: ListObjectsEvent, milliseconds: number): Promise<RunListing> {
  const { clock, settings, maxPartsOfRound = MAX_PARTS_OF_ROUND, linesAtOnce = LINES_AT_ONCE } = context;
  const began = clock.now();
  const deadline = began + milliseconds - getReserve(milliseconds);
  const before = listing.progress ?? initialListing();
  const requests = { ...before.manifest?.requests };
  const counted = (s3: S3Client) => countRequests(s3, ({ operation }) => { requests[operation] = (requests[operation] ?? 0) + 1; });
  const client = (s3: S3Client, bucket: string) => new BucketClient({ s3, bucket, budget: { clock, deadline: began + milliseconds } });
  const reports = client(context.s3, settings.reportBucket);
  const earlier = await readEarlier(reports, run, before.checkpoint);
  const spool = new Spool(client(counted(context.s3), settings.reportBucket), run, earlier.spooled, context.maxLinesInMemory);
  const writer = new PlanWriter(reports, run, settings.batchSize);
  const counts = {
    listed: before.listed,
    selected: before.selected,
    filtered: before.filtered ?? null,
    repeated: before.manifest?.repeated ?? 0,
    gone: before.manifest?.gone ?? 0,
  };
  let steps = 0;
  const isOver = () => steps > 0 && (clock.now() >= deadline || writer.parts.length >= maxPartsOfRound);

  const state = await readLines();
  if (state.position === null) {
    assertInside(run.manifest!, settings.sourcePrefix, state.outside);
    await planBuckets();
  }
  await writer.flush();

  const finished = state.bucket === BUCKETS;
  if (!finished) { await spool.flush(state.bucket); }
  const parts = before.parts + writer.parts.length;
  const progress: ListingProgress = {
    ...before,
    finished,
    rounds: before.rounds + 1,
    checkpoint: finished ? null : await writer.writeCheckpoint({ manifest: { ...state, spooled: spool.written } }, before.checkpoint),
    partsKey: finished && parts > 0 ? await writer.writePartsFile(context.s3, before.checkpoint) : null,
    parts,
    listed: counts.listed,
    selected: counts.selected,
    filtered: counts.filtered,
    milliseconds: before.milliseconds + clock.now() - began,
    manifest: { repeated: counts.repeated, gone: counts.gone, requests },
  };
  return { prefix: listing.prefix, progress };

  /** Reads lines until there are no more, or the time ends. */
  async function readLines(): Promise<ManifestState> {
    const last = earlier.state;
    if (last?.position === null) { return { ...last }; }
    const options = { s3: counted(context.manifests), sourceBucket: settings.sourceBucket, needsHour: hasHour(settings.layout.format) };
    const manifest = await openManifest(options, run.manifest!, last?.etag);
    const now: ManifestState = last ? { ...last } : { etag: manifest.etag, position: manifest.start, outside: null, bucket: 0, done: 0, spooled: [] };
    const select = createSelector({ ...settings, filter: undefined }, run);
    // What S3 would have to be asked for may decide whether the object is selected.
    const mayBeSelected = (object: ManifestObject) => select({ Etag: '', Size: 0, ...object }).selected || needsTime(object);
    const needsTime = (object: ManifestObject) => settings.dateSource.kind === 'lastModified' && !isComplete({ Etag: '', Size: 0, ...object }, settings);
    for await (const page of manifest.read(now.position!)) {
      counts.listed += page.objects.length;
      for (let i = 0; i < page.objects.length; i++) {
        const object = page.objects[i];
        if (!object.Key.startsWith(settings.sourcePrefix)) {
          now.outside = addOutside(now.outside, page, i);
        } else if (mayBeSelected(object)) {
          await spool.add(object);
        }
      }
      now.position = page.next;
      steps += 1;
      if (isOver()) { return now; }
    }
    return { ...now, position: null };
  }

  /** Plans buckets until there are no more, or the time ends. */
  async function planBuckets(): Promise<void> {
    const source = client(counted(context.s3), settings.sourceBucket);
    const complete = async (object: ManifestObject) => isComplete(object, settings) ? object : look(source, object);
    for (; state.bucket < BUCKETS; state.bucket++, state.done = 0) {
      const lines = await spool.read(state.bucket);
      const seen = new Set(lines.slice(0, state.done).map(({ Key }) => Key));
      while (state.done < lines.length) {
        if (isOver()) { return; }
        const some = lines.slice(state.done, state.done + linesAtOnce);
        const first = some.filter(({ Key }) => !seen.has(Key) && seen.add(Key));
        counts.repeated += some.length - first.length;
        for await (const object of orderedMap(first, LOOKS_AT_ONCE, complete)) { await plan(object); }
        state.done += some.length;
        steps += 1;
      }
    }
  }

  async function plan(object: ListedObject | undefined): Promise<void> {
    if (!object) {
      counts.gone += 1;
      return;
    }
    const selection = context.select(object);
    if (selection.selected) {
      counts.selected += 1;
      await writer.add(object);
    } else if (selection.filter) {
      counts.filtered = addFiltered(counts.filtered, { [selection.filter]: 1 });
    }
  }
}

/** Reads what the rounds before left: the last state, and all files of lines. */
async function readEarlier(reports: BucketClient, run: Run, checkpoint: string | null): Promise<{ state?: ManifestState; spooled: SpoolFile[] }> {
  let state: ManifestState | undefined;
  const spooled: SpoolFile[][] = [];
  for (let name = checkpoint; name !== null;) {
    const { manifest, previous } = await readCheckpoint(reports, run, name);
    state ??= manifest;
    spooled.unshift(manifest!.spooled);
    name = previous;
  }
  return { state, spooled: spooled.flat() };
}

function addOutside(outside: Outside | null, { file, lineOf }: Page, index: number): Outside {
  if (outside) { return { ...outside, count: outside.count + 1 }; }
  return { count: 1, place: `${toUri(file.bucket, file.key)}, line ${lineOf(index)}` };
}

function assertInside({ uri }: Manifest, prefix: string, outside: Outside | null): void {
  if (!outside) { return; }
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri)!;
  const { count, place } = outside;
  throw manifestError({ bucket, key }, `${formatCount(count)} of its keys ${count === 1 ? 'does' : 'do'} not begin with "${escapeUnprintable(prefix)}", the prefix of this archiver, the first one at ${place}: `
    + `leave ${count === 1 ? 'it' : 'them'} out, or limit the inventory to that prefix`);
}
