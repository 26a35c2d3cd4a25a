import type { CompiledMachine, Task } from './compile';
import {
  type EngineEvent,
  ExecutionAbortedError,
  ExecutionTimeoutError,
  StateMachine,
  type StateMachineDefinition,
} from './library';
import { MAX_HISTORY_EVENTS, MAX_PAYLOAD_BYTES } from './quotas';
import type { ExecutionRecord } from './records';
import type { ResumePoint } from './redrive';
import type { ContextObject, MachineIdentity, World } from './world';
import { type Json, utf8Length } from '../common/json';
import type { Definition, State } from '../states-language/definition';
import { dataLimitExceeded, StateError } from '../states-language/errors';

/**
 * One execution of a state machine: the engine runs it; this class records what AWS would record,
 * and stops it where AWS would.
 */
export class Execution {
  private readonly abortController = new AbortController();
  private readonly context: ContextObject;
  private readonly engine: ReturnType<InstanceType<typeof StateMachine>['run']>;
  private readonly maps: Promise<Json>[] = [];
  /** A quota that was exceeded: it ends the execution, and no Catch of the definition stops it. */
  private violation?: StateError;
  /** Why the execution was stopped from outside. */
  private stopped: {
    readonly status: 'ABORTED' | 'TIMED_OUT';
    readonly error?: string;
    readonly cause?: string;
  } = { status: 'ABORTED' };
  /** The state that a redrive resumes with, until it is entered. */
  private resumed?: string;

  constructor(
    private readonly machine: CompiledMachine,
    readonly identity: MachineIdentity,
    readonly record: ExecutionRecord,
    private readonly world: World,
    /** Set for a redrive. */
    resume?: ResumePoint,
  ) {
    this.resumed = resume?.state;
    this.context = {
      Execution: {
        Id: record.arn,
        Input: JSON.parse(record.input) as Json,
        Name: record.name,
        RoleArn: identity.roleArn,
        StartTime: record.startDate.toISOString(),
        RedriveCount: record.redriveCount,
        ...(record.redriveDate ? { RedriveTime: record.redriveDate.toISOString() } : {}),
      },
      State: { EnteredTime: '', Name: '', RetryCount: 0 },
      StateMachine: { Id: identity.arn, Name: identity.name },
    };
    if (resume) {
      record.history.add('ExecutionRedriven', { redriveCount: record.redriveCount });
    } else {
      record.history.add('ExecutionStarted', {
        input: record.input,
        inputDetails: { truncated: false },
        roleArn: identity.roleArn,
      });
    }
    // Timeouts and retries begin again, "redrive-executions".
    const from = { ...machine.definition, StartAt: resume?.state ?? machine.definition.StartAt };
    const definition = withEntries(from, (name) =>
      this.enter(name),
    ) as unknown as StateMachineDefinition;
    this.engine = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(
      JSON.parse(resume?.input ?? record.input) as Json,
      {
        context: { Context: this.context },
        overrides: { taskResourceLocalHandlers: this.handlers() },
      },
    );
    // The promise may be rejected before anything awaits it.
    this.engine.result.catch(() => undefined);
  }

  /** Fires when the execution ends before its tasks do. */
  get signal(): AbortSignal {
    return this.abortController.signal;
  }

  /** Stops it, as StopExecution does. */
  abort(reason: { readonly error?: string; readonly cause?: string } = {}): void {
    this.stop({ status: 'ABORTED', ...reason });
  }

  /** Ends it as if TimeoutSeconds had passed. */
  timeOut(): void {
    this.stop({ status: 'TIMED_OUT', error: 'States.Timeout' });
  }

  private stop(stopped: Execution['stopped']): void {
    if (!this.signal.aborted) {
      this.stopped = stopped;
    }
    this.abortController.abort();
    this.engine.abort();
  }

