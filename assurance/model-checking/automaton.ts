/**
 * A mover as an automaton that is learned from the real code.
 *
 * The code is deterministic: which calls it makes next depends on the answers that it got and on
 * nothing else (the clock stands still, jitter only changes how long it sleeps). So it is executed
 * once for each history of answers, and the explorer walks through what it learned. `live.ts`
 * checks that on whole schedules, with both movers in one process.
 *
 * Concurrent moves of a batch share nothing before its deletes, so that two answers to different
 * threads lead to the same point in either order. That is not taken on trust: every such pair of
 * orders is executed, and it is an error if they differ.
 *
 * Where the code answers a fault by making the same call again, and nothing else, it is at the point
 * where it was. What it remembers is how often it tried, which matters at the eighth time: bounds on
 * faults are far below that.
 */
import { HeldClient, RUN_START } from './client';
import { answerIdentity } from './identity';
import type { Outcomes, Program, Surroundings } from './programs';
import type { Request } from './s3-model';
import type { Happening, Point } from './state';

interface Known extends Point {
  readonly history: readonly Happening[];
  readonly next: Map<string, Known>;
}

const quiet = () => new Promise((resolve) => setImmediate(resolve));

/** One execution of the real code. */
export class Execution {
  readonly client: HeldClient;
  outcomes?: Outcomes;
  thrown?: string;
  private now = RUN_START;
  private timer?: { readonly callback: () => void; readonly delay: number };

  constructor(program: Program, surroundings: Omit<Surroundings, 's3' | 'clock' | 'withTimers'>, threadOf: (request: Request) => string) {
    this.client = new HeldClient(threadOf);
    program({
      ...surroundings,
      s3: this.client.s3,
      clock: { now: () => this.now, sleep: async () => undefined },
      withTimers: (start) => this.withTimers(start),
    }).then(
      (outcomes) => { this.outcomes = outcomes; },
      (error: Error) => { this.thrown = `${error.name}: ${error.message}`; },
    );
  }

  get timed(): boolean {
    return this.timer !== undefined;
  }

  /** The code sets its timer before it first waits, so that nothing else of the process sees the exchange. */
  private withTimers<T>(start: () => T): T {
    const { setTimeout: real } = globalThis;
    globalThis.setTimeout = ((callback: () => void, delay: number) => { this.timer = { callback, delay }; }) as unknown as typeof setTimeout;
    try {
      return start();
    } finally {
      globalThis.setTimeout = real;
    }
  }

  /** Returns when the code waits again. */
  async deliver(happening: Happening): Promise<void> {
    if (happening === 'time is up') {
      const { callback, delay } = this.timer!;
      this.timer = undefined;
      this.now += delay;
      callback();
    } else {
      this.client.waiting.get(happening.call)!.answer(happening.answer, happening.fault ?? false);
    }
    await quiet();
  }
}

export class Automaton {
  executions = 0;
  points = 0;
  private readonly known = new Map<string, Known>();
  private start?: Known;
  private last?: { readonly at: Known; readonly execution: Execution };

  constructor(private readonly newExecution: () => Execution) {}

  begin(): Point | Promise<Point> {
    return this.start ?? this.learn([]).then((learned) => this.start = learned);
  }

  /** The point that a happening leads to; a promise where the code has to be asked. */
  after(point: Point, happening: Happening): Point | Promise<Point> {
    const from = point as Known;
    const label = labelOf(happening);
    const next = from.next.get(label);
    if (next) { return next; }
    return this.learn([...from.history, happening], from).then((learned) => {
      from.next.set(label, learned);
      return learned;
    });
  }

  /** An execution that has come to a point: the last one goes on where it can, else a new one is led there. */
  private async executionAt(history: readonly Happening[], from?: Known): Promise<Execution> {
    if (from && this.last?.at === from) {
      const { execution } = this.last;
      this.last = undefined;
      await execution.deliver(history.at(-1)!);
      return execution;
    }
    this.executions++;
    const execution = this.newExecution();
    await quiet();
    for (const happening of history) { await execution.deliver(happening); }
    return execution;
  }

  private async learn(history: readonly Happening[], from?: Known): Promise<Known> {
    const execution = await this.executionAt(history, from);
    const happening = history.at(-1);
    const { client, outcomes, thrown, timed } = execution;
    // What still waits when the code is done are reads that nobody needs any more.
    const waiting = [...(outcomes ? [] : client.waiting.values())]
      .map(({ name, operation, input }) => ({ name, operation, input }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));

    if (waiting.length === 0 && !outcomes && !thrown) {
      throw new Error('the code waits for something that is not in the explorer\'s hands');
    }
    if (from && happening !== 'time is up' && happening?.fault && JSON.stringify(waiting) === JSON.stringify(from.waiting)) {
      return from;
    }

    const key = byThread(history);
    const met = this.known.get(key);
    if (!met) {
      const point: Known = { id: this.points++, waiting, timed: timed && waiting.length > 0, outcomes, thrown, history, next: new Map() };
      this.known.set(key, point);
      this.last = { at: point, execution };
      return point;
    }
    const same = JSON.stringify([met.waiting, met.outcomes, met.thrown]) === JSON.stringify([waiting, outcomes, thrown]);
    if (!same) { throw new Error(`the order of answers to different threads matters: ${key}`); }
    return met;
  }
}

function labelOf(happening: Happening): string {
  return happening === 'time is up' ? happening : `${happening.call} ${answerIdentity(happening.answer)}`;
}

/** A history without the order between threads (which are the names of calls without their numbers). The end of the time concerns them all. */
function byThread(history: readonly Happening[]): string {
  const stretches: Record<string, string[]>[] = [{}];
  for (const happening of history) {
    if (happening === 'time is up') {
      stretches.push({});
    } else {
      const thread = happening.call.replace(/\d+$/, '');
      (stretches.at(-1)![thread] ??= []).push(labelOf(happening));
    }
  }
  return JSON.stringify(stretches.map((threads) => Object.entries(threads).sort(([a], [b]) => (a < b ? -1 : 1))));
}
