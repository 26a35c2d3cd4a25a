import { randomUUID } from 'node:crypto';
import type { CompiledMachine } from './compile';
import { Execution } from './execution';
import { History } from './history';
import { MAX_PAYLOAD_BYTES } from './quotas';
import type { ExecutionRecord } from './records';
import { beginRedrive, redriveStatus, type ResumePoint } from './redrive';
import type { World } from './world';
import type { ArchiverMachine } from '../assembly/archiver';
import { ifResolvable } from '../assembly/resolvable';
import type { App } from '../assembly/scope';
import { ApiError, SnsError } from '../aws-errors';
import { matchingTargets, type RuleTarget } from '../eventbridge/rules';
import { statusChangeEvent } from '../eventbridge/status-change';
import type { Permissions } from '../iam/permissions';
import { utf8Length } from '../json';
import { invokeAsynchronously } from '../lambda/asynchronous';
import type { Fleet } from '../lambda/fleet';
import type { Topics } from '../sns/topics';

/** A retry of an asynchronous invocation comes after a minute on AWS; here a minute is this many milliseconds. */
const ASYNC_MINUTE_MS = 200;

/** "Idempotent responses for the last 10 client tokens", "valid for up to 15 minutes": API_RedriveExecution. */
const REMEMBERED_TOKENS = 10;
const TOKEN_MILLISECONDS = 15 * 60_000;

interface Redrive {
  readonly executionArn: string;
  readonly clientToken?: string;
  readonly date: Date;
}

export interface ExecutionsOptions {
  readonly app: App;
  readonly machine: ArchiverMachine;
  readonly compiled: CompiledMachine;
  readonly world: World;
  readonly fleet: Fleet;
  readonly topics: Topics;
  readonly permissions: Permissions;
  readonly retryScale: number;
}

export interface Started {
  readonly record: ExecutionRecord;
  /** When it has ended and every rule that this concerns has been served. */
  readonly ended: Promise<void>;
}

/** The executions of an archiver's state machine, with the events that they set off. */
export class Executions {
  /** By ARN, as the next one. */
  private readonly underWay = new Map<string, Promise<void>>();
  private readonly running = new Map<string, Execution>();
  /** Errors of the sandbox itself. */
  private readonly errors: unknown[] = [];
  private readonly redrives: Redrive[] = [];

  constructor(private readonly options: ExecutionsOptions) {}

