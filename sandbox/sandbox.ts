import { randomUUID } from 'crypto';
import * as path from 'path';
import { ArchiverMachine, findArchiver } from './assembly/archiver';
import { Functions } from './assembly/functions';
import { readAssembly } from './assembly/read';
import { App } from './assembly/scope';
import { serviceCalls } from './aws/calls';
import { AwsServer, startAwsServer } from './aws/server';
import { ApiError } from './aws/step-functions';
import { Topics } from './aws/topics';
import { compile, CompiledMachine } from './engine/compile';
import { Execution } from './engine/execution';
import { History } from './engine/history';
import { MAX_PAYLOAD_BYTES, MAX_RESULT_FILE_BYTES } from './engine/quotas';
import { ExecutionRecord, Records } from './engine/records';
import { MapProgress, Meter, World } from './engine/world';
import { UsageError } from './errors';
import { estimateUsd } from './estimate';
import { matchingTargets } from './events/rules';
import { statusChangeEvent } from './events/status-change';
import { utf8Length } from './json';
import { invokeAsynchronously } from './lambda/asynchronous';
import { Fleet } from './lambda/fleet';
import { FunctionUsage, InvocationHook } from './lambda/host';
import { checkDefinition, findParts, Parts } from './parts';
import { S3Double, S3DoubleOptions } from './s3';
import { ensureBuckets, s3Client, S3Service, startS3Service } from './s3-service';
import { scheduledStart } from './schedule';
import { runSummaryOf, SandboxSummary } from './summary';

export interface SandboxOptions {
  /** Directory of a cloud assembly. */
  readonly app: string;
  /** Stack, or construct path below it, of the archiver, where the app has several. */
  readonly stack?: string;
  /** Any S3; default: the embedded double. */
  readonly endpoint?: string;
  /** Names of buckets by logical id, in place of those of the template. */
  readonly buckets?: Record<string, string>;
  /** Of the embedded double. */
  readonly s3?: S3DoubleOptions;
  /** Factor for the waits between retries, of states and of asynchronous invocations; 1 is as on AWS, 0 without any. */
  readonly retryScale?: number;
  readonly onProgress?: (progress: MapProgress) => void;
  /** A log file for each function goes there. */
  readonly logDir?: string;
  /** Sees every invocation, and may kill its instance. */
  readonly onInvoke?: (invocation: InvocationHook) => void;
  /** Processes of one function at once. */
  readonly maxInstances?: number;
  /** Bytes after which the result writer begins a new file. */
  readonly maxResultFileBytes?: number;
}

export interface RunOptions {
  readonly input?: object;
  /** The instant that the schedule and StartTime have. */
  readonly now?: string;
  readonly name?: string;
}

/** A retry of an asynchronous invocation comes after a minute on AWS, here after this much of it unless scaled further. */
const ASYNC_DELAY_SCALE = 1 / 300;
const DEFAULT_MAX_INSTANCES = 16;

