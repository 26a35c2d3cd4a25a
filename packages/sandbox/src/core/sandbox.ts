import {
  type Answer,
  compile,
  DistributedMaps,
  type ExecutionRecord,
  Executions,
  Fleet,
  type FunctionUsage,
  MAX_RESULT_FILE_BYTES,
  type Meter,
  Records,
  serviceCalls,
  type World,
} from 'cdk-s3-dated-archiver-engine';
import type { S3Double } from 'cdk-s3-dated-archiver-s3-double';
import { type AwsServer, startAwsServer } from './api-server';
import { type RunOptions, type SandboxOptions, toInstant } from './options';
import type { RunSummary } from '../../../../src/contract/payloads/report-payloads';
import type { ArchiverMachine } from '../assembly/archiver';
import type { Parts } from '../assembly/archiver-parts';
import { theOne } from '../assembly/bucket-names';
import type { Functions } from '../assembly/functions';
import type { App } from '../assembly/scope';
import type * as api from '../common/api';
import { UsageError } from '../common/errors';
import { scheduledStart } from '../eventbridge/schedule';
import { accessEndpoint, accessStore, type BucketAccess } from '../files/bucket-access';
import type { Access } from '../iam/access';
import type { Permissions } from '../iam/permissions';
import { type Credentials, instanceEnvironment } from '../lambda/environment';
import { ensureBuckets, OWN_CALLER, s3Client, type S3Service } from '../s3-backend/s3-service';
import { type Alert, Topics } from '../sns/topics';
import { deliverMessages } from '../sqs/event-source-mappings';
import { EventBus } from '../step-functions/event-bus';
import { ProgressMeter } from '../summary/run-progress';
import { summarize, toRunSummary, type SandboxSummary } from '../summary/summary';
import { snapshot, usedSince, type UsageSoFar } from '../summary/usage';

const DEFAULT_MAX_INSTANCES = 16;

/** What is found in a cloud assembly, and the S3 that was started for it. */
export interface Found {
  readonly app: App;
  readonly machine: ArchiverMachine;
  readonly functions: Functions;
  readonly parts: Parts;
  readonly permissions: Permissions;
  /** Milliseconds by which the clock of the sandbox, and of its S3, is ahead of the machine's. */
  readonly clock: { offset: number };
  readonly s3: S3Service;
}

/** An archiver that can be run. */
export class Sandbox implements api.Sandbox {
  readonly records: Records;
  private readonly topics = new Topics();
  private readonly meter: Meter = { transitions: 0, children: 0 };
  private fleet?: Fleet;
  private server?: AwsServer;
  private executions?: Executions;
  private events?: EventBus;
  private readonly maps = new DistributedMaps();
  private last?: ExecutionRecord;
  private readonly progress?: ProgressMeter;

  constructor(
    private readonly options: SandboxOptions,
    private readonly found: Found,
  ) {
    this.records = options.records ?? new Records();
    this.progress = options.onProgress && new ProgressMeter(found.s3.requests, options.onProgress);
  }

  /** The embedded double; undefined with an endpoint. */
  get s3(): S3Double | undefined {
    return this.found.s3.double;
  }

  get s3Endpoint(): string {
    return this.found.s3.endpoint;
  }

  /** Endpoint of Step Functions and SNS. */
  get awsEndpoint(): string {
    return this.server!.endpoint;
  }

  get stateMachineArn(): string {
    return this.found.machine.arn;
  }

  get sourceBucket(): string {
    return this.found.parts.sourceBucket;
  }

  get destinationBucket(): string {
    return this.found.parts.destinationBucket;
  }

  get reportBucket(): string {
    return this.found.parts.reportBucket;
  }

  get region(): string {
    return this.found.machine.scope.stack.environment.region;
  }

  /** The buckets of the archiver. */
  get bucketNames(): string[] {
    return [...new Set([this.sourceBucket, this.destinationBucket, this.reportBucket])];
  }

  /** The props of the construct, as its functions get them. */
  get settings(): Readonly<Record<string, string>> {
    return this.found.parts.settings;
  }

  /**
   * For a user who looks at the buckets with another tool. Requests with them meet no fault, and no
   * policy denies them.
   */
  get credentials(): Credentials {
    return this.found.s3.credentialsFor(OWN_CALLER);
  }

