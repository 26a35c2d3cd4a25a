/**
 * The movers, the other writer and the faults share this world. It has states, and steps between
 * them.
 */
import type { Automaton } from './automaton';
import type { Call } from './client';
import { withAnnotation, withAttributes } from './content';
import { callIdentity, identityOf } from './identity';
import {
  findLateLine,
  findNeedlessRestore,
  onExecuted,
  onForeign,
  onFinished,
  type Note,
  type Violation,
} from './invariants';
import { isPackKey } from './packs';
import { noteRemoved } from './run-invariants';
import {
  execute,
  isRead,
  put,
  remove,
  SOURCE,
  type Answer,
  type Request,
  type S3State,
  withGlacier,
} from './s3-model';
import { CONTENT, isChange, LATER_LOCK, placesOf, type FaultKind, type Stage } from './scenario';
import { seenBy } from './sight';
import { isDone, type Attempt, type Happening, type Point, type State } from './state';

/**
 * A step says who does what. `call` is a call of attempt `who`. `index` points into the attempt's
 * `late` calls or into the orphans.
 */
export type Step =
  | {
      readonly kind: 'call';
      readonly who: number;
      readonly call: Call;
      readonly fault?: Exclude<FaultKind, 'kill' | 'late kill' | 'time'>;
      readonly keys?: readonly string[];
    }
  | { readonly kind: 'late'; readonly who: number; readonly index: number }
  | { readonly kind: 'orphan'; readonly index: number }
  | { readonly kind: 'time'; readonly who: number }
  /** `after` holds the names of the calls that are still executed when the mover is killed. */
  | {
      readonly kind: 'kill';
      readonly who: number;
      readonly after: readonly string[];
      readonly late: boolean;
    }
  | { readonly kind: 'foreign'; readonly action: string };

export interface Result {
  readonly state: State;
  /** This is the answer to the executed call, for people to read. */
  readonly answer?: Answer;
  readonly violation?: Violation;
  readonly note?: Note;
}

const CONDITIONAL = new Set(['CopyObject', 'PutObject', 'CompleteMultipartUpload', 'DeleteObject']);

export function stepsFrom(stage: Stage, state: State): Step[] {
  const { scenario } = stage;
  const steps: Step[] = [];
  const kinds: readonly FaultKind[] = state.faultsLeft > 0 ? scenario.kinds : [];
  state.attempts.forEach(({ point, late }, who) => {
    for (const call of point.waiting) {
      steps.push({ kind: 'call', who, call });
      const writes = !isRead(call.operation);
      if (kinds.includes('refused')) {
        steps.push({ kind: 'call', who, call, fault: 'refused' });
      }
      if (writes && kinds.includes('lost')) {
        steps.push({ kind: 'call', who, call, fault: 'lost' });
      }
      if (writes && kinds.includes('late')) {
        steps.push({ kind: 'call', who, call, fault: 'late' });
      }
      if (kinds.includes('conflict') && CONDITIONAL.has(call.operation)) {
        steps.push({ kind: 'call', who, call, fault: 'conflict' });
      }
      if (kinds.includes('slow key') && call.operation === 'DeleteObjects') {
        for (const keys of subsets(call.input.Delete!.Objects.map(({ Key }) => Key)).slice(1)) {
          steps.push({ kind: 'call', who, call, fault: 'slow key', keys });
        }
      }
    }
    if (!isDone(point) && kinds.includes('kill')) {
      for (const after of subsets(sent(point))) {
        steps.push({ kind: 'kill', who, after, late: false });
      }
    }
    if (!isDone(point) && kinds.includes('late kill')) {
      steps.push({ kind: 'kill', who, after: [], late: true });
    }
    if (point.timed && kinds.includes('time')) {
      steps.push({ kind: 'time', who });
    }
    late.forEach((_, index) => steps.push({ kind: 'late', who, index }));
  });
  state.orphans.forEach((_, index) => steps.push({ kind: 'orphan', index }));
  if (state.foreign.length < scenario.foreignActions) {
    for (const action of [...foreignActions(stage), ...packActions(stage, state)]) {
      if (isPossible(state.s3, action)) {
        steps.push({ kind: 'foreign', action });
      }
    }
  }
  return steps;
}

/** Returns all subsets. The empty one is first. */
function subsets(names: readonly string[]): string[][] {
  return names.reduce<string[][]>(
    (all, name) => [...all, ...all.map((set) => [...set, name])],
    [[]],
  );
}

/** Returns the names of the calls under way that change something. */
function sent({ waiting }: Point): string[] {
  return waiting.filter(({ operation }) => !isRead(operation)).map(({ name }) => name);
}

