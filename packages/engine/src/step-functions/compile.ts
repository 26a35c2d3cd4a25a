import { UsageError } from '../common/errors';
import { isObject } from '../common/json';
import {
  type Definition,
  type DistributedMapState,
  innerMachines,
  isDistributedMap,
  type State,
} from '../states-language/definition';

/** A definition prepared for the engine. */
export interface CompiledMachine {
  readonly definition: Definition;
  /** Task states, including those in Parallel branches and inline Maps. */
  readonly tasks: ReadonlyMap<string, Task>;
}

export interface Task {
  readonly name: string;
  /** The state as the engine sees it. */
  readonly state: State;
  /** Set if the Task stands for a Distributed Map. */
  readonly map?: CompiledMap;
}

export interface CompiledMap {
  readonly state: DistributedMapState;
  readonly processor: CompiledMachine;
}

/** setTimeout accepts 31 bits of milliseconds; a longer timeout is as good as none. */
const NO_TIMEOUT_SECONDS = 2_000_000;

/** Resource of the Task that stands for a Distributed Map. */
const DISTRIBUTED_MAP = 'arn:aws:states:::sandbox:distributedMap';

/**
 * Adapts a definition to the engine without changing its meaning:
 * - a Distributed Map becomes a Task with the same input, output, Retry, Catch and Next;
 * - `$$.` points into a context object of ours, since the engine sets Execution.StartTime itself;
 * - the engine's default timeout of a minute for Tasks is removed;
 * - Retry intervals are scaled if a test wants them short.
 */
export function compile(
  original: Definition,
  options: { readonly retryScale: number },
): CompiledMachine {
  if (original.QueryLanguage === 'JSONata') {
    throw new UsageError('the state machine uses JSONata; the sandbox runs JSONPath only');
  }
  const tasks = new Map<string, Task>();
  const definition = { ...original, States: compileStates(original, tasks, options.retryScale) };
  if (original.TimeoutSeconds === undefined) {
    return { tasks, definition };
  }
  return {
    tasks,
    definition: {
      ...definition,
      TimeoutSeconds: Math.min(original.TimeoutSeconds, NO_TIMEOUT_SECONDS),
    },
  };
}

function compileStates(
  machine: Definition,
  tasks: Map<string, Task>,
  retryScale: number,
): Record<string, State> {
  return Object.fromEntries(
    Object.entries(machine.States).map(([name, state]) => [
      name,
      compileState(name, state, tasks, retryScale),
    ]),
  );
}

function compileState(
  name: string,
  original: State,
  tasks: Map<string, Task>,
  retryScale: number,
): State {
  if (original.QueryLanguage === 'JSONata' || original.Assign) {
    throw new UsageError(
      `state ${name} uses JSONata or variables; the sandbox runs JSONPath without them`,
    );
  }
  const state = scaleRetries(rewriteContextPaths(original), retryScale);
  if (isDistributedMap(state)) {
    // Its processor is compiled from the original: compiling rewrites the paths.
    const processor = compile((original as DistributedMapState).ItemProcessor, { retryScale });
    const task = asTask(state);
    tasks.set(name, { name, state: task, map: { state, processor } });
    return task;
  }
  if (state.Type === 'Task') {
    const seconds =
      state.TimeoutSecondsPath === undefined
        ? Math.min(state.TimeoutSeconds ?? NO_TIMEOUT_SECONDS, NO_TIMEOUT_SECONDS)
        : undefined;
    const task = withoutRootResultPath({
      ...state,
      ...(seconds === undefined ? {} : { TimeoutSeconds: seconds }),
    });
    tasks.set(name, { name, state: task });
    return task;
  }
  const inner = innerMachines(original);
  if (inner.length === 0) {
    return withoutRootResultPath(state);
  }
  const compiled = inner.map((machine) => ({
    ...machine,
    States: compileStates(machine, tasks, retryScale),
  }));
  if (state.Branches) {
    return withoutRootResultPath({ ...state, Branches: compiled });
  }
  return withoutRootResultPath({
    ...state,
    [state.ItemProcessor ? 'ItemProcessor' : 'Iterator']: compiled[0],
  });
}

function asTask(map: DistributedMapState): State {
  const kept = [
    'InputPath',
    'ResultSelector',
    'ResultPath',
    'OutputPath',
    'Retry',
    'Catch',
    'Next',
    'End',
  ];
  const fields = Object.fromEntries(Object.entries(map).filter(([field]) => kept.includes(field)));
  return withoutRootResultPath({
    ...fields,
    Type: 'Task',
    Resource: DISTRIBUTED_MAP,
    TimeoutSeconds: NO_TIMEOUT_SECONDS,
  });
}

/** `ResultPath: $` is the default; the engine reads it as a field named `$`. */
function withoutRootResultPath(state: State): State {
  if (state.ResultPath !== '$') {
    return state;
  }
  const { ResultPath: _default, ...rest } = state;
  return rest as State;
}

function scaleRetries(state: State, scale: number): State {
  if (!Array.isArray(state.Retry) || scale === 1) {
    return state;
  }
  const retriers = state.Retry as { IntervalSeconds?: number; MaxDelaySeconds?: number }[];
  return {
    ...state,
    Retry: retriers.map((retrier) => ({
      ...retrier,
      IntervalSeconds: (retrier.IntervalSeconds ?? 1) * scale,
      ...(retrier.MaxDelaySeconds === undefined
        ? {}
        : { MaxDelaySeconds: retrier.MaxDelaySeconds * scale }),
    })),
  };
}

/** Inner machines are not changed: they are compiled separately. */
function rewriteContextPaths(state: State): State {
  const rewritten = rewrite(state) as State;
  return { ...rewritten, ...pick(state, ['ItemProcessor', 'Iterator', 'Branches']) };
}

function rewrite(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => rewrite(item));
  }
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([field, item]) => [field, rewrite(item, field)]),
    );
  }
  const isPath = key.endsWith('.$') || key.endsWith('Path') || key === 'Variable';
  // $$.Map is the engine's own in an inline Map, and the Distributed Map layer's in its
  // ItemSelector.
  return isPath && typeof value === 'string'
    ? value.replace(/\$\$(?!\.Map\b)(?=[.[]|$)/g, '$$$$.Context')
    : value;
}

function pick(state: State, fields: string[]): Partial<State> {
  return Object.fromEntries(
    fields.filter((field) => field in state).map((field) => [field, state[field]]),
  );
}
