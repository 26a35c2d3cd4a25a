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
  private readonly byReason = new Map<string, Reason>();

  add(line: LedgerLine): void {
    this[line.status] += 1;
    if (line.status === 'archived') this.bytes += line.size;
    else this.addProblem(line.status, line.code ?? 'UNKNOWN', 1, [line]);
  }

  merge(other: Tally): void {
    this.archived += other.archived;
    this.conflicting += other.conflicting;
    this.failed += other.failed;
    this.bytes += other.bytes;
    for (const reason of other.byReason.values()) this.addProblem(reason.status, reason.code, reason.count, reason.examples);
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

  private addProblem(status: Reason['status'], code: string, count: number, examples: LedgerLine[]): void {
    const name = `${status} ${code}`;
    const reason = this.byReason.get(name) ?? { status, code, count: 0, examples: [] };
    reason.count += count;
    reason.examples.push(...examples.slice(0, EXAMPLES - reason.examples.length));
    this.byReason.set(name, reason);
  }
}
