import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  DEFAULT_ATTRIBUTES,
  type Fault,
  type PutOptions,
  type S3Call,
  type StoredObject,
} from 'cdk-s3-dated-archiver-s3-double';
import { readRuns } from '../../../../src/lambda/calendar/calendar-page';
import type { Use } from '../../src/iam/access';
import { openSandbox, type Sandbox, type SandboxSummary } from '../../src/internal';

const NOW = '2026-11-25T01:00:00Z';
const DAY = '2026-11-24';

const toArchivedKey = (key: string) => key.replace('in/', `archive/${DAY.replaceAll('-', '/')}/`);

type Hook = (call: S3Call) => Fault | undefined | void;

/**
 * The environment of a scenario during one run. A scenario fills it, and defines what happens
 * during the run.
 */
export interface Run {
  put(key: string, content?: string | Buffer, options?: PutOptions): void;
  putArchived(key: string, content: string, options?: PutOptions): void;
  /** Puts an object into the archive, and the ledger of a run that says so. */
  putMoved(key: string, content?: string | Buffer, options?: PutOptions): void;
  remove(key: string): void;
  removeArchived(key: string): void;
  /** Turns on Object Lock for the buckets. */
  lockBuckets(): void;
  before(operation: string, hook: Hook): void;
  /** Leaves a multipart upload to the archive that is neither completed nor aborted. */
  leaveUpload(key: string, bucket?: 'source'): void;
  /**
   * Ends a function's instances when they are invoked. With `instead` it ends only the first one,
   * and then calls `instead`.
   */
  kill(logicalId: RegExp, instead?: () => void): void;
}

export interface Play {
  readonly prepare: (run: Run) => void;
  /** Uses new function instances. */
  readonly cold?: boolean;
  /** The requests of this operation are part of the outcome. */
  readonly counts?: string;
  /** The run fails and is then redriven. */
  readonly redriven?: boolean;
  /** The execution's input. Default: what the schedule sends. */
  readonly input?: object;
  /** A second run, with an input or started by a schedule. */
  readonly then?: {
    readonly input?: object;
    readonly schedule?: string;
    readonly prepare?: (run: Run) => void;
  };
}

/** Everything about a run that an observer can see. */
export type Outcome = ReturnType<typeof outcomeOf>;

/** Runs scenarios one after another. Each starts with empty buckets. */
export class Stage {
  static async open(app: string): Promise<Stage> {
    let stage: Stage | undefined;
    const sandbox = await openSandbox({
      app,
      retryScale: 0,
      s3: { hooks: { before: (call) => stage?.before(call) } },
      onInvoke: ({ logicalId, kill }) => {
        stage?.instances.push(kill);
        stage?.invoked(logicalId, kill);
      },
    });
    stage = new Stage(sandbox);
    return stage;
  }

  private hooks: { operation: string; hook: Hook }[] = [];
  private victim?: { logicalId: RegExp; instead?: () => void; accessKeyId?: string };
  private instances: (() => void)[] = [];
  private runs = 0;

  private constructor(readonly sandbox: Sandbox) {}

  async run({
    prepare,
    cold = false,
    counts,
    redriven = false,
    input,
    then,
  }: Play): Promise<Outcome> {
    this.reset(cold);
    prepare(this.asRun());
    const { sandbox } = this;
    const name = `run-${++this.runs}`;
    try {
      if (then) {
        await sandbox.run({ now: NOW });
        then.prepare?.(this.asRun());
      }
      const summary = await sandbox.run({
        now: NOW,
        input: input ?? then?.input,
        schedule: then?.schedule,
      });
      if (redriven) {
        await this.redrive();
      }
      return outcomeOf(sandbox, summary, counts);
    } catch (error) {
      // The schedule could not start the run.
      return { name, error: (error as Error).message } as unknown as Outcome;
    }
  }

  /** Returns the requests of a run together with the rules that allow them. */
  async usesOf(run: () => Promise<Outcome>): Promise<{ outcome: Outcome; uses: Use[] }> {
    const uses: Use[] = [];
    this.sandbox.access.onUse = (use) => uses.push(use);
    try {
      return { outcome: await run(), uses };
    } finally {
      this.sandbox.access.onUse = undefined;
    }
  }

  async close(): Promise<void> {
    await this.sandbox.close();
  }

