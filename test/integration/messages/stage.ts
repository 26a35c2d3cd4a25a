/**
 * A stage for failures: one archiver with many runs. Each run fails, and the command in its message
 * repairs it.
 */
import { Aspects, type Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import type { InvocationHook } from '../../../packages/engine/src/lambda/host';
import type { Fault, ObjectStore, S3Call } from '../../../packages/s3-double/src';
import type { SandboxSummary } from '../../../packages/sandbox/src/internal';
import type { Alert } from '../../../packages/sandbox/src/sns/topics';
import type { S3DatedArchiverProps } from '../../../src';
import type { AlertDetails } from '../../../src/contract/alert-details';
import { rehearse, type Rehearsal } from '../../helpers/run-in-sandbox';

export const KEYS = Array.from(
  { length: 20 },
  (_, i) => `incoming/${String(i).padStart(2, '0')}-2026-11-24.csv`,
);
const NOW = '2026-11-25T16:00:00Z';

/** Breaks something. Returns a function that repairs it. */
export type Trouble = (stage: Stage, invocation?: InvocationHook) => void | (() => void);

export interface Scene {
  /**
   * Happens before the run, or when the function `at` is invoked. ArchiveBatch must be invoked for
   * the second time.
   */
  readonly trouble?: Trouble;
  readonly at?: 'PlanRun' | 'ArchiveBatch' | 'ReportRun' | 'ExplainFailure';
  readonly input?: object;
  readonly keys?: string[];
  /** The faults of S3 until the repair. */
  readonly s3?: (call: S3Call) => Fault | undefined;
}

export interface ReceivedAlert extends Alert {
  readonly details: AlertDetails;
}

export interface Ended {
  readonly name: string;
  readonly summary: SandboxSummary;
  /** The messages that arrived at the topic. */
  readonly alerts: Alert[];
  /** Repairs what was broken. */
  repair(): void;
}

/** The differences between the deployed stack and the output of the construct. */
interface Changes {
  /** Changes the definition of the state machine, which is JSON inside JSON. */
  readonly definition?: (text: string) => string;
  /** Changes any construct. */
  readonly change?: (node: IConstruct) => void;
}

type Props = Partial<S3DatedArchiverProps>;

export class Stage {
  static async open(
    props: Props | ((stack: Stack) => Props) = {},
    { definition = (text: string) => text, change }: Changes = {},
  ): Promise<Stage> {
    const stage = new Stage();
    stage.rehearsal = await rehearse(
      (stack) => {
        alterDefinition(stack, definition);
        if (change) {
          Aspects.of(stack).add({ visit: change });
        }
        return {
          batchSize: 10,
          maxConcurrency: 1,
          retryPolicy: { maxAttempts: 0 },
          destinationBucket: new Bucket(stack, 'Archive', { encryptionKey: new Key(stack, 'Key') }),
          ...(typeof props === 'function' ? props(stack) : props),
        };
      },
      {
        onInvoke: (invocation) => stage.onInvoke(invocation),
        s3: { hooks: { before: (call) => stage.s3?.(call) } },
      },
    );
    return stage;
  }

  rehearsal!: Rehearsal;
  private runs = 0;
  private invocations: { [name: string]: number } = {};
  private s3?: Scene['s3'];
  private onInvoke: (invocation: InvocationHook) => void = () => undefined;

  get sandbox() {
    return this.rehearsal.sandbox;
  }

  get store(): ObjectStore {
    return this.sandbox.s3!.store;
  }

  get executionArn(): string {
    return `${this.sandbox.stateMachineArn.replace(':stateMachine:', ':execution:')}:run-${this.runs}`;
  }

  /** Empties the buckets, and starts a run. */
  async play({
    trouble,
    at,
    input = { date: '2026-11-24' },
    keys = KEYS,
    s3,
  }: Scene): Promise<Ended> {
    const { sandbox, rehearsal } = this;
    this.sweep();
    for (const key of keys) {
      rehearsal.put(key);
    }
    this.runs += 1;
    this.invocations = {};
    this.s3 = s3;
    let repair: void | (() => void);
    this.onInvoke = (invocation) => {
      const name = ['PlanRun', 'ListObjects', 'ArchiveBatch', 'ReportRun', 'ExplainFailure'].find(
        (each) => invocation.logicalId.includes(each),
      )!;
      this.invocations[name] = (this.invocations[name] ?? 0) + 1;
      if (at === name && this.invocations[name] === (name === 'ArchiveBatch' ? 2 : 1)) {
        repair = trouble?.(this, invocation);
      }
    };
    if (!at) {
      repair = trouble?.(this);
    }
    const before = sandbox.published.length;
    const name = `run-${this.runs}`;
    const summary = await sandbox.run({ input, name, now: NOW });
    return {
      name,
      summary,
      alerts: sandbox.published.slice(before),
      repair: () => {
        this.s3 = undefined;
        this.onInvoke = () => undefined;
        repair?.();
      },
    };
  }

  /**
   * Acts as if the other stage were deployed over this one. The other stage gets the buckets of
   * this one.
   */
  moveTo(other: Stage): void {
    for (const name of [this.sandbox.sourceBucket, this.sandbox.destinationBucket]) {
      other.store.buckets.set(name, this.store.bucket(name));
    }
  }

  async close(): Promise<void> {
    await this.rehearsal?.close();
  }

  private sweep(): void {
    const { sandbox, store } = this;
    for (const bucket of [sandbox.sourceBucket, sandbox.destinationBucket]) {
      for (const key of store.keys(bucket)) {
        store.delete(bucket, key);
      }
    }
  }
}

/** Returns the only message, with its details for machines. */
export function getOnlyAlert(alerts: readonly Alert[]): ReceivedAlert {
  expect(alerts.map(({ subject }) => subject)).toHaveLength(1);
  const [alert] = alerts;
  return { ...alert!, details: JSON.parse(alert!.attributes.details!) as AlertDetails };
}

function alterDefinition(stack: Stack, definition: (text: string) => string): void {
  Aspects.of(stack).add({
    visit: (node) => {
      if (!(node instanceof CfnStateMachine)) {
        return;
      }
      const resolved = JSON.stringify(stack.resolve(node.definitionString));
      const altered = definition(resolved);
      if (altered !== resolved) {
        node.addPropertyOverride('DefinitionString', JSON.parse(altered));
      }
    },
  });
}

/** Adds a policy that denies an action to everyone. */
export function denyEveryone(
  bucket: (stage: Stage) => string,
  action: string,
  suffix = '/*',
): Trouble {
  return (stage) => {
    const name = bucket(stage);
    stage.store.putPolicy(name, {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: action,
          Resource: `arn:aws:s3:::${name}${suffix}`,
        },
      ],
    });
    return () => stage.store.putPolicy(name, undefined);
  };
}

/** Deletes a bucket. The repair restores it with its objects. */
export function deleteBucket(bucket: (stage: Stage) => string): Trouble {
  return (stage) => {
    const name = bucket(stage);
    const { buckets } = stage.store;
    const kept = buckets.get(name)!;
    buckets.delete(name);
    return () => {
      buckets.set(name, kept);
    };
  };
}