  /** Runs to the end; the record has the outcome. */
  async finish(): Promise<ExecutionRecord> {
    const log = this.follow();
    try {
      const output = JSON.stringify(await this.engine.result);
      await log;
      if (this.violation) {
        throw this.violation;
      }
      this.end('SUCCEEDED', { output });
    } catch (error) {
      await log;
      this.abortController.abort();
      // A stopped map still ends its Map Run.
      await Promise.allSettled(this.maps);
      this.endWith(this.violation ?? error);
    }
    return this.record;
  }

  private endWith(error: unknown): void {
    if (error instanceof ExecutionTimeoutError) {
      return this.end('TIMED_OUT', { error: 'States.Timeout' });
    }
    if (error instanceof ExecutionAbortedError) {
      const { status, ...reason } = this.stopped;
      return this.end(status, reason);
    }
    const failure = (
      (error as Error).name === 'ExecutionError' ? (error as Error).cause : error
    ) as Error;
    // The engine's placeholders for a Fail state that has no Error or Cause.
    const unnamed = failure.name === 'FailStateError';
    const unexplained = failure.message === 'Execution failed because of a Fail state';
    this.end('FAILED', {
      ...(unnamed ? {} : { error: failure.name }),
      ...(unexplained ? {} : { cause: failure.message }),
    });
  }

  private end(
    status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED',
    outcome: { output?: string; error?: string; cause?: string },
  ): void {
    this.abortController.abort();
    Object.assign(this.record, { status, stopDate: this.world.clock(), ...outcome });
    const type = {
      SUCCEEDED: 'ExecutionSucceeded',
      FAILED: 'ExecutionFailed',
      TIMED_OUT: 'ExecutionTimedOut',
      ABORTED: 'ExecutionAborted',
    }[status];
    this.record.history.add(type, outcome);
  }

  private enter(name: string): void {
    this.context.State = {
      EnteredTime: this.world.clock().toISOString(),
      Name: name,
      RetryCount: 0,
    };
    this.world.meter.transitions++;
  }

  /** Reads the engine's log to its end, for the history and the quotas. */
  private async follow(): Promise<void> {
    for await (const event of this.engine.eventLogs) {
      this.see(event);
    }
  }

  private see(event: EngineEvent): void {
    // AWS would stop here; the engine continues for a moment.
    if (this.violation) {
      return;
    }
    if (event.type === 'StateEntered') {
      if (event.state.name === this.resumed && event.state.type !== 'Fail') {
        return;
      }
      const input = JSON.stringify(event.state.input);
      this.remember(`${this.getType(event.state.name, event.state.type)}StateEntered`, {
        name: event.state.name,
        input,
      });
    } else if (event.type === 'StateExited') {
      const output = JSON.stringify(event.state.output) ?? 'null';
      if (utf8Length(output) > MAX_PAYLOAD_BYTES) {
        this.violate(dataLimitExceeded(`The state/task '${event.state.name}' returned a result`));
      } else {
        this.remember(`${this.getType(event.state.name, event.state.type)}StateExited`, {
          name: event.state.name,
          output,
        });
      }
      if (event.state.name === this.resumed) {
        this.resumed = undefined;
      }
    } else if (event.type === 'StateRetried') {
      // "Retries are treated as state transitions", concepts-error-handling.
      this.world.meter.transitions++;
    } else if (event.type === 'StateFailed' && event.Error === 'States.Timeout') {
      const resource = this.machine.tasks.get(event.state.name)?.state.Resource;
      const { timedOut, of } = taskEvents(resource ?? '');
      this.remember(timedOut, { error: event.Error, ...of });
    }
  }

  private remember(type: string, details?: Record<string, unknown>): void {
    this.record.history.add(type, details);
    if (this.record.history.events.length >= MAX_HISTORY_EVENTS) {
      this.violate(
        new StateError(
          'States.Runtime',
          `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`,
          { fatal: true },
        ),
      );
    }
  }

  private violate(violation: StateError): void {
    this.violation ??= violation;
    this.abort();
  }

  private getType(name: string, type: string): string {
    return this.machine.tasks.get(name)?.map ? 'Map' : type;
  }

