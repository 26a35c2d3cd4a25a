import type { Child } from './children';
import { emptyCounts, type MapRunCounts } from '../records';

type Field = keyof MapRunCounts;
type Counted = Pick<Child, 'items'>;

/** The counts of a Map Run. Each child is counted twice: by its items, and as one execution. */
export class ChildCounts {
  readonly items = emptyCounts();
  readonly executions = emptyCounts();

  add({ items }: Counted): void {
    this.count('pending', items, 1);
    this.executions.total++;
  }

  move({ items }: Counted, from: Field, to: Field): void {
    this.count(from, items, -1);
    this.count(to, items, 1);
  }

  /** Children that did not succeed run again. */
  redrive(): void {
    for (const counts of [this.items, this.executions]) {
      counts.pendingRedrive = counts.failed + counts.timedOut + counts.aborted;
      Object.assign(counts, { failed: 0, timedOut: 0, aborted: 0 });
    }
  }

  countWritten(): void {
    for (const counts of [this.items, this.executions]) {
      counts.resultsWritten = counts.succeeded + counts.failed + counts.timedOut + counts.aborted;
    }
  }

  private count(field: Field, items: number, by: 1 | -1): void {
    this.items[field] += by * items;
    this.executions[field] += by;
  }
}