const actionsOf = new WeakMap<Stage, readonly string[]>();

/**
 * The other writer touches only the first of two objects, because the two are symmetric. It touches
 * both if they have the same destination.
 */
function foreignActions(stage: Stage): readonly string[] {
  const known = actionsOf.get(stage);
  if (known) {
    return known;
  }
  const { scenario, items } = stage;
  const touched = scenario.onePlace ? items : items.slice(0, 1);
  const places = new Set(touched.flatMap(({ key, etag }) => placesOf(stage, key, etag)));
  const verbs = ['put other', 'put same', 'delete'];
  const more = [
    ...(scenario.retags ? ['put twin'] : []),
    ...(scenario.resizes ? ['put longer'] : []),
  ];
  const actions = [
    ...touched.flatMap(({ key }) => [...verbs, ...more].map((verb) => `${verb} ${SOURCE}/${key}`)),
    ...[...places].flatMap((key) => verbs.map((verb) => `${verb} ${key}`)),
  ];
  const chosen = scenario.actions ?? actions;
  actionsOf.set(stage, chosen);
  return chosen;
}

/**
 * Another writer removes a pack, or writes something else under its name, also before the pack is
 * put. The same with the index of an earlier one.
 */
function packActions({ scenario, forged }: Stage, { s3, attempts }: State): string[] {
  if (scenario.isPacked) {
    return Object.keys(forged).flatMap((key) => [
      `put other ${key}`,
      `put forged ${key}`,
      `delete ${key}`,
    ]);
  }
  if (!scenario.movers.some((each) => each.startsWith('pack batch'))) {
    return [];
  }
  const waiting = attempts
    .flatMap(({ point }) => point.waiting)
    .filter(({ operation }) => operation === 'PutObject');
  const keys = new Set(
    [
      ...Object.keys(s3.objects),
      ...waiting.map(({ input: { Bucket, Key } }) => `${Bucket}/${Key}`),
    ].filter(isPackKey),
  );
  return [...keys].sort().flatMap((key) => [`put other ${key}`, `delete ${key}`]);
}

/**
 * Whether an action of the other writer, or of S3, can happen now. Only what is there can be
 * deleted or changed.
 */
function isPossible({ objects }: S3State, action: string): boolean {
  const [verb, key] = parseAction(action);
  if (verb === 'thaw') {
    return objects[key]?.glacier === 'ongoing';
  }
  if (verb === 'freeze') {
    return objects[key]?.glacier === 'readable';
  }
  const needsObject = verb === 'delete' || isChange(action);
  return !needsObject || objects[key] !== undefined;
}

function parseAction(action: string): [verb: string, key: string] {
  const space = action.lastIndexOf(' ');
  return [action.slice(0, space), action.slice(space + 1)];
}

function act({ model, begin, forged }: Stage, s3: S3State, action: string): S3State {
  const [verb, key] = parseAction(action);
  if (isChange(action)) {
    return change(s3, verb, key);
  }
  if (verb === 'put forged') {
    return put(model, s3, key, forged[key]);
  }
  if (verb === 'put bare') {
    return put(model, s3, key, CONTENT.bare);
  }
  if (verb === 'delete') {
    return remove(s3, key);
  }
  if (verb === 'put twin') {
    return put(model, s3, key, CONTENT.twin);
  }
  if (verb === 'put longer') {
    return put(model, s3, key, CONTENT.longer);
  }
  const atSource = key.startsWith(SOURCE);
  if (verb === 'put same') {
    return put(
      model,
      s3,
      key,
      atSource && begin.objects[key] ? begin.objects[key].content : CONTENT.first,
    );
  }
  if (!atSource) {
    return put(model, s3, key, CONTENT.theirs);
  }
  return put(
    model,
    s3,
    key,
    s3.objects[key]?.content === CONTENT.second ? CONTENT.third : CONTENT.second,
  );
}

/** Changes what belongs to an object: its ETag and its time stay. */
function change(s3: S3State, verb: string, key: string): S3State {
  const stored = s3.objects[key];
  if (verb === 'thaw' || verb === 'freeze') {
    return withGlacier(s3, key, verb === 'thaw' ? 'readable' : 'frozen');
  }
  // The owner and the other writer give the same annotation other payloads.
  const payload = key.startsWith(SOURCE) ? 'later' : 'theirs';
  const content =
    verb === 'tag'
      ? withAttributes(stored.content, { tags: payload })
      : verb === 'lock'
        ? withAttributes(stored.content, { lock: LATER_LOCK })
        : withAnnotation(stored.content, 'note', payload);
  return { ...s3, objects: { ...s3.objects, [key]: { ...stored, content } } };
}

