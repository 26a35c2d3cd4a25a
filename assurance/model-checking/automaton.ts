/**
 * This file turns a mover into an automaton. The automaton is learned from the real code.
 *
 * The code is deterministic: its next calls depend only on the answers that it received. (The clock
 * does not advance, and jitter only changes how long the code sleeps.) So the code is executed once
 * for each history of answers, and the explorer walks through the points that were learned.
 * `live.ts` checks this on complete schedules, with both movers in one process.
 *
 * The concurrent moves of a batch share nothing before the batch deletes the sources. So two
 * answers to different threads lead to the same point in either order. This is not assumed: both
 * orders of every such pair are executed, and a difference is an error.
 *
 * The code may answer a fault only by making the same call again. Then it is at the same point as
 * before. The code still remembers how often it tried, but that number matters only at the eighth
 * attempt. The bounds on faults are far below eight.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import crypto from 'node:crypto';
import { HeldClient } from './client';
import { answerIdentity } from './identity';
import { type Outcomes, type Program, startThread, type Surroundings } from './programs';
import type { Request } from './s3-model';
import type { Happening, Point } from './state';

interface Known extends Point {
  readonly history: readonly Happening[];
  readonly next: Map<string, Known>;
}

const timers = new AsyncLocalStorage<(callback: () => void, delay: number) => void>();
const { setTimeout: realSetTimeout } = globalThis;
globalThis.setTimeout = Object.assign((callback: () => void, delay: number) => {
  const set = timers.getStore();
  return set ? set(callback, delay) : realSetTimeout(callback, delay);
}, realSetTimeout) as typeof setTimeout;

/**
 * An execution that is repeated has the same ids, and those of two movers differ. An attempt that
 * follows a kill has those of the attempt before it. So an attempt that knows its own write by an
 * id takes the write of the dead attempt for its own.
 */
const ids = new AsyncLocalStorage<() => string>();
const { randomUUID } = crypto;
Object.assign(crypto, { randomUUID: () => ids.getStore()?.() ?? randomUUID() });

/**
 * The limits of requests are real time, which has nothing to do with the explorer's. On a slow
 * machine, an execution that waits for the explorer would reach them, and its call would be gone.
 */
AbortSignal.timeout = () => new AbortController().signal;

const quiet = () => new Promise((resolve) => setImmediate(resolve));

/** An execution runs the real code once. */
export class Execution {
  readonly client: HeldClient;
  outcomes?: Outcomes;
  thrown?: string;
  private now: number;
  private timer?: { readonly callback: () => void; readonly delay: number };

  constructor(
    program: Program,
    surroundings: Omit<Surroundings, 's3' | 'clock' | 'withTimers'>,
    threadOf: (request: Request) => string,
    now: number,
  ) {
    this.now = now;
    this.client = new HeldClient(threadOf);
    let created = 0;
    const nextId = () => `${now}-${created++}`;
    const run = () =>
      program({
        ...surroundings,
        s3: this.client.s3,
        clock: { now: () => this.now, sleep: async () => undefined },
        withTimers: (start) => this.withTimers(start),
      });
    startThread(() => ids.run(nextId, run)).then(
      (outcomes) => {
        this.outcomes = outcomes;
      },
      (error: Error) => {
        this.thrown = `${error.name}: ${error.message}`;
      },
    );
  }

  get timed(): boolean {
    return this.timer !== undefined;
  }

  /** Only the code that `start` begins, however long it waits, sees the replaced `setTimeout`. */
  private withTimers<T>(start: () => T): T {
    return timers.run((callback, delay) => {
      this.timer = { callback, delay };
    }, start);
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
    return this.start ?? this.learn([]).then((learned) => (this.start = learned));
  }

  /**
   * Returns the point that a happening leads to. It returns a promise if the code must be executed
   * to learn the point.
   */
  after(point: Point, happening: Happening): Point | Promise<Point> {
    const from = point as Known;
    const label = labelOf(happening);
    const next = from.next.get(label);
    if (next) {
      return next;
    }
    return this.learn([...from.history, happening], from).then((learned) => {
      from.next.set(label, learned);
      return learned;
    });
  }

  /**
   * Returns an execution that has reached a point. It continues the last execution if possible.
   * Otherwise it starts a new execution and replays the history.
   */
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
    for (const happening of history) {
      await execution.deliver(happening);
    }
    return execution;
  }

  private async learn(history: readonly Happening[], from?: Known): Promise<Known> {
    const execution = await this.executionAt(history, from);
    const happening = history.at(-1);
    const { client, outcomes, thrown, timed } = execution;
    // Calls that still wait when the code is done are reads whose answers no code needs.
    const waiting = [...(outcomes ? [] : client.waiting.values())]
      .map(({ name, operation, input }) => ({ name, operation, input }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));

    if (waiting.length === 0 && !outcomes && !thrown) {
      throw new Error("the code waits for something that is not in the explorer's hands");
    }
    if (
      from &&
      happening !== 'time is up' &&
      happening?.fault &&
      JSON.stringify(waiting) === JSON.stringify(from.waiting)
    ) {
      return from;
    }

    const key = byThread(history);
    const met = this.known.get(key);
    if (!met) {
      const point: Known = {
        id: this.points++,
        waiting,
        timed: timed && waiting.length > 0,
        outcomes,
        thrown,
        history,
        next: new Map(),
      };
      this.known.set(key, point);
      this.last = { at: point, execution };
      return point;
    }
    const same =
      JSON.stringify([met.waiting, met.outcomes, met.thrown]) ===
      JSON.stringify([waiting, outcomes, thrown]);
    if (!same) {
      throw new Error(`the order of answers to different threads matters: ${key}`);
    }
    return met;
  }
}

function labelOf(happening: Happening): string {
  return happening === 'time is up'
    ? happening
    : `${happening.call} ${answerIdentity(happening.answer)}`;
}

/**
 * Writes a history without the order between threads. The thread of a call is its name without its
 * number. The end of the time concerns all threads.
 */
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
  return JSON.stringify(
    stretches.map((threads) => Object.entries(threads).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}
