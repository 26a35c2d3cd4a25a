import { randomUUID } from 'crypto';
import { ChildInput, childInputs } from './batches';
import { readMapConfig, MapConfig } from './config';
import { arrayItems, listObjects } from './items';
import { OutputArray, pendingEntry, resultEntries } from './outputs';
import { ResultFiles } from './results';
import { Slots } from './slots';
import { exceeds } from './tolerance';
import { Json, utf8Length } from '../../json';
import { CompiledMap } from '../compile';
import { dataLimitExceeded, StateError } from '../errors';
import { evaluateTemplate } from '../evaluate';
import { Execution } from '../execution';
import { History } from '../history';
import { MAX_EXPRESS_SECONDS, MAX_PAYLOAD_BYTES } from '../quotas';
import { emptyCounts, ExecutionRecord, MapRunCounts, MapRunRecord } from '../records';
import { ContextObject, MachineIdentity, World } from '../world';

export interface MapInvocation {
  readonly name: string;
  readonly map: CompiledMap;
  readonly input: Json;
  readonly context: ContextObject;
  readonly execution: Execution;
  readonly world: World;
}

/** Runs a Distributed Map as "Using Map state in Distributed mode", state-map-distributed, describes it. */
export async function runDistributedMap(invocation: MapInvocation): Promise<Json> {
  invocation.world.demandStart?.(invocation.execution.identity.arn);
  const config = await readMapConfig(invocation.map.state, invocation.input, { Context: invocation.context });
  const run = new MapRun(invocation, config);
  try {
    return await run.finish();
  } finally {
    run.close();
  }
}

/** One Map Run: its children, counts and results. */
class MapRun {
  private readonly record: MapRunRecord;
  private readonly identity: MachineIdentity;
  private readonly running = new Set<Execution>();
  private readonly slots: Slots;
  private readonly files: ResultFiles;
  private readonly outputs = new OutputArray();
  private allListed = false;
  private failure?: StateError;

  constructor(private readonly invocation: MapInvocation, private readonly config: MapConfig) {
    const { identity, record } = invocation.execution;
    const label = config.label ?? randomUUID();
    const arn = (kind: string) => identity.arn.replace(':stateMachine:', `:${kind}:`);
    this.identity = {
      ...identity,
      arn: `${identity.arn}/${label}`,
      name: `${identity.name}/${label}`,
      type: invocation.map.state.ItemProcessor.ProcessorConfig?.ExecutionType === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    };
    this.record = {
      mapRunArn: `${arn('mapRun')}/${label}:${randomUUID()}`,
      executionArn: record.arn,
      stateMachineArn: this.identity.arn,
      status: 'RUNNING',
      startDate: invocation.world.clock(),
      maxConcurrency: config.maxConcurrency,
      toleratedFailurePercentage: config.tolerance.percentage ?? 0,
      toleratedFailureCount: config.tolerance.count ?? 0,
      itemCounts: emptyCounts(),
      executionCounts: emptyCounts(),
    };
    this.slots = new Slots(config.maxConcurrency);
    this.files = new ResultFiles(config.outputType, invocation.world.maxResultFileBytes);
    invocation.world.records.mapRuns.set(this.record.mapRunArn, this.record);
    record.history.add('MapRunStarted', { mapRunArn: this.record.mapRunArn });
  }

  async finish(): Promise<Json> {
    const { execution, world } = this.invocation;
    const stop = () => this.stop(new StateError('States.Aborted', 'The execution ended.'));
    execution.signal.addEventListener('abort', stop, { once: true });
    try {
      await this.runChildren();
      const result = await this.results();
      if (this.failure) throw this.failure;
      this.end('SUCCEEDED');
      execution.record.history.add('MapRunSucceeded');
      return result;
    } catch (error) {
      const { name, message } = error as Error;
      this.end(execution.signal.aborted ? 'ABORTED' : 'FAILED');
      execution.record.history.add(execution.signal.aborted ? 'MapRunAborted' : 'MapRunFailed', { error: name, cause: message });
      throw error;
    } finally {
      execution.signal.removeEventListener('abort', stop);
      world.onMapProgress(this.progress());
    }
  }

  close(): void {
    this.files.close();
  }

  private async runChildren(): Promise<void> {
    const children: Set<Promise<void>> = new Set();
    let index = 0;
    try {
      for await (const child of childInputs(this.items(), this.config.batching)) {
        if (utf8Length(child.json) > MAX_PAYLOAD_BYTES) throw dataLimitExceeded(`The Map Run '${this.invocation.name}' has a child workflow with an input`);
        this.count('pending', child.items, 1);
        await this.slots.acquire();
        if (this.failure) {
          this.pending(child);
          break;
        }
        const running: Promise<void> = this.runChild(child, index++).finally(() => {
          children.delete(running);
          this.slots.release();
        });
        children.add(running);
      }
      this.allListed = !this.failure;
      this.judge();
    } catch (error) {
      this.stop(error as StateError);
    }
    await Promise.all(children);
  }

