/**
 * What a clean-up finds: a stack, its buckets on the double of S3, and one bucket of another owner.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type ObjectIdentifier, type ObjectLockRetention, S3Client } from '@aws-sdk/client-s3';
import { Stacks } from './stacks';
import { type S3Double, startS3 } from '../../../../packages/s3-double/src';
import { cleanUp } from '../clean-up';
import { type Entry, Journal } from '../journal';
import type { Refusal } from '../refusals';

export const ENTRY: Entry = {
  id: '1a2b3c4d',
  profile: 'test',
  region: 'eu-central-1',
  account: '111122223333',
  started: '2026-11-25T00:00:00Z',
  machines: ['Standard'],
};
export const LOCKED: Entry = { ...ENTRY, machines: ['Locked'] };
export const STACK = 'archiver-verify-1a2b3c4d';
export const [TAG, OURS] = ['cdk-s3-dated-archiver', 'verify-1a2b3c4d'] as const;
export const [SOURCE, ARCHIVE, REPORTS] = ['source', 'archive', 'reports'].map(
  (place) => `${STACK}-${place}`,
) as [string, string, string];
export const BUCKETS = [SOURCE, ARCHIVE, REPORTS];
export const LOCKED_BUCKETS = [`${STACK}-lockedsource`, `${STACK}-lockedarchive`];
/** A CDK CLI that still runs. */
export const RUNNING_CLI = 4711;

export const named = (name: string, message = name) => Object.assign(new Error(message), { name });
export const DENIED = named('AccessDenied', 'User: ann is not authorized');
export const THROTTLED = named('ThrottlingException', 'Rate exceeded');

export interface Request {
  readonly Bucket?: string;
  readonly ExpectedBucketOwner?: string;
  readonly BypassGovernanceRetention?: boolean;
  readonly Retention?: ObjectLockRetention;
  readonly Delete?: { readonly Objects: readonly ObjectIdentifier[] };
}

const never = <T>() => new Promise<T>(() => undefined);
type Answer = (call: string, request: Request) => object | undefined;