export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const app = new App(readAssembly(path.resolve(options.app)), options.buckets);
  checkBucketNames(app, options.buckets ?? {});
  const machine = findArchiver(app, options.stack);
  checkDefinition(machine);
  const compiled = compile(machine.definition, { retryScale: options.retryScale ?? 1 });
  const functions = new Functions(app);
  const parts = findParts(app, functions, machine);
  const s3 = await startS3Service(options.endpoint, options.s3);
  const sandbox = new Sandbox(options, app, machine, compiled, functions, parts, s3);
  try {
    await sandbox.open();
    return sandbox;
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

function checkBucketNames(app: App, given: Record<string, string>): void {
  const known = [...app.resources('AWS::S3::Bucket')].map(({ logicalId }) => logicalId);
  for (const logicalId of Object.keys(given)) {
    if (!known.includes(logicalId)) throw new UsageError(`--bucket ${logicalId}=...: no bucket has that logical id; there are ${known.join(', ') || 'none'}`);
  }
}

/** An archiver that can be run. */
export class Sandbox {
  readonly records = new Records();
  private readonly topics = new Topics();
  private readonly meter: Meter = { transitions: 0, children: 0, expressMilliseconds: 0 };
  private readonly starts = new Set<Promise<void>>();
  private fleet!: Fleet;
  private server?: AwsServer;
  private world!: World;
  /** What the sandbox's clock is ahead of the machine's. */
  private clockOffset = 0;

  constructor(
    private readonly options: SandboxOptions,
    private readonly app: App,
    private readonly machine: ArchiverMachine,
    private readonly compiled: CompiledMachine,
    private readonly functions: Functions,
    private readonly parts: Parts,
    private readonly service: S3Service,
  ) {}

  /** The embedded double; undefined with an endpoint. */
  get s3(): S3Double | undefined {
    return this.service.double;
  }

  get s3Endpoint(): string {
    return this.service.endpoint;
  }

  /** Where Step Functions and SNS answer. */
  get awsEndpoint(): string {
    return this.server!.endpoint;
  }

  get stateMachineArn(): string {
    return this.machine.arn;
  }

  get sourceBucket(): string {
    return this.parts.sourceBucket;
  }

  get destinationBucket(): string {
    return this.parts.destinationBucket;
  }

  get reportBucket(): string {
    return this.parts.reportBucket;
  }

  /** Name of a bucket: of the one in a role (`source`, `destination`, `report`), or with a logical id in the template. */
  bucket(logicalId: string): string {
    const roles: Record<string, string> = { source: this.sourceBucket, destination: this.destinationBucket, report: this.reportBucket };
    if (roles[logicalId]) return roles[logicalId];
    for (const found of this.app.resources('AWS::S3::Bucket')) {
      if (found.logicalId === logicalId) return found.scope.physicalName(logicalId);
    }
    throw new UsageError(`no bucket has the logical id ${logicalId}`);
  }

  /** By logical id, since the sandbox was opened. */
  functionUsage(): Map<string, FunctionUsage> {
    return this.fleet.usage();
  }

  /** The end of what a function printed. */
  lastLogLines(functionNameOrArn: string, count: number): string[] {
    return this.fleet.host(functionNameOrArn)?.log.lastLines(count) ?? [];
  }

  async run(options: RunOptions = {}): Promise<SandboxSummary> {
    const now = options.now === undefined ? new Date() : instantOf(options.now);
    this.clockOffset = now.getTime() - Date.now();
    const scheduled = options.input === undefined ? scheduledStart(this.app, this.machine.arn, now) : undefined;
    const input = options.input === undefined ? scheduled?.input ?? '{}' : JSON.stringify(options.input);
    const before = this.usageSoFar();
    Object.keys(this.service.requests).forEach((operation) => delete this.service.requests[operation]);
    const { record, ended } = this.launch(input, options.name ?? scheduled?.name);
    await ended;
    await this.fleet.idle();
    return this.summarise(record, before);
  }

  async close(): Promise<void> {
    await Promise.all(this.starts);
    await this.server?.close();
    await this.fleet?.close();
    await this.service.close();
    this.world?.s3.destroy();
    this.functions.close();
  }

  /** Opens what the constructor cannot: servers and buckets. */
  async open(): Promise<void> {
    for (const arn of this.parts.topicArns) this.topics.add(arn);
    this.server = await startAwsServer({ records: this.records, start: (arn, name, input) => this.startFromApi(arn, name, input) }, this.topics);
    const { endpoint } = this.server;
    this.fleet = new Fleet(this.functions, {
      endpoints: { s3: this.service.endpoint, stepFunctions: endpoint, sns: endpoint },
      credentials: ({ logicalId }) => this.service.credentialsFor(logicalId),
      // A foreign S3 checks the date of signatures.
      clockOffset: () => (this.s3 ? this.clockOffset : 0),
      maxInstances: this.options.maxInstances ?? DEFAULT_MAX_INSTANCES,
      logDir: this.options.logDir,
      onInvoke: this.options.onInvoke,
    });
    const { region } = this.machine.scope.stack.environment;
    const s3 = s3Client(this.service, region, this.machine.logicalId);
    this.world = {
      clock: () => this.clock(),
      records: this.records,
      meter: this.meter,
      s3,
      call: serviceCalls(this.fleet, this.topics),
      onMapProgress: this.options.onProgress ?? (() => undefined),
      maxResultFileBytes: this.options.maxResultFileBytes ?? MAX_RESULT_FILE_BYTES,
    };
    await ensureBuckets(s3, this.parts.buckets, region);
  }

  private clock(): Date {
    return new Date(Date.now() + this.clockOffset);
  }

  private startFromApi(stateMachineArn: string, name: string | undefined, input: string): ExecutionRecord {
    if (stateMachineArn !== this.machine.arn) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    const { record, ended } = this.launch(input, name);
    const start = ended.finally(() => this.starts.delete(start));
    this.starts.add(start);
    return record;
  }

  private launch(input: string, name: string = randomUUID()): { record: ExecutionRecord; ended: Promise<void> } {
    if (utf8Length(input) > MAX_PAYLOAD_BYTES) throw new ApiError('InvalidExecutionInput', 'Invalid State Machine Execution Input: above 262144 bytes');
    const arn = `${this.machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    if (this.records.executions.has(arn)) throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    const record: ExecutionRecord = {
      arn, name, stateMachineArn: this.machine.arn, type: 'STANDARD', startDate: this.clock(), input, status: 'RUNNING', history: new History(() => this.clock()),
    };
    this.records.executions.set(arn, record);
    return { record, ended: this.execute(record) };
  }

  private async execute(record: ExecutionRecord): Promise<void> {
    const begun = this.announce(record);
    const { arn, name, roleArn } = this.machine;
    await new Execution(this.compiled, { arn, name, roleArn, type: 'STANDARD' }, record, this.world).finish();
    await Promise.all([begun, this.announce(record)]);
  }

  /** Sends the execution's present status to the rules of the app, and waits for what they set off. */
  private async announce(record: ExecutionRecord): Promise<void> {
    const event = statusChangeEvent(record, this.machine.scope.stack.environment);
    await Promise.all(matchingTargets(this.app, event).map(async ({ arn, input }) => {
      if (arn.split(':')[2] === 'sns') {
        this.topics.publish(arn, input, null);
        return;
      }
      const host = this.fleet.host(arn);
      // Queues, log groups and the like take the event and that is all.
      if (!host) return;
      await invokeAsynchronously(host, input, {
        fleet: this.fleet,
        app: this.app,
        delayScale: ASYNC_DELAY_SCALE * (this.options.retryScale ?? 1),
        clock: () => this.clock(),
        publish: (topicArn, message) => this.topics.publish(topicArn, message, null),
      });
    }));
  }

  private usageSoFar() {
    const functions = [...this.fleet.usage()].map(([logicalId, { invocations, milliseconds }]) => [logicalId, { invocations, milliseconds }] as const);
    return { meter: { ...this.meter }, published: this.topics.published.length, functions: new Map(functions) };
  }

  private summarise(record: ExecutionRecord, before: ReturnType<Sandbox['usageSoFar']>): SandboxSummary {
    const report = runSummaryOf(record);
    const functions = [...this.fleet.usage()].map(([logicalId, usage]) => ({
      ...usage,
      invocations: usage.invocations - (before.functions.get(logicalId)?.invocations ?? 0),
      milliseconds: usage.milliseconds - (before.functions.get(logicalId)?.milliseconds ?? 0),
    }));
    const meter = {
      transitions: this.meter.transitions - before.meter.transitions,
      children: this.meter.children - before.meter.children,
      expressMilliseconds: this.meter.expressMilliseconds - before.meter.expressMilliseconds,
    };
    const published = this.topics.published.slice(before.published);
    const requests = { ...this.service.requests };
    return {
      status: record.status,
      error: record.error ?? null,
      cause: record.cause ?? null,
      counts: report?.counts ?? null,
      bytes: report?.bytes ?? null,
      seconds: (record.stopDate!.getTime() - record.startDate.getTime()) / 1000,
      requests,
      transitions: meter.transitions,
      children: meter.children,
      invocations: functions.reduce((sum, { invocations }) => sum + invocations, 0),
      alerts: published.map(({ subject, message }) => ({ subject, message })),
      report: report?.report ?? null,
      estimate: { usd: estimateUsd({ requests, meter, express: this.parts.express, functions, published: published.length }) },
    };
  }
}

function instantOf(now: string): Date {
  const instant = new Date(now);
  if (Number.isNaN(instant.getTime()) || !/(Z|[+-]\d\d:?\d\d)$/.test(now)) {
    throw new UsageError(`now is '${now}', but must be an instant with its offset, as 2026-11-24T16:00:00Z`);
  }
  return instant;
}