  /** The objects in the buckets, in the embedded S3 or in another one. */
  get objects(): BucketAccess {
    return this.s3
      ? accessStore(this.s3.store)
      : accessEndpoint(s3Client(this.found.s3, this.region, OWN_CALLER));
  }

  /** What the last run says about itself; undefined if it ended before its report. */
  get lastRun(): RunSummary | undefined {
    return this.last && toRunSummary(this.last);
  }

  /** What callers may do, according to the templates. */
  get access(): Access {
    return this.found.permissions.access;
  }

  /** The execution of the last run. */
  get lastExecution(): ExecutionRecord | undefined {
    return this.last;
  }

  /**
   * Name of a bucket, by its role (`source`, `destination`, `report`) or by its logical id
   * (`STACK/LOGICALID`) in the template.
   */
  bucket(logicalIdOrRole: string): string {
    const roles: Record<string, string> = {
      source: this.sourceBucket,
      destination: this.destinationBucket,
      report: this.reportBucket,
    };
    if (roles[logicalIdOrRole]) {
      return roles[logicalIdOrRole];
    }
    const { scope, logicalId } = theOne(this.found.app, logicalIdOrRole, () =>
      Object.values(roles),
    );
    return String(scope.ref(logicalId));
  }

  /** All messages published since the sandbox was opened. */
  get published(): readonly Alert[] {
    return this.topics.published;
  }

  /** By logical id, since the sandbox was opened. */
  functionUsage(): ReadonlyMap<string, FunctionUsage> {
    return this.fleet!.usage();
  }

  /**
   * Construct paths of functions that are not the archiver's, and that a rule would have invoked.
   */
  get functionsNotRun(): readonly string[] {
    return [...(this.events?.functionsNotRun ?? [])];
  }

  /** The last lines of a function's output. */
  lastLogLines(logicalId: string, lines: number): string[] {
    return this.fleet!.log(logicalId)?.lastLines(lines) ?? [];
  }

  async run<TCounts = api.Counts>(options: RunOptions = {}): Promise<SandboxSummary<TCounts>> {
    const { app, machine, permissions, s3 } = this.found;
    const now = options.now === undefined ? new Date() : toInstant(options.now);
    this.found.clock.offset = now.getTime() - Date.now();
    const scheduled =
      options.input === undefined
        ? scheduledStart(app, machine.arn, now, options.schedule)
        : undefined;
    if (scheduled?.roleArn) {
      permissions.demandSchedule(scheduled.roleArn, machine.arn);
    }
    const input =
      options.input === undefined ? (scheduled?.input ?? '{}') : JSON.stringify(options.input);
    const before = this.usage();
    s3.resetRequests();
    this.progress?.start();
    try {
      const { record, ended } = this.executions!.start(
        machine.arn,
        input,
        options.name ?? scheduled?.name,
      );
      this.last = record;
      await ended;
      // Invocations of a stopped execution continue, as on AWS.
      await this.fleet!.idle();
      return this.summarize(record, before);
    } finally {
      this.progress?.stop();
    }
  }

  /**
   * Puts messages into the dead-letter queue of the schedule: the functions that read it are
   * invoked.
   */
  async deliver(messages: readonly object[]): Promise<Answer[]> {
    const { app, machine } = this.found;
    const queueArn = scheduledStart(app, machine.arn, new Date())?.deadLetterArn;
    if (queueArn === undefined) {
      throw new UsageError('no schedule of the state machine has a dead-letter queue');
    }
    return deliverMessages(messages, queueArn, app, this.fleet!);
  }

