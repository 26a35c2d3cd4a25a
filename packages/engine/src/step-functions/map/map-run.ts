import { randomUUID } from 'node:crypto';
import { ChildCounts } from './child-counts';
import { type Child, newChild, UnfinishedChildren } from './children';
import type { MapConfig } from './config';
import { countArchived, describeMapProgress } from './map-progress';
import { OutputArray, pendingEntry, resultEntries } from './outputs';
import { ResultFiles } from './results';
import { ChildSource } from './source';
import { exceeds } from './tolerance';
import { type Json, utf8Length } from '../../common/json';
import { Semaphore } from '../../common/semaphore';
import { dataLimitExceeded, StateError } from '../../states-language/errors';
import { Execution } from '../execution';
import { History } from '../history';
import { MAX_MAP_RUN_REDRIVES, MAX_PAYLOAD_BYTES } from '../quotas';
import type { ExecutionRecord, MapRunRecord } from '../records';
import { resumePoint } from '../redrive';
import type { MachineIdentity, MapInvocation, MapOwner, MapProgress, World } from '../world';

const COUNTED_AS = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
  RUNNING: 'running',
} as const;

/**
 * One Map Run: its children, counts and results. Each redrive of its execution is another attempt.
 */
export class MapRun {
  private readonly record: MapRunRecord;
  private readonly identity: MachineIdentity;
  private readonly world: World;
  private readonly source: ChildSource;
  private readonly unfinished = new UnfinishedChildren();
  private readonly files: ResultFiles;
  private readonly outputs = new OutputArray();
  private readonly running = new Set<Execution>();
  private readonly counts = new ChildCounts();
  private children = 0;
  /** Of the listed objects. */
  private bytes = 0;
  private archived = 0;
  private failure?: StateError;

  constructor(
    private readonly invocation: MapInvocation,
    private readonly config: MapConfig,
  ) {
    const {
      execution: { identity, record },
      map: { state },
      world,
    } = invocation;
    const label = config.label ?? randomUUID();
    const mapRunArn = `${identity.arn.replace(':stateMachine:', ':mapRun:')}/${label}:${randomUUID()}`;
    this.world = world;
    this.identity = {
      ...identity,
      arn: `${identity.arn}/${label}`,
      name: `${identity.name}/${label}`,
    };
    this.record = {
      mapRunArn,
      executionArn: record.arn,
      stateMachineArn: this.identity.arn,
      status: 'RUNNING',
      startDate: world.clock(),
      maxConcurrency: config.maxConcurrency,
      toleratedFailurePercentage: config.tolerance.percentage ?? 0,
      toleratedFailureCount: config.tolerance.count ?? 0,
      itemCounts: this.counts.items,
      executionCounts: this.counts.executions,
      redriveCount: 0,
    };
    this.files = new ResultFiles(config.outputType, world.maxResultFileBytes);
    this.source = new ChildSource({
      ...invocation,
      state,
      config,
      onRead: (items, bytes) => {
        this.counts.items.total = items;
        this.bytes += bytes;
      },
    });
    world.records.mapRuns.set(mapRunArn, this.record);
    record.history.add('MapRunStarted', { mapRunArn });
  }

  async attempt(execution: MapOwner): Promise<Json> {
    const { history } = execution.record;
    if (this.record.stopDate) {
      this.redrive(history);
    }
    const stop = () => this.stop(new StateError('States.Aborted', 'The execution ended.'));
    execution.signal.addEventListener('abort', stop, { once: true });
    try {
      await this.runChildren();
      const result = await this.results();
      if (this.failure) {
        throw this.failure;
      }
      this.end('SUCCEEDED');
      history.add('MapRunSucceeded');
      history.add('MapStateSucceeded');
      return result;
    } catch (error) {
      const { name, message } = error as Error;
      this.end(execution.signal.aborted ? 'ABORTED' : 'FAILED');
      history.add(execution.signal.aborted ? 'MapRunAborted' : 'MapRunFailed', {
        error: name,
        cause: message,
      });
      history.add(execution.signal.aborted ? 'MapStateAborted' : 'MapStateFailed');
      throw error;
    } finally {
      execution.signal.removeEventListener('abort', stop);
      this.world.onMapProgress(this.progress());
    }
  }

  close(): void {
    this.files.close();
    this.unfinished.close();
  }

  /**
   * Keeps children that succeeded; the others run again: "Redriving Map Runs in Step Functions
   * executions", redrive-map-run.
   */
  private redrive(history: History): void {
    const { record } = this;
    if (record.redriveCount >= MAX_MAP_RUN_REDRIVES) {
      throw new StateError(
        'States.Runtime',
        `The Map Run has been redriven ${MAX_MAP_RUN_REDRIVES} times.`,
        { fatal: true },
      );
    }
    Object.assign(record, {
      status: 'RUNNING',
      stopDate: undefined,
      redriveCount: record.redriveCount + 1,
      redriveDate: this.world.clock(),
    });
    this.counts.redrive();
    this.failure = undefined;
    this.files.forgetUnsuccessful();
    history.add('MapRunRedriven', {
      mapRunArn: record.mapRunArn,
      redriveCount: record.redriveCount,
    });
  }

