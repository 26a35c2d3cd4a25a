import type { Outcome } from './batch-outcomes';

/**
 * Counts the outcomes of a batch while they change. So the question whether everything failed for
 * one reason, which is asked after each failure, takes no walk over all objects.
 */
export class AttemptCounts {
  private finishedCount = 0;
  private skippedCount = 0;
  /** The number of failures that the setup causes, by their code. */
  private readonly inSetup = new Map<string, number>();

  /** The objects that have an outcome. */
  get finished(): number {
    return this.finishedCount;
  }

  /** The objects that were not skipped. */
  get tried(): number {
    return this.finishedCount - this.skippedCount;
  }

  /** The code that all failures have, if everything that was tried failed in the setup. */
  get commonCode(): string | undefined {
    const [first] = this.inSetup;
    return first?.[1] === this.tried ? first[0] : undefined;
  }

  replace(before: Outcome | undefined, after: Outcome | undefined): void {
    this.add(before, -1);
    this.add(after, 1);
  }

  private add(outcome: Outcome | undefined, change: 1 | -1): void {
    if (!outcome) {
      return;
    }
    this.finishedCount += change;
    if (outcome.status === 'skipped') {
      this.skippedCount += change;
    }
    if (outcome.status === 'failed' && outcome.isInSetup) {
      const count = (this.inSetup.get(outcome.code) ?? 0) + change;
      if (count === 0) {
        this.inSetup.delete(outcome.code);
      } else {
        this.inSetup.set(outcome.code, count);
      }
    }
  }
}
