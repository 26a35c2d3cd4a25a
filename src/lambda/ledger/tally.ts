import { SizeHistogram } from './size-histogram';
import { SourceClasses } from './source-classes';
import { Timeline } from './timeline';
import { TopN } from './top-n';
import type { LedgerLine } from '../../contract/payloads';
import { copyRequests, PART_CONCURRENCY } from '../move/multipart-copy';
import { addRequests, type Requests } from '../pricing/requests';

/** Problems of one kind: how many objects, and the first of them. */
export interface Reason {
  readonly status: 'conflicting' | 'failed';
  readonly code: string;
  count: number;
  readonly examples: LedgerLine[];
}

export interface LargeKey {
  readonly key: string;
  readonly size: number;
}

export interface SlowKey {
  readonly key: string;
  readonly milliseconds: number;
  readonly size: number;
  readonly status: LedgerLine['status'];
}

const EXAMPLES = 20;

/** Adds ledger lines up. Its size does not grow with the ledger's. */
export class Tally {
  archived = 0;
  conflicting = 0;
  failed = 0;
  bytes = 0;
  /** Requests that the copies took. */
  copies = 0;
  /** Of a dry run: what the moves would ask of S3, where that is not one copy each, and of how many objects that is told. */
  readonly requests: Requests = {};
  objectsWithRequests = 0;
  /** Parts of the ledger. */
  parts = 0;
  /** Batches from which an object is archived, and those with a problem. */
  archivingBatches = 0;
  batchesWithProblems = 0;
  /** The most lines of a batch. */
  maxPerBatch = 0;
  /** Copies in parts of a dry run, which go one after the other: how many, their bytes, and the bytes that each of the streams of one moves. */
  largeCopies = 0;
  largeBytes = 0;
  largeStreamBytes = 0;
  readonly largest = new TopN<LargeKey>(({ size }) => size);
  readonly sources = new SourceClasses();
  readonly timeline = new Timeline();
  readonly sizes = new SizeHistogram();
  readonly slowest = new TopN<SlowKey>(({ milliseconds }) => milliseconds);
  private merged = 0;
  private begun = Infinity;
  private ended = -Infinity;
  private readonly byReason = new Map<string, Reason>();

  /** @param start of the run, in epoch seconds: how old its objects are is counted from there */
  constructor(private readonly start = 0) {}

  add(line: LedgerLine): void {
    this[line.status] += 1;
    this.addTimes(line);
    this.addRequests(line);
    if (line.status === 'archived') {
      this.bytes += line.size;
      this.copies += copyRequests(line.size);
      this.sizes.add(line.size);
      this.largest.add({ key: line.key, size: line.size });
      this.sources.add(line, this.start);
    } else {
      this.addProblem(line.status, line.code ?? 'UNKNOWN', 1, [line]);
    }
  }

  /** Adds the tally of one batch. */
  merge(other: Tally): void {
    addRequests(this.requests, other.requests);
    this.objectsWithRequests += other.objectsWithRequests;
    this.parts += other.parts;
    this.archivingBatches += other.archived > 0 ? 1 : 0;
    this.batchesWithProblems += other.failed + other.conflicting > 0 ? 1 : 0;
    this.maxPerBatch = Math.max(this.maxPerBatch, other.archived + other.failed + other.conflicting);
    this.largeCopies += other.largeCopies;
    this.largeBytes += other.largeBytes;
    this.largeStreamBytes += other.largeStreamBytes;
    this.largest.merge(other.largest);
    this.sources.merge(other.sources);
    this.archived += other.archived;
    this.conflicting += other.conflicting;
    this.failed += other.failed;
    this.bytes += other.bytes;
    this.copies += other.copies;
    this.merged += other.busyMilliseconds();
    this.timeline.merge(other.timeline);
    this.sizes.merge(other.sizes);
    this.slowest.merge(other.slowest);
    for (const reason of other.byReason.values()) {
      this.addProblem(reason.status, reason.code, reason.count, reason.examples);
    }
  }

  /** From the first object's beginning to the last one's end; of tallies that were merged, the sum. */
  busyMilliseconds(): number {
    return this.merged + (this.ended > this.begun ? this.ended - this.begun : 0);
  }

  /** Failures before conflicts, the most frequent first. */
  reasons(): Reason[] {
    return [...this.byReason.values()].sort((a, b) =>
      Number(b.status === 'failed') - Number(a.status === 'failed') || b.count - a.count || (a.code < b.code ? -1 : 1));
  }

  /** The first problems of every reason in turn, so that a frequent one does not hide the others. */
  problems(limit: number): LedgerLine[] {
    const reasons = this.reasons();
    const turns = Array.from({ length: EXAMPLES }, (_, turn) => reasons.flatMap((reason) => reason.examples.slice(turn, turn + 1)));
    const chosen = new Set(turns.flat().slice(0, limit));
    return reasons.flatMap((reason) => reason.examples.filter((line) => chosen.has(line)));
  }

  private addRequests({ requests, size }: LedgerLine): void {
    if (!requests) { return; }
    addRequests(this.requests, requests);
    this.objectsWithRequests += 1;
    const parts = Object.entries(requests).reduce((sum, [request, count]) => (request.startsWith('UploadPartCopy') ? sum + count : sum), 0);
    if (parts === 0) { return; }
    this.largeCopies += 1;
    this.largeBytes += size;
    this.largeStreamBytes += size / Math.min(parts, PART_CONCURRENCY);
  }

  private addTimes({ key, at, ms, size, status }: LedgerLine): void {
    if (at === undefined) { return; }
    this.timeline.add(at, status);
    if (ms === undefined) { return; }
    this.slowest.add({ key, milliseconds: ms, size, status });
    this.begun = Math.min(this.begun, at - ms);
    this.ended = Math.max(this.ended, at);
  }

  private addProblem(status: Reason['status'], code: string, count: number, examples: LedgerLine[]): void {
    const name = `${status} ${code}`;
    const reason = this.byReason.get(name) ?? { status, code, count: 0, examples: [] };
    reason.count += count;
    reason.examples.push(...examples.slice(0, EXAMPLES - reason.examples.length));
    this.byReason.set(name, reason);
  }
}