  /**
   * Stops the execution with that name, as StopExecution does; its invocations continue. False if
   * none is running.
   */
  stop(name: string): boolean {
    return this.executions!.stop(
      `${this.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
    );
  }

  /**
   * Ends the execution with that name as if its TimeoutSeconds had passed. False if none is
   * running.
   */
  timeOut(name: string): boolean {
    return this.executions!.timeOut(
      `${this.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
    );
  }

  /** Waits for executions that were started or redriven through the API. */
  async settled(): Promise<void> {
    await this.executions?.settled();
  }

  async close(): Promise<void> {
    try {
      await this.settled();
    } finally {
      await this.server?.close();
      await this.fleet?.close();
      this.maps.close();
      await this.found.s3.close();
      this.found.functions.close();
    }
  }

  /** Starts the services that the archiver calls, and creates its buckets. */
  async open(): Promise<void> {
    const { app, machine, functions, parts, permissions } = this.found;
    const { region } = this;
    const retryScale = this.options.retryScale ?? 1;
    const { timeoutSeconds = machine.definition.TimeoutSeconds } = this.options;
    const compiled = compile(
      { ...machine.definition, TimeoutSeconds: timeoutSeconds },
      { retryScale },
    );
    const clock = () => new Date(Date.now() + this.found.clock.offset);
    for (const arn of parts.topicArns) {
      this.topics.add(arn);
    }
    permissions.access.addCaller(machine.logicalId, machine.roleArn, machine.name);
    this.server = await startAwsServer({
      backend: {
        records: this.records,
        clock,
        start: (arn, name, input) => this.executions!.start(arn, input, name).record,
        redrive: (arn, clientToken) => this.executions!.redrive(arn, clientToken),
        stop: (arn, reason) => this.executions!.stop(arn, reason),
      },
      topics: this.topics,
      permissions,
    });
    const fleet = this.startFleet(functions, this.server.endpoint);
    const s3 = s3Client(this.found.s3, region, machine.logicalId);
    const { runOtherFunctions = false } = this.options;
    const events = new EventBus({
      app,
      machine,
      fleet,
      topics: this.topics,
      permissions,
      clock,
      retryScale,
      runOtherFunctions,
    });
    this.events = events;
    const world: World = {
      clock,
      records: this.records,
      meter: this.meter,
      s3,
      call: serviceCalls({
        fleet,
        topics: this.topics,
        events,
        permissions,
        accessKeyId: machine.logicalId,
      }),
      demandStart: (arn) => permissions.demandStart(machine.logicalId, arn),
      demandRedrive: (arn) => permissions.demandRedrive(machine.logicalId, arn),
      runMap: (invocation) => this.maps.run(invocation),
      onMapProgress: (progress) => this.progress?.onMapProgress(progress),
      countObjects: (bucket, prefix) =>
        this.progress ? this.s3?.store.keys(bucket, prefix).length : undefined,
      maxResultFileBytes: this.options.maxResultFileBytes ?? MAX_RESULT_FILE_BYTES,
    };
    this.executions = new Executions({ machine, compiled, world, events });
    await ensureBuckets(this.found.s3, parts.buckets, region, this.options.endpoint);
  }

  private startFleet(functions: Functions, awsEndpoint: string): Fleet {
    const {
      permissions: { access },
      s3,
    } = this.found;
    const endpoints = { s3: s3.endpoint, aws: awsEndpoint };
    this.fleet = new Fleet(functions, {
      environment: (spec, instance) => {
        const { logicalId, roleArn, name } = spec;
        const credentials = s3.credentialsFor(logicalId);
        // Services know a caller by its access key; the sandbox itself, and the proxy of another
        // S3, by its logical id.
        for (const key of [logicalId, credentials.accessKeyId]) {
          access.addCaller(key, roleArn, name);
        }
        return instanceEnvironment(spec, endpoints, credentials, instance);
      },
      maxInstances: this.options.maxInstances ?? DEFAULT_MAX_INSTANCES,
      // The proxy in front of another S3, which checks the date of signatures, signs each request
      // anew.
      clockOffset: () => this.found.clock.offset,
      logDir: this.options.logDir,
      onInvoke: this.options.onInvoke,
    });
    return this.fleet;
  }

  private usage(): UsageSoFar {
    return snapshot(this.meter, this.topics.published.length, this.fleet!.usage());
  }

  private summarize<TCounts>(record: ExecutionRecord, before: UsageSoFar): SandboxSummary<TCounts> {
    const {
      parts: { buckets },
      s3,
    } = this.found;
    const used = usedSince(before, this.usage());
    const alerts = this.topics.published.slice(before.published);
    const regions = new Map(buckets.map(({ name, region }) => [name, region]));
    const events = this.events!.sent.filter(({ resources }) =>
      (resources as string[]).includes(record.arn),
    );
    return summarize(record, {
      used,
      alerts,
      events,
      requests: s3.requests,
      bill: s3.bill,
      region: this.region,
      regions,
    });
  }
}