  private async runChildren(): Promise<void> {
    const semaphore = new Semaphore(this.config.maxConcurrency);
    const underWay: Set<Promise<void>> = new Set();
    try {
      for await (const child of this.childrenToRun()) {
        await semaphore.acquire();
        if (this.failure) {
          this.leave(child);
          break;
        }
        const running: Promise<void> = this.runChild(child).finally(() => {
          underWay.delete(running);
          semaphore.release();
        });
        underWay.add(running);
      }
      this.judge();
    } catch (error) {
      this.stop(error as StateError);
    }
    await Promise.all(underWay);
  }

  private async *childrenToRun(): AsyncGenerator<Child> {
    for await (const child of this.unfinished.take((left) => this.leave(left))) {
      this.demandRedrive(child);
      yield child;
    }
    for await (const input of this.source.rest()) {
      if (utf8Length(input.json) > MAX_PAYLOAD_BYTES) {
        throw dataLimitExceeded(
          `The Map Run '${this.invocation.name}' has a child workflow with an input`,
        );
      }
      const child = newChild(this.identity, this.children++, input);
      this.counts.add(child);
      yield child;
    }
  }

  private demandRedrive(child: Child): void {
    if (!child.ended) {
      return;
    }
    try {
      this.world.demandRedrive?.(child.arn);
    } catch (error) {
      this.leave(child);
      throw error;
    }
  }

  /** The Map Run failed before this child could start. */
  private leave(child: Child): void {
    if (child.ended) {
      this.counts.move(child, 'pendingRedrive', COUNTED_AS[child.ended.status]);
    } else {
      this.files.add('PENDING', pendingEntry({ ...child, stateMachineArn: this.identity.arn }));
    }
    this.unfinished.add(child);
  }

  private async runChild(child: Child): Promise<void> {
    const { world } = this;
    const record = this.createRecord(child);
    // "One state transition is charged for each child workflow execution", statemachine-structure.
    world.meter.children++;
    world.meter.transitions++;
    this.counts.move(child, child.ended ? 'pendingRedrive' : 'pending', 'running');
    const execution = new Execution(
      this.invocation.map.processor,
      this.identity,
      record,
      world,
      record.redriveDate && child.ended?.resume,
    );
    this.running.add(execution);
    world.onMapProgress(this.progress());
    await execution.finish();
    this.running.delete(execution);
    this.settle(record, child);
    world.onMapProgress(this.progress());
  }

  /** A child that is redriven continues its record. */
  private createRecord({ arn, name, input, items, ended, redriveCount }: Child): ExecutionRecord {
    const now = this.world.clock();
    const history = ended && this.world.records.takeChild(arn);
    return {
      arn,
      name,
      stateMachineArn: this.identity.arn,
      mapRunArn: this.record.mapRunArn,
      itemCount: items,
      startDate: ended ? new Date(ended.startDate) : now,
      input,
      status: 'RUNNING',
      redriveCount: ended ? redriveCount + 1 : 0,
      ...(ended ? { redriveDate: now } : {}),
      history: history ?? new History(this.world.clock),
    };
  }

  private settle(record: ExecutionRecord, child: Child): void {
    const { status, redriveCount, startDate, input, history } = record;
    this.counts.move(child, 'running', COUNTED_AS[status]);
    if (status !== 'SUCCEEDED') {
      const resume = resumePoint(this.invocation.map.processor.definition, history, input);
      this.unfinished.add({
        ...child,
        redriveCount,
        ended: { status, startDate: startDate.toISOString(), resume },
      });
    }
    this.world.records.addChild(record);
    this.archived += countArchived(record.output);
    const entries = resultEntries(record, this.config.transformation);
    if (this.config.destination) {
      for (const entry of entries) {
        this.files.add(status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED', entry);
      }
    } else {
      this.outputs.add(child.index, entries);
    }
    this.judge();
  }

  private judge(): void {
    if (!exceeds(this.counts.items, this.config.tolerance, this.source.allGiven)) {
      return;
    }
    this.stop(
      new StateError(
        'States.ExceedToleratedFailureThreshold',
        'The specified tolerated failure threshold was exceeded',
      ),
    );
  }

  /** No further child starts, and running children are aborted; their calls continue, as on AWS. */
  private stop(failure: StateError): void {
    if (this.failure) {
      return;
    }
    this.failure = failure;
    for (const execution of this.running) {
      execution.abort();
    }
  }

  private async results(): Promise<Json> {
    const { destination } = this.config;
    const { mapRunArn } = this.record;
    if (!destination) {
      if (this.failure) {
        return null;
      }
      const output = this.outputs.take(this.invocation.name);
      this.counts.countWritten();
      return output;
    }
    const details = await this.files
      .write(this.world.s3, { ...destination, mapRunArn })
      .catch((error: StateError) => {
        // The first reason of the failure is kept.
        throw this.failure ?? error;
      });
    this.counts.countWritten();
    return { MapRunArn: mapRunArn, ResultWriterDetails: details };
  }

  private end(status: 'SUCCEEDED' | 'FAILED' | 'ABORTED'): void {
    this.record.status = status;
    this.record.stopDate = this.world.clock();
  }

  private progress(): MapProgress {
    return describeMapProgress(this.record, {
      total: this.source.total,
      bytes: this.bytes,
      archived: this.archived,
    });
  }
}
