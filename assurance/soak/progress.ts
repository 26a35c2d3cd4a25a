import { type Trouble, TROUBLES } from './fault-plan';
import type { ScheduleReport } from './schedule';

/** Sums up the results of schedules. */
export class Totals {
  schedules = 0;
  runs = 0;
  archived = 0;
  readonly troubles = new Map<Trouble, number>(TROUBLES.map((trouble) => [trouble, 0]));
  /** The number of schedules that met each kind. */
  private readonly schedulesWith = new Map<Trouble, number>(
    TROUBLES.map((trouble) => [trouble, 0]),
  );
  readonly violations: { readonly seed: number; readonly text: string }[] = [];

  add({ seed, runs, archived, troubles, violations }: ScheduleReport): void {
    this.schedules += 1;
    this.runs += runs;
    this.archived += archived;
    for (const [trouble, times] of Object.entries(troubles)) {
      this.troubles.set(trouble as Trouble, this.troubles.get(trouble as Trouble)! + times);
      this.schedulesWith.set(trouble as Trouble, this.schedulesWith.get(trouble as Trouble)! + 1);
    }
    for (const text of violations) {
      this.violations.push({ seed, text });
    }
  }

  /** Returns the kinds that fewer schedules met than `least`. */
  rare(least: number): Trouble[] {
    return TROUBLES.filter((trouble) => this.schedulesWith.get(trouble)! < least);
  }

  line(): string {
    const faults = [...this.troubles.values()].reduce((sum, times) => sum + times, 0);
    return (
      `${this.schedules} schedules, ${this.runs} runs, ${this.archived} objects archived, ` +
      `${faults} faults, ${this.violations.length} violations`
    );
  }

  byKind(): string {
    const row = (...[kind, times, schedules]: readonly unknown[]) =>
      `  ${String(kind).padEnd(24)}${String(times).padStart(8)}${String(schedules).padStart(11)}`;
    return [
      row('', 'faults', 'schedules'),
      ...TROUBLES.map((trouble) =>
        row(trouble, this.troubles.get(trouble), this.schedulesWith.get(trouble)),
      ),
    ].join('\n');
  }
}