export class World {
  /** This function is told what happens to each mover's code. */
  onHappening?: (who: number, happening: Happening | 'killed') => Promise<void>;

  private readonly met = new Map<number, S3State>();
  private readonly executed = new Map<string, [S3State, Answer]>();

  /**
   * @param automata of the movers, and then of the attempts that follow a kill, if these are others
   */
  constructor(
    readonly stage: Stage,
    readonly automata: readonly Automaton[],
  ) {}

  async begin(): Promise<State> {
    const attempts = await Promise.all(
      this.automata.map(async (automaton, mover) => attempt(mover, await automaton.begin())),
    );
    attempts.splice(this.stage.scenario.movers.length);
    return {
      s3: this.stage.begin,
      attempts,
      orphans: [],
      faultsLeft: this.stage.scenario.faults,
      foreign: [],
      ghost: { lost: [], written: [] },
    };
  }

  /** Returns a promise only if the code must be executed. */
  take(state: State, step: Step): Result | Promise<Result> {
    if (step.kind === 'foreign') {
      const s3 = this.known(act(this.stage, state.s3, step.action));
      const after = noteRemoved(
        this.stage,
        { ...state, s3, foreign: [...state.foreign, step.action] },
        state.s3,
      );
      return { state: onForeign(this.stage, after, state.s3, step.action) };
    }
    if (step.kind === 'kill') {
      return this.kill(state, step);
    }
    if (step.kind === 'time') {
      return this.proceed({ ...state, faultsLeft: state.faultsLeft - 1 }, step.who, 'time is up');
    }
    if (step.kind === 'orphan') {
      const { call, seen } = state.orphans[step.index];
      const [s3, answer] = this.execute(state.s3, call);
      const violation = findLateLine(this.stage, state, s3);
      if (violation) {
        return { state, answer, violation };
      }
      return {
        answer,
        ...onExecuted(
          this.stage,
          { ...state, s3, orphans: without(state.orphans, step.index) },
          state.s3,
          call,
          seen,
        ),
      };
    }
    const actor = state.attempts[step.who];
    if (step.kind === 'late') {
      const call = actor.late[step.index];
      const [s3, answer] = this.execute(state.s3, call);
      const after = withAttempt({ ...state, s3 }, step.who, {
        ...actor,
        late: without(actor.late, step.index),
      });
      return { answer, ...onExecuted(this.stage, after, state.s3, call, actor.seen, step.who) };
    }
    return this.call(state, step, actor);
  }

  /**
   * Returns S3's answer and its state afterwards. Equal states are one object, and a call is
   * executed only once in each state.
   */
  private execute(s3: S3State, call: Request): [S3State, Answer] {
    const name = `${identityOf(s3)} ${callIdentity(call)}`;
    let result = this.executed.get(name);
    if (!result) {
      const [after, answer] = execute(this.stage.model, s3, call);
      this.executed.set(name, (result = [this.known(after), answer]));
    }
    return result;
  }

  private known(s3: S3State): S3State {
    const id = identityOf(s3);
    const met = this.met.get(id);
    if (met) {
      return met;
    }
    this.met.set(id, s3);
    return s3;
  }

  private call(
    state: State,
    { who, call, fault, keys }: Extract<Step, { kind: 'call' }>,
    actor: Attempt,
  ): Result | Promise<Result> {
    const less = fault ? { ...state, faultsLeft: state.faultsLeft - 1 } : state;
    if (fault === 'refused') {
      return this.tell(less, who, call, REFUSED, true);
    }
    if (fault === 'conflict') {
      return this.tell(less, who, call, CONFLICT, false);
    }
    if (fault === 'late') {
      return this.tell(
        withAttempt(less, who, { ...actor, late: [...actor.late, call] }),
        who,
        call,
        RESET,
        true,
      );
    }

    const others = keys && call.input.Delete!.Objects.filter(({ Key }) => !keys.includes(Key));
    const executed = others
      ? { ...call, input: { ...call.input, Delete: { Objects: others } } }
      : call;
    const [s3, told] = this.execute(state.s3, executed);
    const answer = keys ? withSlowKeys(told, keys) : told;
    const seen = seenBy(this.stage, actor, s3, call, fault === 'lost' ? undefined : answer);
    const needless = findNeedlessRestore(call, actor.seen);
    if (needless) {
      return { state, answer, violation: needless };
    }
    const attempted = withAttempt({ ...less, s3 }, who, { ...actor, seen });
    const {
      state: after,
      violation,
      note,
    } = onExecuted(this.stage, attempted, state.s3, executed, actor.seen, who);
    if (violation) {
      return { state: after, answer, violation };
    }
    const result =
      fault === 'lost'
        ? this.tell(after, who, call, RESET, true)
        : this.tell(after, who, call, answer, keys !== undefined);
    if (!note) {
      return result;
    }
    return result instanceof Promise
      ? result.then((given) => withNote(given, note))
      : withNote(result, note);
  }

