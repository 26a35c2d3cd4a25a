/**
 * A stage for verifications and restores: a run has archived objects, and then something happens to
 * them.
 */
import {
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { InvocationHook } from '../../../packages/engine/src/lambda/host';
import type { ExecutionRecord } from '../../../packages/engine/src/step-functions/records';
import type { Fault, ObjectStore, PutOptions, S3Call } from '../../../packages/s3-double/src';
import type { S3DatedArchiverProps } from '../../../src';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

export const DAY = '2026-11-24';
/** Two batches. */
export const NAMES = Array.from(
  { length: 20 },
  (_, i) => `${String(i).padStart(2, '0')}-${DAY}.csv`,
);
export const toKey = (name: string) => `incoming/${name}`;
export const toArchived = (name: string) => `archive/2026/11/24/${name}`;

export class LedgerStage {
  static async open(props: Partial<S3DatedArchiverProps> = {}): Promise<LedgerStage> {
    const stage = new LedgerStage();
    stage.rehearsal = await rehearse(
      {
        allowRestore: true,
        batchSize: 10,
        maxConcurrency: 1,
        retryPolicy: { maxAttempts: 0 },
        ...props,
      },
      {
        s3: { hooks: { before: (call) => stage.before?.(call) } },
        onInvoke: (invocation) => stage.onInvoke?.(invocation),
      },
    );
    return stage;
  }

  rehearsal!: Rehearsal;
  before?: (call: S3Call) => Fault | undefined | Promise<undefined>;
  onInvoke?: (invocation: InvocationHook) => void;
  private nights = 0;

  get sandbox() {
    return this.rehearsal.sandbox;
  }

  get store(): ObjectStore {
    return this.sandbox.s3!.store;
  }

  /** The name of the run that archived the objects. */
  get nightly(): string {
    return `nightly-${this.nights}`;
  }

  /** Empties all buckets, and puts the objects of a new night to the source. */
  prepare(): void {
    this.repair();
    for (const bucket of new Set([
      this.sandbox.sourceBucket,
      this.sandbox.destinationBucket,
      this.sandbox.reportBucket,
    ])) {
      for (const key of this.store.keys(bucket)) {
        this.store.delete(bucket, key);
      }
    }
    for (const name of NAMES) {
      this.rehearsal.put(toKey(name), name);
    }
    this.nights += 1;
  }

  async archive(): Promise<void> {
    const { status } = await this.sandbox.run({ input: { date: DAY }, name: this.nightly });
    expect(status).toBe('SUCCEEDED');
  }

  /** What S3 and Lambda do is as it should be again. */
  repair(): void {
    this.before = undefined;
    this.onInvoke = undefined;
  }

  putArchived(name: string, content = name, options?: PutOptions): void {
    this.store.put(this.sandbox.destinationBucket, toArchived(name), content, options);
  }

  removeArchived(name: string): void {
    this.store.delete(this.sandbox.destinationBucket, toArchived(name));
  }

  record(name: string): ExecutionRecord {
    return this.sandbox.records.executions.get(
      `${this.sandbox.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
    )!;
  }

  /** Starts a run while others go on, and waits until it has ended. */
  async start(name: string, input: object): Promise<ExecutionRecord> {
    const { stateMachineArn } = this.sandbox;
    await this.send((sfn) =>
      sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) })),
    );
    return this.ended(name);
  }

  async redrive(name: string): Promise<void> {
    await this.send((sfn) =>
      sfn.send(new RedriveExecutionCommand({ executionArn: this.record(name).arn })),
    );
  }

  async stop(name: string): Promise<void> {
    await this.send((sfn) =>
      sfn.send(new StopExecutionCommand({ executionArn: this.record(name).arn })),
    );
  }

  async ended(name: string): Promise<ExecutionRecord> {
    while (this.record(name).status === 'RUNNING') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.record(name);
  }

  /** Holds copies back until they are released. */
  holdCopies(): { readonly held: Promise<void>; readonly release: () => void } {
    let release!: () => void;
    let reached!: () => void;
    const released = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    const held = new Promise<void>((resolve) => {
      reached = resolve;
    });
    this.before = ({ operation }) => {
      if (operation !== 'CopyObject') {
        return undefined;
      }
      reached();
      return released;
    };
    return { held, release };
  }

  async close(): Promise<void> {
    await this.rehearsal?.close();
  }

  private async send(work: (sfn: SFNClient) => Promise<unknown>): Promise<void> {
    const sfn = new SFNClient({
      endpoint: this.sandbox.awsEndpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'person', secretAccessKey: 'x' },
    });
    await work(sfn).finally(() => sfn.destroy());
  }
}