  private async* items(): AsyncGenerator<Json> {
    const { map: { state }, input, context, world } = this.invocation;
    const source = this.config.reader ? listObjects(world.s3, this.config.reader, this.config.maxItems) : arrayItems(this.config.items ?? null);
    let index = 0;
    for await (const item of source) {
      this.record.itemCounts.total++;
      yield state.ItemSelector === undefined
        ? item
        : await evaluateTemplate(state.ItemSelector, input, { Context: context, Map: { Item: { Index: index, Value: item } } });
      index++;
    }
  }

  private async runChild(input: ChildInput, index: number): Promise<void> {
    const { world, map } = this.invocation;
    const record: ExecutionRecord = {
      ...this.childName(),
      stateMachineArn: this.identity.arn,
      type: this.identity.type,
      mapRunArn: this.record.mapRunArn,
      itemCount: input.items,
      startDate: world.clock(),
      input: input.json,
      status: 'RUNNING',
      history: new History(world.clock),
    };
    world.meter.children++;
    // "One state transition is charged for each child workflow execution", statemachine-structure.
    world.meter.transitions++;
    this.count('pending', -input.items, -1);
    this.count('running', input.items, 1);
    const execution = new Execution(this.childMachine(map), this.identity, record, world);
    this.running.add(execution);
    world.onMapProgress(this.progress());
    await execution.finish();
    this.running.delete(execution);
    this.settle(record, input, index);
    world.onMapProgress(this.progress());
  }

  private childMachine({ processor }: CompiledMap): CompiledMap['processor'] {
    if (this.identity.type === 'STANDARD') return processor;
    const TimeoutSeconds = Math.min(processor.definition.TimeoutSeconds ?? MAX_EXPRESS_SECONDS, MAX_EXPRESS_SECONDS);
    return { ...processor, definition: { ...processor.definition, TimeoutSeconds } };
  }

  private settle(record: ExecutionRecord, input: ChildInput, index: number): void {
    const { world } = this.invocation;
    const status = ({ SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'aborted', RUNNING: 'running' } as const)[record.status];
    this.count('running', -input.items, -1);
    this.count(status, input.items, 1);
    if (this.identity.type === 'EXPRESS') {
      const milliseconds = record.stopDate!.getTime() - record.startDate.getTime();
      world.meter.expressMilliseconds += Math.max(1, Math.ceil(milliseconds / 100)) * 100;
    }
    world.records.addChild(record);
    const entries = resultEntries(record, this.config.transformation);
    if (this.config.destination) {
      for (const entry of entries) this.files.add(record.status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED', entry);
    } else {
      this.outputs.add(index, entries);
    }
    this.judge();
  }

  private judge(): void {
    if (!exceeds(this.record.itemCounts, this.config.tolerance, this.allListed)) return;
    this.stop(new StateError('States.ExceedToleratedFailureThreshold', 'The specified tolerated failure threshold was exceeded'));
  }

  /** No further child is started, and those under way are aborted; what they called goes on, as on AWS. */
  private stop(failure: StateError): void {
    if (this.failure) return;
    this.failure = failure;
    for (const execution of this.running) execution.abort();
  }

  private pending(input: ChildInput): void {
    this.files.add('PENDING', pendingEntry({ ...this.childName(), stateMachineArn: this.identity.arn, input: input.json }));
  }

  private async results(): Promise<Json> {
    const { destination } = this.config;
    if (!destination) return this.failure ? null : this.outputs.take(this.invocation.name);
    const { mapRunArn, itemCounts, executionCounts } = this.record;
    const details = await this.files.write(this.invocation.world.s3, { ...destination, mapRunArn }).catch((error: StateError) => {
      // The reason that the map failed for stands.
      throw this.failure ?? error;
    });
    for (const counts of [itemCounts, executionCounts]) counts.resultsWritten = counts.succeeded + counts.failed + counts.timedOut + counts.aborted;
    return { MapRunArn: mapRunArn, ResultWriterDetails: details };
  }

  private end(status: 'SUCCEEDED' | 'FAILED' | 'ABORTED'): void {
    this.record.status = status;
    this.record.stopDate = this.invocation.world.clock();
  }

  private childName(): { arn: string; name: string } {
    const name = randomUUID();
    const kind = this.identity.type === 'EXPRESS' ? 'express' : 'execution';
    return { name, arn: `${this.identity.arn.replace(':stateMachine:', `:${kind}:`)}:${name}${kind === 'express' ? `:${randomUUID()}` : ''}` };
  }

  private count(field: keyof MapRunCounts, items: number, executions: number): void {
    this.record.itemCounts[field] += items;
    this.record.executionCounts[field] += executions;
    if (field === 'pending' && executions > 0) this.record.executionCounts.total += executions;
  }

  private progress() {
    const { itemCounts, executionCounts } = this.record;
    return {
      listed: itemCounts.total,
      done: itemCounts.succeeded + itemCounts.failed + itemCounts.timedOut + itemCounts.aborted,
      failed: itemCounts.failed + itemCounts.timedOut,
      running: executionCounts.running,
      childrenFailed: executionCounts.failed + executionCounts.timedOut,
    };
  }
}

