import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Finding } from './compare-archived';
import { addSeen } from './seen-versions';
import { getReserve } from '../../../contract/batches';
import { ErrorName, namedError } from '../../../contract/errors';
import { groupBy } from '../../../contract/group-by';
import type { VerifyEvent, VerifyProgress } from '../../../contract/payloads/batch-payloads';
import type { VerifiedLine } from '../../../contract/payloads/ledger-line';
import type { VerifyCounts } from '../../../contract/payloads/outcomes';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import type { Run } from '../../../contract/payloads/run';
import type { Settings } from '../../../contract/payloads/settings';
import { compareAt } from '../../../features/packing/lambda/unpack/compare-pack';
import { placeOf } from '../../../lambda/ledger/identity';
import { toVerifiedPartKey } from '../../../lambda/ledger/part-keys';
import { readArchivedVersions, type RecordedVersion } from '../../../lambda/ledger/read-parts';
import {
  addRequests,
  groupByOperation,
  type Requests,
  toRequestName,
} from '../../../lambda/pricing/requests';
import { BucketClient } from '../../../lambda/s3/bucket-client';
import { countRequests } from '../../../lambda/s3/count-requests';
import { compareKeys } from '../../../lambda/s3/listing/compare-keys';
import {
  type FoundObject,
  HEADS_AT_ONCE,
  HEADS_PER_LIST,
  ObjectLookup,
} from '../../../lambda/s3/object-lookup';
import { orderedMap } from '../../../lambda/s3/ordered-map';
import type { Clock } from '../../../lambda/s3/retry';
import { withHalvingTimeout } from '../../../lambda/s3/timeouts';
import { toJsonLines } from '../../../lambda/text/json';

/** Each is read from its beginning to its end. */
const PACKS_AT_ONCE = 4;

interface VerifyContext {
  readonly s3: S3Client;
  readonly clock: Clock;
  readonly settings: Pick<
    Settings,
    'destinationBucket' | 'reportBucket' | 'maxRounds' | 'storageClass'
  >;
  readonly onProblem?: (line: VerifiedLine) => void;
}

/**
 * Runs one round, from the cursor until all are compared or Lambda's time nearly ends. Changes
 * nothing in the archive.
 */
export async function verifyBatch(
  context: VerifyContext,
  event: VerifyEvent,
  milliseconds: number,
): Promise<VerifyProgress> {
  const { s3, clock, settings } = context;
  const {
    parts,
    BatchInput: { run, progress },
  } = event;
  const end = clock.now() + milliseconds;
  const deadline = end - getReserve(milliseconds);
  const usage = new ArchiveUsage(s3, progress);
  const withTimeouts = withHalvingTimeout(usage.s3, () => end - clock.now());
  const client = (bucket: string) =>
    new BucketClient({ s3: withTimeouts, bucket, budget: { clock, deadline: end } });

  const reports = client(settings.reportBucket);
  const versions = keepCopies(await readArchivedVersions(reports, parts));
  const places = groupPlaces(versions);
  const comparison = new Comparison(
    client(settings.destinationBucket),
    places,
    run,
    () => clock.now() >= deadline,
  );
  // It counts places: all members of a pack are compared in one round.
  let { cursor } = progress;
  while (cursor < places.length && (cursor === progress.cursor || clock.now() < deadline)) {
    cursor = await comparison.go(cursor);
  }
  await writeProblems(context, reports, event, comparison.findings);
  if (run.dryRun) {
    usage.predict(places, run.deep ?? false, settings.storageClass);
  }
  const finished = cursor >= places.length;
  const rounds = progress.rounds + 1;
  if (!finished && rounds >= settings.maxRounds) {
    throw namedError(
      ErrorName.SYSTEMIC_FAILURE,
      `${ReasonCode.OUT_OF_TIME}: after ${rounds} rounds only ${cursor} of ${places.length} ` +
        'objects were compared',
    );
  }
  return {
    cursor,
    finished,
    rounds,
    counts: comparison.count({ ...progress.counts, listed: versions.length }),
    bytes: progress.bytes + comparison.bytes,
    requests: usage.requests,
    retrieved: usage.retrieved,
    milliseconds:
      progress.milliseconds +
      (run.dryRun
        ? predictMilliseconds(groupByOperation(usage.requests))
        : clock.now() - end + milliseconds),
    seen: addSeen(progress.seen, parts.some(({ shared }) => shared) ? comparison.present : []),
  };
}

/** A source that was written again with the same content has two versions, and one copy. */
function keepCopies(recorded: readonly RecordedVersion[]): RecordedVersion[] {
  return [
    ...new Map(recorded.map((each) => [placeOf(each.line.key, each.version), each])).values(),
  ];
}

function groupPlaces(versions: readonly RecordedVersion[]): Place[] {
  return [...groupBy(versions, ({ version }) => version.destination)]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([, place]) => place);
}

/** Another attempt at the round writes the same part again. */
async function writeProblems(
  { clock, onProblem }: VerifyContext,
  reports: BucketClient,
  { parts, BatchInput: { run, progress } }: VerifyEvent,
  findings: Comparison['findings'],
): Promise<void> {
  if (findings.length === 0) {
    return;
  }
  const at = clock.now() - Date.parse(run.startTime);
  const problems = findings.map(([{ line, version, part }, finding]): VerifiedLine => {
    return { v: version.member ? 3 : line.v, key: line.key, ...version, ...finding, at, part };
  });
  const input = {
    Bucket: reports.name,
    Key: toVerifiedPartKey(run, parts, progress.cursor),
    Body: toJsonLines(problems),
    ContentType: 'application/jsonl',
  };
  await reports.request((s3) => s3.send(new PutObjectCommand(input)));
  for (const line of problems) {
    onProblem?.(line);
  }
}