  start(stateMachineArn: string, input: string, name: string = randomUUID()): Started {
    const { machine, world } = this.options;
    if (stateMachineArn !== machine.arn) {
      throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    }
    if (utf8Length(input) > MAX_PAYLOAD_BYTES) {
      throw new ApiError('InvalidExecutionInput', 'Invalid State Machine Execution Input: above 256 KiB');
    }
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = world.records.executions.get(arn);
    // "StartExecution is idempotent": for the same name and input, as long as it runs.
    if (existing?.status === 'RUNNING' && existing.input === input) {
      return { record: existing, ended: this.underWay.get(arn)! };
    }
    if (existing) { throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`); }
    const record: ExecutionRecord = {
      arn,
      name,
      stateMachineArn,
      type: 'STANDARD',
      startDate: world.clock(),
      input,
      status: 'RUNNING',
      redriveCount: 0,
      history: new History(world.clock),
    };
    world.records.executions.set(arn, record);
    return { record, ended: this.launch(record) };
  }

  /** Lets an execution that did not succeed go on where it ended, and says since when: API_RedriveExecution. */
  redrive(executionArn: string, clientToken?: string): Date {
    const { compiled, world } = this.options;
    const record = world.records.executions.get(executionArn);
    if (!record) { throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`); }
    const now = world.clock();
    const repeated = this.redrives.filter((redrive) => redrive.executionArn === executionArn).slice(-REMEMBERED_TOKENS)
      .find((redrive) => redrive.clientToken === clientToken && now.getTime() - redrive.date.getTime() < TOKEN_MILLISECONDS);
    if (clientToken !== undefined && repeated) { return repeated.date; }
    const { redriveStatus: status, redriveStatusReason: reason } = redriveStatus(record, now);
    if (status !== 'REDRIVABLE') {
      throw new ApiError('ExecutionNotRedrivable', reason ?? 'A child of a Map Run is redriven with the execution that the Map Run belongs to');
    }
    this.redrives.push({ executionArn, clientToken, date: now });
    void this.launch(record, beginRedrive(record, compiled.definition, now));
    return now;
  }

  /** As StopExecution does; false where none of that ARN is running. */
  stop(executionArn: string, reason: { readonly error?: string; readonly cause?: string } = {}): boolean {
    const execution = this.running.get(executionArn);
    execution?.abort(reason);
    return execution !== undefined;
  }

  /** Ends an execution as if its TimeoutSeconds had passed; false where none of that ARN is running. */
  timeOut(executionArn: string): boolean {
    const execution = this.running.get(executionArn);
    execution?.timeOut();
    return execution !== undefined;
  }

  /** Waits for all that were started. */
  async settled(): Promise<void> {
    while (this.underWay.size > 0) { await Promise.allSettled(this.underWay.values()); }
    if (this.errors.length > 0) { throw this.errors[0]; }
  }

  private launch(record: ExecutionRecord, resume?: ResumePoint): Promise<void> {
    const ended = this.run(record, resume);
    this.underWay.set(record.arn, ended);
    // Nobody waits for what was started through the API: its error is kept, and ends no process in mid-run.
    void ended.catch((error) => this.errors.push(error)).then(() => this.underWay.delete(record.arn));
    return ended;
  }

  private async run(record: ExecutionRecord, resume?: ResumePoint): Promise<void> {
    const { machine: { arn, name, roleArn }, compiled, world } = this.options;
    const begun = this.announce(record);
    // It is waited for below; until then a failure of it has no other handler.
    begun.catch(() => undefined);
    const execution = new Execution(compiled, { arn, name, roleArn, type: 'STANDARD' }, record, world, resume);
    this.running.set(record.arn, execution);
    await execution.finish();
    this.running.delete(record.arn);
    await Promise.all([begun, this.announce(record)]);
  }

  /** Sends the execution's present status to the rules of the app, and waits for what they set off. */
  private async announce(record: ExecutionRecord): Promise<void> {
    const { app, machine, permissions, world } = this.options;
    const event = statusChangeEvent(record, machine.scope.stack.environment, world.clock());
    await Promise.all(matchingTargets(app, event).map(async (target) => {
      // An event that may not be delivered is counted in a metric of EventBridge's, and that is all.
      if (!permissions.mayDeliver(target.ruleArn, target.arn)) { return; }
      if (target.arn.split(':')[2] === 'sns') {
        this.deliverToTopic(target);
      } else {
        await this.deliverToFunction(target);
      }
    }));
  }

  /** A topic that a rule names is there, also where it is imported. */
  private deliverToTopic({ arn, input }: RuleTarget): void {
    const { topics } = this.options;
    topics.add(arn);
    dropping(() => topics.publish(arn, input, null));
  }

  private async deliverToFunction({ arn, input }: RuleTarget): Promise<void> {
    const { app, fleet, retryScale, world } = this.options;
    // The archiver's own functions are read before a run; another one may be of a runtime that is not here.
    const host = ifResolvable(() => fleet.host(arn));
    // Queues, log groups and the like take the event and that is all.
    if (!host) { return; }
    await invokeAsynchronously(host, input, {
      fleet,
      app,
      minuteMs: ASYNC_MINUTE_MS * retryScale,
      clock: world.clock,
      publish: (topicArn, message) => this.publishFor(host.spec.logicalId, topicArn, message),
    });
  }

  /** Lambda publishes to a failure destination with the function's role; what it may not, it drops (invocation-async-retain-records). */
  private publishFor(accessKeyId: string, topicArn: string, message: string): void {
    const { permissions, topics } = this.options;
    dropping(() => {
      permissions.demandPublish(accessKeyId, topicArn);
      topics.publish(topicArn, message, null);
    });
  }
}

/** Whoever publishes for somebody drops what SNS refuses. */
function dropping(publish: () => void): void {
  try {
    publish();
  } catch (error) {
    if (!(error instanceof SnsError)) { throw error; }
  }
}