export class CleanUpRig {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'clean-up-'));
  readonly journal = new Journal(this.directory);
  /** What was asked of AWS, `COMMAND OWNER`. */
  asked: string[] = [];
  /** The buckets that were asked to bypass governance. */
  readonly bypassed = new Set<string>();
  /** Milliseconds by which the clock of S3 is ahead. */
  later = 0;
  /** How often S3 still shows a bucket that is deleted. */
  stale = 0;
  /** How often CloudFormation does not delete the stack, because a run ended late. */
  late = 0;
  /** The tags of each resource. The double has no tags of buckets. */
  tagsOf: Record<string, Record<string, string>>;
  stacks = new Stacks(ENTRY, () => this.deleteResources());
  /** What the verification deployed. */
  readonly stackId = this.stacks.create(STACK, { [TAG]: OURS });
  /** The errors of calls, by `COMMAND` or `COMMAND TEXT`, where the request has the text. */
  errors: Record<string, Error | undefined> = {};
  /** Answers in place of S3, unless it returns nothing. */
  answer?: Answer;
  /** What was asked of S3. */
  readonly requests: { readonly call: string; readonly input: Request }[] = [];
  /** The process is killed at that call: before it arrives, or before its answer does. */
  kill?: { readonly at: number; readonly isDone: boolean };
  calls = 0;
  /** The runs. */
  running: string[] = [];

  constructor(
    readonly double: S3Double,
    readonly s3: S3Client,
  ) {
    this.journal.write({ ...ENTRY, stackId: this.stackId });
    this.tagsOf = Object.fromEntries(
      [...BUCKETS, ...LOCKED_BUCKETS, 'machine'].map((name) => [name, this.tagsOfStack()]),
    );
    for (const bucket of [...BUCKETS, 'mine']) {
      double.store.createBucket(bucket);
      double.store.put(bucket, 'object', 'content');
    }
  }

  async close(): Promise<void> {
    this.s3.destroy();
    await this.double.close();
    fs.rmSync(this.directory, { recursive: true });
  }

  clean(account: () => Promise<string> = async () => ENTRY.account): Promise<Refusal[]> {
    return cleanUp(
      {
        s3: { send: (command: never) => this.sendToS3(command) } as never,
        sfn: { send: (command: never) => this.sendToStepFunctions(command) } as never,
        account,
        cloudFormation: {
          describe: (nameOrId) =>
            this.call('DescribeStacks', { nameOrId }, () => this.stacks.describe(nameOrId)),
          delete: (id) => {
            this.asked.push('destroy');
            return this.call('DeleteStack', { id }, () => this.stacks.delete(id));
          },
        },
        journal: this.journal,
        tell: () => undefined,
        sleep: async (milliseconds) => this.asked.push(`wait ${milliseconds}`),
        isRunning: (group) => group === RUNNING_CLI,
      },
      this.journal.read(ENTRY.id),
    );
  }

  tagsOfStack(id = this.stackId): Record<string, string> {
    return { [TAG]: OURS, 'aws:cloudformation:stack-id': id };
  }

  /** Another account of CloudFormation, in which nothing was deployed. */
  forgetStacks(): Stacks {
    this.stacks = new Stacks(ENTRY, () => this.deleteResources());
    return this.stacks;
  }

  removeBuckets(): void {
    BUCKETS.forEach((bucket) => this.double.store.buckets.delete(bucket));
  }

  /** The buckets that have something in them. */
  full(): string[] {
    return [...BUCKETS, 'mine'].filter(
      (bucket) =>
        this.double.store.buckets.has(bucket) && this.double.store.keys(bucket).length > 0,
    );
  }

  /** The buckets with Object Lock that are there. */
  lockedBuckets(): string[] {
    return LOCKED_BUCKETS.filter((name) => this.double.store.buckets.has(name));
  }

  changes(): string[] {
    return this.asked.filter((command) => /Delete|Stop|Put|destroy/.test(command));
  }

  /** CloudFormation deletes no bucket that has objects. */
  private async deleteResources(): Promise<void> {
    const { store } = this.double;
    if (this.late-- > 0) {
      store.put(REPORTS, 'late', 'content');
    }
    const there = [...BUCKETS, ...LOCKED_BUCKETS].filter((name) => store.buckets.has(name));
    const full = there.filter((name) => !store.bucket(name).empty);
    there.filter((name) => !full.includes(name)).forEach((name) => store.buckets.delete(name));
    if (full.length > 0) {
      throw new Error(`The following resources failed to delete: ${full.join()}`);
    }
  }

  /** Throws the error of the call, if the test wants one. */
  private demandAllowed(name: string, request: object): void {
    const text = JSON.stringify(request);
    for (const [call, error] of Object.entries(this.errors)) {
      const [command, part = ''] = call.split(' ', 2);
      if (command === name && error && text.includes(part)) {
        throw error;
      }
    }
  }

  /** A call of a process that may be killed then: nothing comes back. */
  private async call<T>(name: string, request: object, work: () => Promise<T>): Promise<T> {
    this.calls++;
    const { kill } = this;
    const isKilled = kill?.at === this.calls;
    if (isKilled && !kill!.isDone) {
      return never<T>();
    }
    const answer = (async () => {
      this.demandAllowed(name, request);
      return work();
    })();
    if (isKilled) {
      await answer.catch(() => undefined);
      return never<T>();
    }
    return answer;
  }

  private sendToS3(command: { input: Request }): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, '');
    this.asked.push(`${name} ${command.input.ExpectedBucketOwner}`);
    this.requests.push({ call: name, input: command.input });
    return this.call(name, command.input, async () => this.answerOfS3(name, command));
  }

  private async answerOfS3(name: string, command: { input: Request }): Promise<unknown> {
    const { Bucket = '', BypassGovernanceRetention } = command.input;
    if (BypassGovernanceRetention) {
      this.bypassed.add(Bucket);
    }
    if (name === 'HeadBucket' && this.stale-- > 0) {
      return {};
    }
    if (name !== 'GetBucketTagging') {
      return this.answer?.(name, command.input) ?? this.s3.send(command as never);
    }
    if (!this.double.store.buckets.has(Bucket) && this.stale <= 0) {
      throw named('NoSuchBucket');
    }
    if (this.tagsOf[Bucket] === undefined) {
      throw named('NoSuchTagSet');
    }
    return { TagSet: Object.entries(this.tagsOf[Bucket]).map(([Key, Value]) => ({ Key, Value })) };
  }

  private sendToStepFunctions(command: { input: { executionArn?: string } }): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, '');
    this.asked.push(name);
    return this.call(name, command.input, async () => {
      if (name === 'StopExecution') {
        this.running = this.running.filter((arn) => arn !== command.input.executionArn);
      }
      return {
        tags: Object.entries(this.tagsOf.machine!).map(([key, value]) => ({ key, value })),
        executions: this.running.map((executionArn) => ({ executionArn })),
      };
    });
  }
}

export async function openRig(): Promise<CleanUpRig> {
  const clock: { rig?: CleanUpRig } = {};
  const double = await startS3({
    account: ENTRY.account,
    now: () => new Date(Date.now() + (clock.rig?.later ?? 0)),
  });
  const s3 = new S3Client({
    endpoint: double.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    forcePathStyle: true,
  });
  clock.rig = new CleanUpRig(double, s3);
  return clock.rig;
}