/** The requests of all rounds so far, and the bytes that they read, as they are priced. */
class ArchiveUsage {
  readonly s3: S3Client;
  readonly requests: Requests;
  readonly retrieved: Requests;

  constructor(s3: S3Client, { requests, retrieved }: VerifyProgress) {
    this.requests = { ...requests };
    this.retrieved = { ...retrieved };
    this.s3 = countRequests(s3, ({ operation, answer: { StorageClass, ContentLength } = {} }) => {
      addRequests(this.requests, { [toRequestName(operation, StorageClass)]: 1 });
      if (operation === 'GetObject' && StorageClass) {
        addRequests(this.retrieved, { [StorageClass]: ContentLength! });
      }
    });
  }

  /** Adds what a verification would need that is no dry run. */
  predict(places: readonly Place[], deep: boolean, storageClass: string | undefined): void {
    const packs = deep ? places.flatMap(([{ version }]) => version.member?.packSize ?? []) : [];
    addRequests(this.requests, predictRequests(places, deep, packs.length, storageClass));
    addRequests(this.retrieved, {
      [storageClass ?? 'STANDARD']: packs.reduce((sum, size) => sum + size, 0),
    });
  }
}

/**
 * The recorded versions of one key in the archive. All members of a pack share the key of the pack.
 */
type Place = readonly RecordedVersion[];

/**
 * Compares the archive with what ledgers say of places that are in the order of their keys. A dry
 * run takes all for present.
 */
class Comparison {
  readonly present: { readonly identity: string; readonly size: number }[] = [];
  readonly findings: (readonly [RecordedVersion, Finding])[] = [];
  bytes = 0;
  private readonly lookup: ObjectLookup;
  private readonly deep: boolean;

  constructor(
    private readonly archive: BucketClient,
    private readonly places: readonly Place[],
    private readonly run: Run,
    private readonly isOver: () => boolean,
  ) {
    this.deep = run.deep ?? false;
    const keys = places.map(([{ version }]) => version.destination);
    this.lookup = new ObjectLookup(
      archive,
      keys,
      (key) => this.ask(key),
      this.deep ? Infinity : HEADS_PER_LIST,
    );
  }

  async go(from: number): Promise<number> {
    const { archive, deep, places } = this;
    if (this.run.dryRun) {
      for (const recorded of places.slice(from).flat()) {
        this.add(recorded, undefined);
      }
      return places.length;
    }
    const found = await this.lookup.next(from);
    const some = places.slice(from, from + found.length);
    const findings = orderedMap(
      this.untilOver(some),
      deep ? PACKS_AT_ONCE : HEADS_AT_ONCE,
      ([at, place]) =>
        compareAt(
          archive,
          place.map(({ version }) => version),
          found[at],
          deep,
        ),
    );
    let compared = 0;
    for await (const ofPlace of findings) {
      const place = some[compared++];
      place.forEach((recorded, index) => this.add(recorded, ofPlace[index]));
    }
    return from + compared;
  }

  /** A look takes a moment, but to read a pack takes seconds. */
  private *untilOver(some: readonly Place[]): Generator<[number, Place]> {
    for (const [at, place] of some.entries()) {
      if (this.deep && at > 0 && this.isOver()) {
        return;
      }
      yield [at, place];
    }
  }

  count(before: VerifyCounts): VerifyCounts {
    const counts = { ...before, present: before.present + this.present.length };
    for (const [, { status }] of this.findings) {
      counts[status] += 1;
    }
    return counts;
  }

  private async ask(key: string): Promise<FoundObject | undefined> {
    const head = await this.archive.head(key, this.deep);
    return head && { etag: head.ETag, size: head.ContentLength!, head };
  }

  private add(recorded: RecordedVersion, finding: Finding | undefined): void {
    const {
      line: { key },
      version,
    } = recorded;
    if (finding) {
      this.findings.push([recorded, finding]);
    } else {
      this.present.push({ identity: placeOf(key, version), size: version.size });
      this.bytes += version.size;
    }
  }
}

/**
 * Predicts the requests of a real verification. It assumes that the archive has few other objects
 * between those of the ledger: a dry run does not list it.
 */
function predictRequests(
  { length }: readonly Place[],
  deep: boolean,
  packs: number,
  storageClass: string | undefined,
): Requests {
  return {
    ...(deep || length < HEADS_PER_LIST
      ? { [toRequestName('HeadObject', storageClass)]: length }
      : { ListObjectsV2: Math.ceil(length / 1_000) }),
    ...(packs > 0 && { [toRequestName('GetObject', storageClass)]: packs }),
  };
}

/** S3 needs about 150 ms for a page of a listing and 50 ms for one object. */
function predictMilliseconds({
  ListObjectsV2 = 0,
  HeadObject = 0,
  GetObject = 0,
}: Requests): number {
  return ListObjectsV2 * 150 + Math.ceil((HeadObject + GetObject) / HEADS_AT_ONCE) * 50;
}
