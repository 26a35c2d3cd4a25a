import { copyRequests } from './copy-large';
import { SizeHistogram } from './size-histogram';
import { Slowest } from './slowest';
import { Timeline } from './timeline';
import { LedgerLine } from '../contract/payloads';

/** Problems of one kind: how many objects, and the first of them. */
export interface Reason {
  readonly status: 'conflicting' | 'failed';
  readonly code: string;
  count: number;
  readonly examples: LedgerLine[];
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
  readonly timeline = new Timeline();
  readonly sizes = new SizeHistogram();
  readonly slowest = new Slowest();
  private merged = 0;
  private begun = Infinity;
  private ended = -Infinity;
  private readonly byReason = new Map<string, Reason>();

  add(line: LedgerLine): void {
    this[line.status] += 1;
    this.addTimes(line);
    if (line.status === 'archived') {
      this.bytes += line.size;
      this.copies += copyRequests(line.size);
      this.sizes.add(line.size);
    } else {
      this.addProblem(line.status, line.code ?? 'UNKNOWN', 1, [line]);
    }
  }

  merge(other: Tally): void {
    this.archived += other.archived;
    this.conflicting += other.conflicting;
    this.failed += other.failed;
    this.bytes += other.bytes;
    this.copies += other.copies;
    this.merged += other.busyMilliseconds();
    this.timeline.merge(other.timeline);
    this.sizes.merge(other.sizes);
    this.slowest.merge(other.slowest);
    for (const reason of other.byReason.values()) this.addProblem(reason.status, reason.code, reason.count, reason.examples);
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

  private addTimes({ key, at, ms, size, status }: LedgerLine): void {
    if (at === undefined) return;
    this.timeline.add(at, status);
    if (ms === undefined) return;
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