  private handlers(): Record<string, (input: Json) => Promise<Json>> {
    return Object.fromEntries(
      [...this.machine.tasks].map(([name, task]) => [
        name,
        async (input: Json) => {
          // The log catches up first, so that a quota exceeded before this Task stops the execution
          // before the call.
          await new Promise(setImmediate);
          if (this.violation) {
            throw this.violation;
          }
          try {
            return await this.untilEnded(this.runTask(task, input));
          } catch (error) {
            // A retry evaluates its Parameters before it calls anything here.
            this.context.State.RetryCount = Number(this.context.State.RetryCount) + 1;
            throw error;
          }
        },
      ]),
    );
  }

  /** Nothing awaits a call after the execution has ended, including the engine's timers. */
  private untilEnded<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () =>
        reject(new StateError('States.Aborted', 'The execution has ended.', { fatal: true }));
      if (this.signal.aborted) {
        stop();
      }
      this.signal.addEventListener('abort', stop, { once: true });
      call.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', stop));
    });
  }

  private async runTask(task: Task, input: Json): Promise<Json> {
    if (task.map) {
      // A Retry of the state starts a new Map Run.
      const redriven = task.name === this.resumed && this.maps.length === 0;
      const map = this.world.runMap({
        name: task.name,
        map: task.map,
        input,
        context: this.context,
        execution: this,
        world: this.world,
        redriven,
      });
      this.maps.push(map);
      return map;
    }
    const parameters = JSON.stringify(input);
    if (utf8Length(parameters) > MAX_PAYLOAD_BYTES) {
      throw dataLimitExceeded(`The state/task '${task.name}' has an input`);
    }
    const events = taskEvents(task.state.Resource!);
    this.remember(events.scheduled, { ...events.of, [events.input]: parameters });
    this.remember(events.started, { ...events.of });
    try {
      const result = await this.world.call({
        resource: task.state.Resource!,
        input,
        caller: [this.record.arn, this.identity.arn],
      });
      const output = JSON.stringify(result);
      if (utf8Length(output) > MAX_PAYLOAD_BYTES) {
        const { resourceType = task.state.Resource } = events.of as { resourceType?: string };
        throw dataLimitExceeded(`The state/task '${resourceType}' returned a result`, {
          fatal: false,
        });
      }
      this.remember(events.succeeded, { ...events.of, output });
      return result;
    } catch (error) {
      const { name, message } = error as Error;
      this.remember(events.failed, { ...events.of, error: name, cause: message });
      throw error;
    }
  }
}

function taskEvents(resource: string) {
  const [, type, action] = /:states:::([^:]+):(.+)$/.exec(resource) ?? [];
  const prefix = type ? 'Task' : 'LambdaFunction';
  return {
    of: type ? { resourceType: type, resource: action } : { resource },
    input: type ? 'parameters' : 'input',
    scheduled: `${prefix}Scheduled`,
    started: `${prefix}Started`,
    succeeded: `${prefix}Succeeded`,
    failed: `${prefix}Failed`,
    timedOut: `${prefix}TimedOut`,
  };
}

/** The engine looks up a state when it enters it; its log reports that only afterwards. */
function withEntries(definition: Definition, onEnter: (name: string) => void): Definition {
  const states: Record<string, State> = {};
  for (const [name, state] of Object.entries(definition.States)) {
    const inner = withInnerEntries(state, onEnter);
    Object.defineProperty(states, name, {
      enumerable: true,
      get: () => {
        onEnter(name);
        return inner;
      },
    });
  }
  return { ...definition, States: states };
}

function withInnerEntries(state: State, onEnter: (name: string) => void): State {
  if (state.Branches) {
    return { ...state, Branches: state.Branches.map((branch) => withEntries(branch, onEnter)) };
  }
  if (state.ItemProcessor) {
    return { ...state, ItemProcessor: withEntries(state.ItemProcessor, onEnter) };
  }
  if (state.Iterator) {
    return { ...state, Iterator: withEntries(state.Iterator, onEnter) };
  }
  return state;
}
