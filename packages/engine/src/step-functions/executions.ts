import { randomUUID } from 'node:crypto';
import type { CompiledMachine } from './compile';
import { Execution } from './execution';
import { History } from './history';
import { MAX_PAYLOAD_BYTES } from './quotas';
import type { ExecutionRecord } from './records';
import { beginRedrive, redriveStatus, type ResumePoint } from './redrive';
import type { MachineIdentity, World } from './world';
import { ApiError } from '../common/api-error';
import { utf8Length } from '../common/json';

/**
 * "Idempotent responses for the last 10 client tokens", "valid for up to 15 minutes":
 * API_RedriveExecution.
 */
const REMEMBERED_TOKENS = 10;
const TOKEN_MILLISECONDS = 15 * 60_000;

/** API_StartExecution, `name`. */
const MAX_NAME = 80;
// eslint-disable-next-line no-control-regex
const NOT_IN_NAME =
  /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\p{Surrogate}]/u;

interface Redrive {
  readonly executionArn: string;
  readonly clientToken?: string;
  readonly date: Date;
}

/** Who is told what becomes of executions. */
export interface ExecutionEvents {
  /** An execution has another status. Resolves when every receiver has been told. */
  statusChanged(record: ExecutionRecord): Promise<void>;
  /** Resolves when what the executions themselves sent is delivered. */
  delivered(): Promise<void>;
}

export interface ExecutionsOptions {
  readonly machine: MachineIdentity;
  readonly compiled: CompiledMachine;
  readonly world: World;
  readonly events: ExecutionEvents;
}

export interface Started {
  readonly record: ExecutionRecord;
  /** Resolves when it has ended and its events are delivered. */
  readonly ended: Promise<void>;
}

/** The executions of a state machine, and the events that they cause. */
export class Executions {
  /** By ARN. */
  private readonly running = new Map<
    string,
    { readonly execution: Execution; readonly ended: Promise<void> }
  >();
  /**
   * Those that run, and those whose last event is still delivered: a redrive may begin before it
   * is.
   */
  private readonly underWay = new Set<Promise<void>>();
  /** Errors of the engine itself. */
  private readonly errors: unknown[] = [];
  private readonly redrives: Redrive[] = [];

  constructor(private readonly options: ExecutionsOptions) {}

  start(stateMachineArn: string, input: string, name: string = randomUUID()): Started {
    const { machine, world } = this.options;
    if (stateMachineArn !== machine.arn) {
      throw new ApiError(
        'StateMachineDoesNotExist',
        `State Machine Does Not Exist: '${stateMachineArn}'`,
      );
    }
    if (name === '' || name.length > MAX_NAME || NOT_IN_NAME.test(name)) {
      throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
    }
    if (utf8Length(input) > MAX_PAYLOAD_BYTES) {
      throw new ApiError(
        'InvalidExecutionInput',
        'Invalid State Machine Execution Input: above 256 KiB',
      );
    }
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = world.records.executions.get(arn);
    // "StartExecution is idempotent": for the same name and input, as long as it runs.
    if (existing?.status === 'RUNNING' && existing.input === input) {
      return { record: existing, ended: this.running.get(arn)!.ended };
    }
    if (existing) {
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const record: ExecutionRecord = {
      arn,
      name,
      stateMachineArn,
      startDate: world.clock(),
      input,
      status: 'RUNNING',
      redriveCount: 0,
      history: new History(world.clock),
    };
    world.records.executions.set(arn, record);
    return { record, ended: this.launch(record) };
  }

  /**
   * Resumes an execution that did not succeed where it ended, and returns the redrive's date:
   * API_RedriveExecution.
   */
  redrive(executionArn: string, clientToken?: string): Date {
    const { compiled, world } = this.options;
    const record = world.records.executions.get(executionArn);
    if (!record) {
      throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    }
    const now = world.clock();
    const repeated = this.redrives
      .filter((redrive) => redrive.executionArn === executionArn)
      .slice(-REMEMBERED_TOKENS)
      .find(
        (redrive) =>
          redrive.clientToken === clientToken &&
          now.getTime() - redrive.date.getTime() < TOKEN_MILLISECONDS,
      );
    if (clientToken !== undefined && repeated) {
      return repeated.date;
    }
    const { redriveStatus: status, redriveStatusReason: reason } = redriveStatus(record, now);
    if (status !== 'REDRIVABLE') {
      throw new ApiError(
        'ExecutionNotRedrivable',
        reason ?? 'A child of a Map Run is redriven with the execution that the Map Run belongs to',
      );
    }
    this.redrives.push({ executionArn, clientToken, date: now });
    void this.launch(record, beginRedrive(record, compiled.definition, now));
    return now;
  }

  /** Stops an execution as StopExecution does; false if none with that ARN is running. */
  stop(
    executionArn: string,
    reason: { readonly error?: string; readonly cause?: string } = {},
  ): boolean {
    const running = this.running.get(executionArn);
    running?.execution.abort(reason);
    return running !== undefined;
  }

  /**
   * Ends an execution as if its TimeoutSeconds had passed; false if none with that ARN is running.
   */
  timeOut(executionArn: string): boolean {
    const running = this.running.get(executionArn);
    running?.execution.timeOut();
    return running !== undefined;
  }

  /** Waits for all executions that were started. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) {
      await Promise.allSettled(this.underWay);
    }
    if (this.errors.length > 0) {
      throw this.errors[0];
    }
  }

  private launch(record: ExecutionRecord, resume?: ResumePoint): Promise<void> {
    const { machine, compiled, world, events } = this.options;
    const begun = events.statusChanged(record);
    const execution = new Execution(compiled, machine, record, world, resume);
    const ended = this.finish(execution, begun);
    this.running.set(record.arn, { execution, ended });
    this.underWay.add(ended);
    // Nothing awaits executions that were started through the API: their errors are kept, so that
    // none ends the process.
    void ended.catch((error) => this.errors.push(error)).then(() => this.underWay.delete(ended));
    return ended;
  }

  private async finish(execution: Execution, begun: Promise<void>): Promise<void> {
    // It is awaited below; until then nothing else handles its failure.
    begun.catch(() => undefined);
    await execution.finish();
    this.running.delete(execution.record.arn);
    const { events } = this.options;
    await Promise.all([begun, events.statusChanged(execution.record), events.delivered()]);
  }
}
