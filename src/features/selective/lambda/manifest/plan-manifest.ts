/**
 * Plans a run from a manifest. First all lines are checked, so that a wrong one ends the run before
 * it touches an object. Then each key is planned once, by partitions (spool.ts).
 */
import { type _Object, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { manifestError, parseUri } from './manifest-error';
import type { ManifestState, Outside, SpoolFile } from './manifest-state';
import type { ManifestObject } from './parse-line';
import { openManifest, type Page } from './read-manifest';
import { PARTITIONS, Spool } from './spool';
import { ErrorName, namedError } from '../../../../contract/errors';
import type {
  ListedObject,
  ListingProgress,
  ListObjectsEvent,
  RunListing,
} from '../../../../contract/payloads/listing';
import type { Manifest } from '../../../../contract/payloads/run';
import type { Settings } from '../../../../contract/payloads/settings';
import { hasHour } from '../../../../dates/date-format';
import type { BucketClient } from '../../../../lambda/s3/bucket-client';
import { countRequests } from '../../../../lambda/s3/count-requests';
import { orderedMap } from '../../../../lambda/s3/ordered-map';
import { toS3Error } from '../../../../lambda/s3/s3-error';
import { createSelector } from '../../../../lambda/selection/select-objects';
import { escapeUnprintable } from '../../../../lambda/text/escape';
import { formatCount, toUri } from '../../../../lambda/text/format';
import { toListedObject } from '../list-objects';
import { type PlanContext, PlanRound } from '../plan-round';

export interface PlanManifestContext extends PlanContext {
  readonly maxLinesInMemory?: number;
  readonly linesAtOnce?: number;
}

/** HeadObject is limited to 5,500 requests a second, and takes some 20 ms. */
const HEAD_CONCURRENCY = 64;
const LINES_AT_ONCE = 500;

/** Runs one round: reads from the checkpoint on until the plan is complete or the time ends. */
export async function planManifest(
  context: PlanManifestContext,
  event: ListObjectsEvent,
  milliseconds: number,
): Promise<RunListing> {
  return new ManifestRound(context, new PlanRound(context, event, milliseconds)).run();
}

class ManifestRound {
  private readonly counts: NonNullable<ListingProgress['manifest']>;
  private readonly s3: S3Client;
  private steps = 0;

  constructor(
    private readonly context: PlanManifestContext,
    private readonly round: PlanRound,
  ) {
    const counts = (round.progress.manifest ??= { repeated: 0, gone: 0, requests: {} });
    this.counts = counts;
    this.s3 = countRequests(context.s3, ({ operation }) => {
      counts.requests[operation] = (counts.requests[operation] ?? 0) + 1;
    });
  }

  async run(): Promise<RunListing> {
    const { round, context } = this;
    const manifest = round.run.manifest!;
    const earlier = await this.readEarlier();
    const spool = new Spool(round.createFiles(this.s3), earlier.spooled, context.maxLinesInMemory);
    const state = await this.readLines(manifest, earlier.state, spool);
    if (state.position === null) {
      assertInside(manifest, context.settings.sourcePrefix, state.outside);
      await this.planPartitions(state, spool);
    }
    if (state.partition === PARTITIONS) {
      return round.end();
    }
    await spool.flush(state.partition);
    return round.end({ manifest: { ...state, spooled: spool.written } });
  }

  private async readEarlier(): Promise<{ state?: ManifestState; spooled: SpoolFile[] }> {
    let state: ManifestState | undefined;
    const spooled: SpoolFile[][] = [];
    for await (const { manifest } of this.round.readCheckpoints()) {
      state ??= manifest;
      spooled.unshift(manifest!.spooled);
    }
    return { state, spooled: spooled.flat() };
  }

  private async readLines(
    manifest: Manifest,
    last: ManifestState | undefined,
    spool: Spool,
  ): Promise<ManifestState> {
    if (last?.position === null) {
      return last;
    }
    const { settings } = this.context;
    const options = {
      sourceBucket: settings.sourceBucket,
      needsHour: hasHour(settings.layout.format),
    };
    const { etag, start, read } = await openManifest(this.s3, manifest, options, last?.etag);
    const state = last ?? {
      etag,
      position: start,
      outside: null,
      partition: 0,
      done: 0,
      spooled: [],
    };
    const select = createSelector({ ...settings, filter: undefined }, this.round.run);
    // If the manifest has no time for the object, only S3 can tell whether it is selected.
    const needsTime = (object: ListedObject) =>
      settings.dateSource.kind === 'lastModified' && !isComplete(object, settings);
    const mayBeSelected = (object: ListedObject) => select(object).selected || needsTime(object);
    for await (const page of read(state.position!)) {
      this.round.progress.listed += page.objects.length;
      for (const [index, object] of page.objects.entries()) {
        if (!object.Key.startsWith(settings.sourcePrefix)) {
          state.outside ??= { count: 0, place: describeLine(page, index) };
          state.outside.count += 1;
        } else if (mayBeSelected({ Etag: '', Size: 0, ...object })) {
          await spool.add(object);
        }
      }
      state.position = page.next;
      this.steps += 1;
      if (this.round.isOver(this.steps)) {
        return state;
      }
    }
    state.position = null;
    return state;
  }

  private async planPartitions(state: ManifestState, spool: Spool): Promise<void> {
    const { round, counts } = this;
    const { settings, linesAtOnce = LINES_AT_ONCE } = this.context;
    const source = round.createClient(settings.sourceBucket, this.s3);
    const complete = async (object: ManifestObject) =>
      isComplete(object, settings) ? object : headObject(source, object);
    for (; state.partition < PARTITIONS; state.partition++, state.done = 0) {
      const lines = await spool.read(state.partition);
      const seen = new Set(lines.slice(0, state.done).map(({ Key }) => Key));
      while (state.done < lines.length) {
        if (round.isOver(this.steps)) {
          return;
        }
        const some = lines.slice(state.done, state.done + linesAtOnce);
        const first = some.filter(({ Key }) => !seen.has(Key) && seen.add(Key));
        counts.repeated += some.length - first.length;
        for await (const object of orderedMap(first, HEAD_CONCURRENCY, complete)) {
          if (object) {
            await round.plan(object);
          } else {
            counts.gone += 1;
          }
        }
        state.done += some.length;
        this.steps += 1;
      }
    }
  }
}

function describeLine({ file, lineOf }: Page, index: number): string {
  return `${toUri(file.bucket, file.key)}, line ${lineOf(index)}`;
}

function assertInside({ uri }: Manifest, prefix: string, outside: Outside | null): void {
  if (!outside) {
    return;
  }
  const { count, place } = outside;
  const [does, them] = count === 1 ? ['does', 'it'] : ['do', 'them'];
  throw manifestError(
    parseUri(uri),
    `${formatCount(count)} of its keys ${does} not begin with "${escapeUnprintable(prefix)}", ` +
      'the prefix of this archiver, ' +
      `the first one at ${place}: leave ${them} out, or limit the inventory to that prefix`,
  );
}

function isComplete(
  object: ManifestObject,
  { dateSource, filter }: Pick<Settings, 'dateSource' | 'filter'>,
): object is ListedObject {
  const { Etag, Size, LastModified, Date } = object;
  const needsTime =
    filter?.minAge !== undefined || (dateSource.kind === 'lastModified' && Date === undefined);
  return Etag !== undefined && Size !== undefined && (LastModified !== undefined || !needsTime);
}

/**
 * Returns the current facts of the object, which override the manifest, or undefined if there is no
 * such object.
 */
async function headObject(
  source: BucketClient,
  { Key, Date }: ManifestObject,
): Promise<ListedObject | undefined> {
  const found = await describe(source, Key);
  return found && { ...toListedObject({ ...found, Key }), ...(Date !== undefined && { Date }) };
}

/**
 * HeadObject costs a twelfth of a listing, but a policy of another account or a key of the writer
 * (SSE-C) may deny it. A listing shows all.
 */
async function describe(
  source: BucketClient,
  key: string,
): Promise<Omit<_Object, 'Key'> | undefined> {
  try {
    const head = await source.request((s3) =>
      s3.send(new HeadObjectCommand({ Bucket: source.name, Key: key })),
    );
    return { ...head, Size: head.ContentLength };
  } catch (error) {
    const { kind } = toS3Error(error);
    if (kind === 'missing') {
      return undefined;
    }
    if (kind === 'transient') {
      throw error;
    }
    return source.find(key).catch((failure: unknown) => {
      const listing = toS3Error(failure);
      if (listing.kind !== 'denied') {
        throw failure;
      }
      throw namedError(
        ErrorName.SYSTEMIC_FAILURE,
        `${listing.code}: the list-objects function may neither look at the objects of the ` +
          `run's manifest nor list them: ` +
          `allow it s3:ListBucket on ${source.name} below the archiver's prefix. No object was ` +
          `touched. S3 says: ${listing.message}`,
      );
    });
  }
}
