import { isMoved } from './merge-lines';
import { SizeHistogram } from './size-histogram';
import { SourceClasses } from './source-classes';
import { Timeline } from './timeline';
import { SHOWN_ITEMS as SHOWN_SLOWEST, TopN } from './top-n';
import type { BatchDigest, LedgerLine, LedgerPartRef } from '../../contract/payloads/ledger-line';
import type { NoteCounts } from '../../contract/payloads/note-payloads';
import type { Counts } from '../../contract/payloads/outcomes';
import { countNotes, mergeNotes } from '../notes/note-counts';
import { PackCounter } from '../pricing/packs';
import { addRequests, type Requests } from '../pricing/requests';
import { PART_CONCURRENCY } from '../s3/multipart-parts';

export interface Reason {
  readonly status: 'conflicting' | 'failed';
  readonly code: string;
  count: number;
  readonly examples: LedgerLine[];
}

export type SlowKey = Pick<LedgerLine, 'key' | 'size' | 'status'> & {
  readonly milliseconds: number;
};

export const EXAMPLES = 20;

const SUMS = [
  'archived',
  'conflicting',
  'failed',
  'bytes',
  'found',
  'objectsWithRequests',
  'parts',
  'partsRead',
  'largeCopies',
  'largeBytes',
  'largeStreamBytes',
] as const;

/** Adds up the lines of a ledger. Its size does not grow with the ledger. */
export class Tally {
  archived = 0;
  conflicting = 0;
  failed = 0;
  bytes = 0;
  found = 0;
  /**
   * Only in dry runs: the requests of the moves that would need more than one copy each, and the
   * number of these objects.
   */
  readonly requests: Requests = {};
  objectsWithRequests = 0;
  parts = 0;
  partsRead = 0;
  readonly batchesByArchived = new Map<number, number>();
  batchesWithProblems = 0;
  maxPerBatch = 0;
  /**
   * Only in dry runs: multipart copies, which run one after the other, their bytes, and the bytes
   * of one of a copy's streams.
   */
  largeCopies = 0;
  largeBytes = 0;
  largeStreamBytes = 0;
  readonly largest = new TopN<Pick<LedgerLine, 'key' | 'size'>>(({ size }) => size);
  readonly notes: NoteCounts = {};
  readonly packs = new PackCounter();
  readonly sources = new SourceClasses();
  readonly timeline = new Timeline();
  readonly sizes = new SizeHistogram();
  readonly slowest = new TopN<SlowKey>(({ milliseconds }) => milliseconds);
  private merged = 0;
  private begun = Infinity;
  private ended = -Infinity;
  private readonly byReason = new Map<string, Reason>();

  /** @param start the start of the run, in epoch seconds; the age of objects is counted up to it */
  constructor(private readonly start = 0) {}

  add(line: LedgerLine): void {
    if (line.status === 'restoring') {
      this.addRestore(line);
      return;
    }
    // A restore is counted like a run that archives.
    const status = isMoved(line.status) ? 'archived' : line.status;
    this[status] += 1;
    this.addTimes(line.status === status ? line : { ...line, status });
    this.addRequests(line);
    countNotes(this.notes, line.notes, line.key);
    if (status === 'archived') {
      this.bytes += line.size;
      this.packs.add(line);
      this.found += line.found ? 1 : 0;
      this.sizes.add(line.size);
      this.largest.add({ key: line.key, size: line.size });
      this.sources.add(line, this.start);
    } else {
      this.addProblem(status, line.code ?? 'UNKNOWN', 1, [line]);
    }
  }

  /** Adds the summary of a batch's lines, which does not name the objects. */
  addDigest(
    digest: BatchDigest,
    { archived, conflicting, failed }: Pick<Counts, 'archived' | 'conflicting' | 'failed'>,
    bytes: number,
  ): void {
    this.archived += archived;
    this.conflicting += conflicting;
    this.failed += failed;
    this.bytes += bytes;
    this.found += digest.found ?? 0;
    mergeNotes(this.notes, digest.notes);
    if (digest.packs) {
      this.packs.merge(digest.packs);
    }
    this.parts += digest.parts.length;
    if (digest.span) {
      this.begun = Math.min(this.begun, digest.span[0]);
      this.ended = Math.max(this.ended, digest.span[1]);
    }
    this.timeline.mergeDigest(digest.timeline);
    this.sizes.mergeDigest(digest.sizes);
    this.sources.mergeDigest(digest.classes);
    for (const { status, code, count } of digest.reasons) {
      this.addProblem(status, code, count, []);
    }
  }