  private async redrive(): Promise<void> {
    const { awsEndpoint: endpoint, lastExecution } = this.sandbox;
    const sfn = new SFNClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'somebody', secretAccessKey: 'x' },
    });
    await sfn.send(new RedriveExecutionCommand({ executionArn: lastExecution!.arn }));
    await this.sandbox.settled();
    sfn.destroy();
  }

  private before(call: S3Call): Fault | undefined {
    // Requests from a process that is being killed have no effect.
    if (this.victim?.accessKeyId !== undefined && this.victim.accessKeyId === call.accessKeyId) {
      return { kind: 'ResetBefore' };
    }
    for (const { operation, hook } of this.hooks) {
      const fault = operation === call.operation ? hook(call) : undefined;
      if (fault) {
        return fault;
      }
    }
    return undefined;
  }

  private invoked(logicalId: string, kill: () => void): void {
    const { victim } = this;
    if (!victim?.logicalId.test(logicalId)) {
      return;
    }
    if (victim.instead && victim.accessKeyId !== undefined) {
      this.victim = undefined;
      return;
    }
    victim.accessKeyId = logicalId;
    kill();
    victim.instead?.();
  }

  private reset(cold: boolean): void {
    if (cold) {
      for (const kill of this.instances.splice(0)) {
        kill();
      }
    }
    this.hooks = [];
    this.victim = undefined;
    this.replaceBuckets(false);
  }

  private replaceBuckets(objectLock: boolean): void {
    const { store } = this.sandbox.s3!;
    for (const { name, encryption, knownRegion: region, account } of [...store.buckets.values()]) {
      store.createBucket(name, { encryption, objectLock, region, account });
    }
  }

  private asRun(): Run {
    const { sandbox } = this;
    const { store } = sandbox.s3!;
    const lines: object[] = [];
    return {
      put: (key, content = key, options) => {
        store.put(sandbox.sourceBucket, key, content, options);
      },
      putArchived: (key, content, options) => {
        store.put(sandbox.destinationBucket, key, content, options);
      },
      putMoved: (key, content = key, options) => {
        const destination = toArchivedKey(key);
        const { etag, size } = store.put(sandbox.destinationBucket, destination, content, options);
        const quoted = `"${etag.replaceAll('"', '')}"`;
        lines.push({
          v: 2,
          key,
          destination,
          status: 'archived',
          etag: quoted,
          archivedEtag: quoted,
          size,
          day: DAY,
          at: 1,
        });
        store.put(
          sandbox.reportBucket,
          `runs/ledger/day=${DAY}/run=earlier/0000000000000000-000000_000001.jsonl`,
          lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
        );
        store.put(
          sandbox.reportBucket,
          `runs/claims/day=${DAY}/run=earlier/claim.json`,
          JSON.stringify({
            archiver: 'Stack/Archiver',
            executionArn: sandbox.stateMachineArn
              .replace('stateMachine', 'execution')
              .concat(':earlier'),
            startTime: '2026-11-25T01:00:00Z',
            action: 'archive',
            dryRun: false,
            from: DAY,
            to: DAY,
            source: { bucket: sandbox.sourceBucket, prefix: 'in/' },
            destination: { bucket: sandbox.destinationBucket, prefix: 'archive/' },
          }),
        );
      },
      remove: (key) => store.delete(sandbox.sourceBucket, key),
      removeArchived: (key) => store.delete(sandbox.destinationBucket, key),
      lockBuckets: () => this.replaceBuckets(true),
      before: (operation, hook) => {
        this.hooks.push({ operation, hook });
      },
      leaveUpload: (key, bucket) => {
        store
          .bucket(bucket === 'source' ? sandbox.sourceBucket : sandbox.destinationBucket)
          .uploads.set('leftover', {
            id: 'leftover',
            key,
            initiated: 0,
            headers: {},
            attributes: DEFAULT_ATTRIBUTES,
            checksumAlgorithm: 'CRC64NVME',
            checksumType: 'FULL_OBJECT',
            parts: new Map(),
          });
      },
      kill: (logicalId, instead) => {
        this.victim = { logicalId, instead };
      },
    };
  }
}

function outcomeOf(
  sandbox: Sandbox,
  { status, error, cause, counts, alerts, requests, report }: SandboxSummary,
  counted?: string,
) {
  const { store } = sandbox.s3!;
  const objects = (bucket: string) =>
    store.keys(bucket).map((key) => described(store.get(bucket, key)!));
  return constant({
    status,
    error,
    cause,
    counts,
    alerts,
    requests: counted === undefined ? undefined : (requests[counted] ?? 0),
    report,
    end: sandbox.lastExecution!.status,
    source: objects(sandbox.sourceBucket),
    archive: objects(sandbox.destinationBucket),
    openUploads:
      store.bucket(sandbox.destinationBucket).uploads.size +
      store.bucket(sandbox.sourceBucket).uploads.size,
    calendar: readCalendar(
      store.get(sandbox.reportBucket, 'runs/index.html')?.body.bytes().toString(),
    ),
    ledger: store
      .keys(sandbox.reportBucket)
      .filter((key) => key.includes('/ledger/'))
      // The names of runs are random, so the order of their ledgers is, too.
      .map((key) => store.get(sandbox.reportBucket, key)!.body.bytes().toString())
      .sort(),
  });
}

/**
 * What the calendar says of the runs, without their names and times. Two runs of a scenario start
 * at about the same time.
 */
function readCalendar(page: string | undefined) {
  const runs = page === undefined ? [] : readRuns(page, '');
  return runs
    .map(({ action, dryRun, dates, outcome, counts, folder }) =>
      JSON.stringify({ action, dryRun, dates, outcome, counts, reported: folder !== null }),
    )
    .sort();
}

function described({ key, size, attributes: { tags, lock } }: StoredObject) {
  return { key, size, tags, lock };
}

/**
 * Removes what differs between runs: identifiers, timestamps, durations, versions, and ETags under
 * KMS.
 */
function constant<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value)
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
      .replace(/\b[0-9a-f]{32}\b/g, 'HASH')
      .replace(/\b[0-9A-F]{16}\b/g, 'REQUEST')
      .replace(/\b\d+(\.\d+)?(?= ?(s|ms|seconds?|minutes?)\b)/g, 'N')
      // A ledger entry is a text here. Its times are when something was written or done, and how
      // long the work took.
      .replace(/\\"(at|ms|modified|written)\\":\d+/g, '\\"$1\\":0')
      .replace(/\\"(\w*[vV]ersionId)\\":\\"[\w-]+\\"/g, '\\"$1\\":\\"VERSION\\"')
      .replace(/"date":\d+/g, '"date":0'),
  ) as T;
}