  private tell(
    state: State,
    who: number,
    { name: call }: Call,
    answer: Answer,
    fault: boolean,
  ): Result | Promise<Result> {
    return this.proceed(state, who, { call, answer, fault }, answer);
  }

  /**
   * Lets a mover continue until it waits again. S3 may still execute the calls that the mover gave
   * up meanwhile.
   */
  private proceed(
    state: State,
    who: number,
    happening: Happening,
    answer?: Answer,
  ): Result | Promise<Result> {
    const { mover, point } = state.attempts[who];
    if (this.onHappening) {
      return this.proceedLive(state, who, happening, answer);
    }
    const next = this.automata[mover].after(point, happening);
    if (next instanceof Promise) {
      return next.then((at) => this.arrive(state, who, at, happening, answer));
    }
    return this.arrive(state, who, next, happening, answer);
  }

  private async proceedLive(
    state: State,
    who: number,
    happening: Happening,
    answer?: Answer,
  ): Promise<Result> {
    const { mover, point } = state.attempts[who];
    await this.onHappening!(who, happening);
    return this.arrive(
      state,
      who,
      await this.automata[mover].after(point, happening),
      happening,
      answer,
    );
  }

  private arrive(
    state: State,
    who: number,
    point: Point,
    happening: Happening,
    answer?: Answer,
  ): Result {
    const actor = state.attempts[who];
    const answered = happening === 'time is up' ? undefined : happening.call;
    const givenUp = actor.point.waiting.filter(
      ({ name, operation }) =>
        name !== answered &&
        !isRead(operation) &&
        !point.waiting.some((call) => call.name === name),
    );
    const after = withAttempt(state, who, { ...actor, point, late: [...actor.late, ...givenUp] });
    if (!isDone(point)) {
      return { state: after, answer };
    }
    return { answer, ...onFinished(this.stage, after, who) };
  }

  private async kill(
    state: State,
    { who, after, late }: Extract<Step, { kind: 'kill' }>,
  ): Promise<Result> {
    const { mover, point, late: before, seen, gone } = state.attempts[who];
    await this.onHappening?.(who, 'killed');
    const next = this.stage.scenario.isSealed ? who + this.stage.scenario.movers.length : mover;
    const again = { ...attempt(next, await this.automata[next].begin()), gone };
    const calls = late
      ? [...before, ...point.waiting.filter(({ name }) => sent(point).includes(name))]
      : before;
    let killed: Result = {
      state: {
        ...withAttempt(state, who, again),
        orphans: [...state.orphans, ...calls.map((call) => ({ call, seen }))],
        faultsLeft: state.faultsLeft - 1,
      },
    };
    for (const name of after) {
      const call = point.waiting.find((each) => each.name === name)!;
      const [s3] = this.execute(killed.state.s3, call);
      const result = onExecuted(this.stage, { ...killed.state, s3 }, killed.state.s3, call, seen);
      if (result.violation) {
        return result;
      }
      killed = { ...result, note: killed.note ?? result.note };
    }
    return killed;
  }
}

function attempt(mover: number, point: Point): Attempt {
  return { mover, point, late: [], seen: {}, removed: [], behind: false };
}

export function withAttempt(state: State, who: number, changed: Attempt): State {
  return {
    ...state,
    attempts: state.attempts.map((each, index) => (index === who ? changed : each)),
  };
}

function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, i) => i !== index);
}

const RESET: Answer = { error: 'ECONNRESET', status: 0 };
const REFUSED: Answer = { error: 'SlowDown', status: 503 };
const CONFLICT: Answer = { error: 'ConditionalRequestConflict', status: 409 };

function withSlowKeys(answer: Answer, keys: readonly string[]): Answer {
  if (!('output' in answer)) {
    return answer;
  }
  const slow = keys.map((Key) => ({ Key, Code: 'SlowDown', Message: 'please' }));
  return {
    output: { ...answer.output, Errors: [...(answer.output.Errors as unknown[]), ...slow] },
  };
}

function withNote(result: Result, note: Note): Result {
  return { ...result, note: result.note ?? note };
}