  /** @param slowest times of objects that are known by `addDigest` */
  toDigest(parts: LedgerPartRef[], slowest: readonly number[] = []): BatchDigest {
    const packs = this.packs.sums;
    return {
      parts,
      ...(this.found > 0 && { found: this.found }),
      ...(Object.keys(this.notes).length > 0 && { notes: this.notes }),
      ...(packs.packs > 0 && { packs }),
      span: this.ended >= this.begun ? [this.begun, this.ended] : null,
      timeline: this.timeline.toDigest(),
      sizes: this.sizes.toDigest(),
      classes: this.sources.toDigest(),
      slowest: [...slowest, ...this.slowest.items.map(({ milliseconds }) => milliseconds)]
        .sort((a, b) => b - a)
        .slice(0, SHOWN_SLOWEST),
      reasons: this.reasons().map(({ status, code, count }) => ({ status, code, count })),
    };
  }

  /** Shows an object that is counted already: among the slowest, or as an example of a problem. */
  show(line: LedgerLine): void {
    if (line.ms !== undefined) {
      this.slowest.add({
        key: line.key,
        milliseconds: line.ms,
        size: line.size,
        status: line.status,
      });
    }
    if (line.status === 'failed' || line.status === 'conflicting') {
      this.addProblem(line.status, line.code ?? 'UNKNOWN', 0, [line]);
    }
  }

  merge(other: Tally): void {
    for (const name of SUMS) {
      this[name] += other[name];
    }
    addRequests(this.requests, other.requests);
    this.batchesByArchived.set(
      other.archived,
      (this.batchesByArchived.get(other.archived) ?? 0) + 1,
    );
    this.batchesWithProblems += other.failed + other.conflicting > 0 ? 1 : 0;
    this.maxPerBatch = Math.max(
      this.maxPerBatch,
      other.archived + other.failed + other.conflicting,
    );
    this.packs.merge(other.packs.sums);
    mergeNotes(this.notes, other.notes);
    this.largest.merge(other.largest);
    this.sources.merge(other.sources);
    this.merged += other.busyMilliseconds();
    this.timeline.mergeDigest(other.timeline.toDigest());
    this.sizes.mergeDigest(other.sizes.toDigest());
    this.slowest.merge(other.slowest);
    for (const { status, code, count, examples } of other.byReason.values()) {
      this.addProblem(status, code, count, examples);
    }
  }

  /**
   * The time from the start of the first object to the end of the last one. Merged tallies add
   * their times.
   */
  busyMilliseconds(): number {
    return this.merged + (this.ended > this.begun ? this.ended - this.begun : 0);
  }

  /** Failures come before conflicts, and the most frequent first. */
  reasons(): Reason[] {
    return [...this.byReason.values()].sort(
      (a, b) =>
        Number(b.status === 'failed') - Number(a.status === 'failed') ||
        b.count - a.count ||
        (a.code < b.code ? -1 : 1),
    );
  }

  /**
   * Takes the first problems of each reason in turn, so that a frequent reason does not hide the
   * others.
   */
  problems(limit: number): LedgerLine[] {
    const reasons = this.reasons();
    const turns = Array.from({ length: EXAMPLES }, (_, turn) =>
      reasons.flatMap((reason) => reason.examples.slice(turn, turn + 1)),
    );
    const chosen = new Set(turns.flat().slice(0, limit));
    return reasons.flatMap((reason) => reason.examples.filter((line) => chosen.has(line)));
  }

  /**
   * It counts as skipped, and its notes are counted there, but S3 bills what it is asked for: the
   * request, and the bytes of the object by class and tier.
   */
  private addRestore(line: LedgerLine): void {
    addRequests(this.requests, line.requests);
    const [, storageClass] =
      Object.keys(line.requests ?? {})
        .find((request) => request.startsWith('RestoreObject@'))
        ?.split('@') ?? [];
    if (storageClass) {
      this.sources.add({ storageClass, size: line.size, modified: line.modified }, this.start);
    }
  }

  private addRequests({ requests, size }: LedgerLine): void {
    if (!requests) {
      return;
    }
    addRequests(this.requests, requests);
    this.objectsWithRequests += 1;
    const parts = Object.entries(requests).reduce(
      (sum, [request, count]) => (request.startsWith('UploadPartCopy') ? sum + count : sum),
      0,
    );
    if (parts === 0) {
      return;
    }
    this.largeCopies += 1;
    this.largeBytes += size;
    this.largeStreamBytes += size / Math.min(parts, PART_CONCURRENCY);
  }

  private addTimes({ key, at, ms, size, status }: LedgerLine): void {
    this.timeline.add(at, status);
    if (ms === undefined) {
      return;
    }
    this.slowest.add({ key, milliseconds: ms, size, status });
    this.begun = Math.min(this.begun, at - ms);
    this.ended = Math.max(this.ended, at);
  }

  private addProblem(
    status: Reason['status'],
    code: string,
    count: number,
    examples: LedgerLine[],
  ): void {
    const name = `${status} ${code}`;
    const reason = this.byReason.get(name) ?? { status, code, count: 0, examples: [] };
    reason.count += count;
    reason.examples.push(...examples.slice(0, EXAMPLES - reason.examples.length));
    this.byReason.set(name, reason);
  }
}
