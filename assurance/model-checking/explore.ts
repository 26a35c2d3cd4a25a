/**
 * Walks through every schedule of a scenario.
 *
 * Depth first, and each state once: two schedules that lead to the same state (S3, the points of
 * the movers' code, what is still under way, the budgets, and what the checks remember) have the
 * same continuations, so the second one only adds to the count. There are no circles, since every
 * step uses up something: a budget, a call under way, or a stretch of a mover's finite code.
 */
import { Automaton } from './automaton';
import { keyOf } from './identity';
import type { Note } from './invariants';
import { stageOf, type Scenario } from './scenario';
import { Settler } from './settle';
import { isOver, type State } from './state';
import { stepsFrom, World } from './world';

export interface Exploration {
  readonly scenario: Scenario;
  /** Complete schedules; every one of them was checked, many at once. */
  schedules: bigint;
  states: number;
  steps: number;
  /** Executions of the real code, and the points of it that they came to. */
  executions: number;
  points: number;
  /** How often the schedules came to what a note says. */
  notes: Map<Note, bigint>;
  /** Indices into `stepsFrom`, from the beginning: the shortest schedule to a violation. */
  violation?: { readonly what: string; readonly choices: readonly number[] };
}

interface Count {
  schedules: bigint;
  notes?: Map<Note, bigint>;
}

function addNote(count: Count, note: Note, times: bigint): void {
  count.notes ??= new Map();
  count.notes.set(note, (count.notes.get(note) ?? 0n) + times);
}

/** The state that a violation was found in, and how. */
class Found extends Error {}

export function prepare(scenario: Scenario) {
  const stage = stageOf(scenario);
  const byProgram = new Map(scenario.movers.map((program) => [program, new Automaton(() => stage.newExecution(program))]));
  const world = new World(stage, scenario.movers.map((program) => byProgram.get(program)!));
  const settler = new Settler(stage);
  return {
    stage,
    world,
    automata: [...byProgram.values()],
    key: (state: State) => keyOf(state, (mover) => scenario.movers[mover]),
    /** What is wrong with a state in which all movers are done. */
    judgeEnd: (state: State) => settler.check(state.s3),
  };
}

export async function explore(scenario: Scenario): Promise<Exploration> {
  const { stage, world, automata, key, judgeEnd } = prepare(scenario);
  const done = new Map<string, Count>();
  const result: Exploration = { scenario, schedules: 0n, states: 0, steps: 0, executions: 0, points: 0, notes: new Map() };

  const visit = async (state: State): Promise<Count> => {
    const count: Count = { schedules: 0n };
    if (isOver(state)) {
      if (await judgeEnd(state)) { throw new Found(); }
      count.schedules += 1n;
    }
    for (const step of stepsFrom(stage, state)) {
      result.steps++;
      const taken = world.take(state, step);
      const { state: next, violation, note } = taken instanceof Promise ? await taken : taken;
      if (violation) { throw new Found(); }
      const id = key(next);
      let below = done.get(id);
      if (!below) { done.set(id, below = await visit(next)); }
      count.schedules += below.schedules;
      if (below.notes) { for (const [text, times] of below.notes) { addNote(count, text, times); } }
      if (note) { addNote(count, note, below.schedules); }
    }
    return count;
  };

  try {
    const { schedules, notes = new Map<Note, bigint>() } = await visit(await world.begin());
    Object.assign(result, { schedules, notes });
  } catch (error) {
    if (!(error instanceof Found)) { throw error; }
    result.violation = await shortest(scenario);
  }
  result.states = done.size;
  result.executions = automata.reduce((sum, { executions }) => sum + executions, 0);
  result.points = automata.reduce((sum, { points }) => sum + points, 0);
  return result;
}

/** Breadth first, so that what it finds first is as short as any. */
export async function shortest(scenario: Scenario): Promise<Exploration['violation']> {
  const { stage, world, key, judgeEnd } = prepare(scenario);
  interface Reached { readonly state: State; readonly from?: Reached; readonly choice: number }
  const choicesTo = (reached: Reached): number[] => (reached.from ? [...choicesTo(reached.from), reached.choice] : []);
  const met = new Set<string>();
  let border: Reached[] = [{ state: await world.begin(), choice: -1 }];
  while (border.length > 0) {
    const next: Reached[] = [];
    for (const from of border) {
      const wrong = isOver(from.state) ? await judgeEnd(from.state) : undefined;
      if (wrong) { return { what: wrong, choices: choicesTo(from) }; }
      for (const [choice, step] of stepsFrom(stage, from.state).entries()) {
        const { state, violation } = await world.take(from.state, step);
        if (violation) { return { what: violation, choices: [...choicesTo(from), choice] }; }
        const id = key(state);
        if (met.has(id)) { continue; }
        met.add(id);
        next.push({ state, from, choice });
      }
    }
    border = next;
  }
  return undefined;
}
