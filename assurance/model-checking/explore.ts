/**
 * The explorer walks through every schedule of a scenario.
 *
 * It works depth first and visits each state once. A state consists of S3, the points of the
 * movers' code, the calls under way, the budgets, and what the checks remember. Two schedules that
 * lead to the same state have the same continuations. So the second schedule only adds to the
 * count. There are no cycles, since every step uses up something: a budget, a call under way, or a
 * part of a mover's finite code.
 */
import { Automaton } from './automaton';
import { identityOf, keyOf } from './identity';
import type { Note } from './invariants';
import { stageOf, type Scenario } from './scenario';
import { Settler } from './settle';
import { isOver, type State } from './state';
import { stepsFrom, World } from './world';

export interface Exploration {
  readonly scenario: Scenario;
  /**
   * This is the number of complete schedules. Every schedule was checked, and one check may cover
   * many schedules.
   */
  schedules: bigint;
  states: number;
  steps: number;
  /**
   * `executions` counts the executions of the real code. `points` counts the points that they
   * reached.
   */
  executions: number;
  points: number;
  /** This counts, for each note, the schedules in which it happened. */
  notes: Map<Note, bigint>;
  /**
   * The choices are indices into `stepsFrom`, from the beginning. They are the shortest schedule
   * that leads to a violation.
   */
  violation?: { readonly what: string; readonly choices: readonly number[] };
}

/** There are millions of these, so a note is a place in a list. */
interface Count {
  schedules: bigint;
  notes?: bigint[];
}

const NOTES: Note[] = [];

function addNote(count: Count, place: number, times: bigint): void {
  count.notes ??= [];
  while (count.notes.length <= place) {
    count.notes.push(0n);
  }
  count.notes[place] += times;
}

function placeOf(note: Note): number {
  const place = NOTES.indexOf(note);
  return place < 0 ? NOTES.push(note) - 1 : place;
}

/**
 * Finds what was counted below a state. A `Map` has at most 16,777,216 entries, so there is one for
 * each state of S3.
 */
class Counts {
  size = 0;
  private readonly ofS3 = new Map<number, Map<string, Count>>();

  /** Returns those with the same S3. */
  of(s3: number): Map<string, Count> {
    const known = this.ofS3.get(s3) ?? new Map<string, Count>();
    this.ofS3.set(s3, known);
    return known;
  }
}

/** The exploration throws this error when it finds a violation. */
class Found extends Error {}

export function prepare(scenario: Scenario) {
  const stage = stageOf(scenario);
  const { movers, isSealed } = scenario;
  // Two batches are told apart by the times in their ledger lines.
  const kindOf = (mover: number): string => {
    if (mover >= movers.length) {
      return `later ${kindOf(mover - movers.length)}`;
    }
    return /^(pack |ending )?batch/.test(movers[mover]) ? `batch ${mover}` : movers[mover];
  };
  const starts = (isSealed ? [0, 1_000] : [0]).flatMap((later) =>
    movers.map((program, mover) => ({ program, delay: later + mover })),
  );
  const byKind = new Map(
    starts.map(({ program, delay }, mover) => [
      kindOf(mover),
      new Automaton(() => stage.newExecution(program, delay)),
    ]),
  );
  const world = new World(
    stage,
    starts.map((_, mover) => byKind.get(kindOf(mover))!),
  );
  const settler = new Settler(stage);
  return {
    stage,
    world,
    automata: [...byKind.values()],
    key: (state: State) => keyOf(state, kindOf),
    /** Returns what is wrong with a state in which all movers are done. */
    judgeEnd: async (state: State) => (scenario.runs ? undefined : settler.check(state.s3)),
  };
}

export async function explore(scenario: Scenario): Promise<Exploration> {
  const { stage, world, automata, key, judgeEnd } = prepare(scenario);
  const done = new Counts();
  const result: Exploration = {
    scenario,
    schedules: 0n,
    states: 0,
    steps: 0,
    executions: 0,
    points: 0,
    notes: new Map(),
  };

  const visit = async (state: State): Promise<Count> => {
    const count: Count = { schedules: 0n };
    if (isOver(state)) {
      if (await judgeEnd(state)) {
        throw new Found();
      }
      count.schedules += 1n;
    }
    for (const step of stepsFrom(stage, state)) {
      result.steps++;
      const taken = world.take(state, step);
      const { state: next, violation, note } = taken instanceof Promise ? await taken : taken;
      if (violation) {
        throw new Found();
      }
      const id = key(next);
      const known = done.of(identityOf(next.s3));
      let below = known.get(id);
      if (!below) {
        known.set(id, (below = await visit(next)));
        done.size++;
      }
      count.schedules += below.schedules;
      below.notes?.forEach((times, place) => {
        if (times > 0n) {
          addNote(count, place, times);
        }
      });
      if (note) {
        addNote(count, placeOf(note), below.schedules);
      }
    }
    return count;
  };

  try {
    const { schedules, notes = [] } = await visit(await world.begin());
    result.schedules = schedules;
    notes.forEach((times, place) => {
      if (times > 0n) {
        result.notes.set(NOTES[place], times);
      }
    });
  } catch (error) {
    if (!(error instanceof Found)) {
      throw error;
    }
    result.violation = await shortest(scenario);
  }
  result.states = done.size;
  result.executions = automata.reduce((sum, { executions }) => sum + executions, 0);
  result.points = automata.reduce((sum, { points }) => sum + points, 0);
  return result;
}

/** Searches breadth first, so that no schedule to a violation is shorter than the one it finds. */
export async function shortest(scenario: Scenario): Promise<Exploration['violation']> {
  const { stage, world, key, judgeEnd } = prepare(scenario);
  interface Reached {
    readonly state: State;
    readonly from?: Reached;
    readonly choice: number;
  }
  const choicesTo = (reached: Reached): number[] =>
    reached.from ? [...choicesTo(reached.from), reached.choice] : [];
  const met = new Set<string>();
  let border: Reached[] = [{ state: await world.begin(), choice: -1 }];
  while (border.length > 0) {
    const next: Reached[] = [];
    for (const from of border) {
      const wrong = isOver(from.state) ? await judgeEnd(from.state) : undefined;
      if (wrong) {
        return { what: wrong, choices: choicesTo(from) };
      }
      for (const [choice, step] of stepsFrom(stage, from.state).entries()) {
        const { state, violation } = await world.take(from.state, step);
        if (violation) {
          return { what: violation, choices: [...choicesTo(from), choice] };
        }
        const id = `${identityOf(state.s3)};${key(state)}`;
        if (met.has(id)) {
          continue;
        }
        met.add(id);
        next.push({ state, from, choice });
      }
    }
    border = next;
  }
  return undefined;
}
