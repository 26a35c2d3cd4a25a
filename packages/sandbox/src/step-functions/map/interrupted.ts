import type { MapRun } from './map-run';

/** Map Runs that did not succeed, by execution and state: a redrive goes on with them. */
export class InterruptedMaps {
  private readonly runs = new Map<string, MapRun>();

  /** In place of one that a Retry of the state, or a loop, has left behind. */
  keep(executionArn: string, state: string, run: MapRun): void {
    this.take(executionArn, state)?.close();
    this.runs.set(keyOf(executionArn, state), run);
  }

  take(executionArn: string, state: string): MapRun | undefined {
    const run = this.runs.get(keyOf(executionArn, state));
    this.runs.delete(keyOf(executionArn, state));
    return run;
  }

  close(): void {
    for (const run of this.runs.values()) { run.close(); }
    this.runs.clear();
  }
}

function keyOf(executionArn: string, state: string): string {
  return JSON.stringify([executionArn, state]);
}
