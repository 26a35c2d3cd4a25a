/**
 * An account of the rehearsal: the sandbox stands for AWS, and the CDK CLI creates and deletes what the sandbox has. Any call can be denied
 * or delayed.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CreateBucketCommand, DeleteBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { Answers } from '../answers';
import { cleanUp } from '../clean-up';
import { type Entry, Journal } from '../journal';
import { bucketsOf, deploymentOf, tagOf } from '../names';
import { openRehearsal, type Rehearsal, rehearse } from '../rehearsal';
import { machinesFor } from '../scenarios';
import type { Scenario, Seen } from '../scenarios/scenario';
import { type Session, verify } from '../session';
import type { Stage } from '../stage';
import type { Row } from '../table';

interface Interference {
  /** The name of a call that is denied, such as PutObject. */
  deny?: string;
  /** The name of a call whose first answer comes that many milliseconds late. */
  delay?: { call: string; milliseconds: number };
  /** Makes an app of the deployed one, before it is deployed. */
  change?: (assembly: string) => void;
  /** Changes the stage on which the scenarios are played. */
  restage?: (stage: Stage) => Stage;
}

/** What the accounts of a test have in common, because it takes long: what the sandbox expects, and the processes that stand for AWS. */
export class Shared {
  readonly expectations = new Map<string, Promise<Seen[]>>();
  readonly rehearsals = new Map<string, Rehearsal>();

  async close(): Promise<void> {
    for (const rehearsal of this.rehearsals.values()) { await rehearsal.close(); }
  }
}

export class Account {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'account-'));
  readonly journal = new Journal(path.join(this.directory, 'journal'));
  readonly told: string[] = [];
  /** Every call that was made, by its name. */
  readonly calls = new Set<string>();
  /** Every request to AWS, with what it names. */
  readonly requests: { readonly call: string; readonly input: object }[] = [];
  /** What changed the account, in order. */
  readonly steps: string[] = [];
  readonly reports: (readonly Row[])[] = [];
  interference: Interference = {};
  private aws?: Rehearsal;
  /** The client of this account, whose calls are counted. */
  private client?: S3Client;
  private readonly interrupt = new AbortController();
  readonly entry: Entry;

  constructor(readonly scenarios: readonly Scenario[], private readonly shared: Shared) {
    this.entry = {
      id: 'test1234', profile: 'test', region: 'eu-central-1', account: '111122223333', started: '2026-11-25T00:00:00Z', machines: machinesFor(scenarios),
    };
  }

  verify(more: Partial<Session> = {}): Promise<boolean> {
    return verify(this.session(more));
  }

  cleanUp(): Promise<void> {
    return cleanUp(this.session(), this.journal.read(this.entry.id));
  }

  abort(reason: string): void {
    this.interrupt.abort(new Error(reason));
  }

  /** The names of the buckets that are still there. */
  buckets(): string[] {
    return [...this.aws?.sandboxes.values() ?? []].slice(0, 1).flatMap(({ s3 }) => [...s3!.store.buckets.keys()]);
  }

  close(): void {
    fs.rmSync(this.directory, { recursive: true });
  }

  session(more: Partial<Session> = {}): Session {
    const { entry, journal, scenarios, interrupt: { signal } } = this;
    const answers = new Answers();
    const key = scenarios.map(({ name }) => name).join();
    return {
      entry,
      scenarios,
      journal,
      signal,
      answers,
      keep: false,
      minutes: 60,
      now: Date.now,
      tell: (text) => this.told.push(text),
      rehearse: (assembly, deployment) => {
        const { signal: never } = new AbortController();
        const expectation = this.shared.expectations.get(key) ?? rehearse(assembly, deployment, scenarios, never, () => undefined);
        this.shared.expectations.set(key, expectation);
        return expectation;
      },
      confirm: async () => true,
      s3: { send: (command: { input: { Bucket?: string } }) => this.s3(command) } as Pick<S3Client, 'send'>,
      sfn: { send: (command: never) => this.sfn(command) } as never,
      account: () => this.calling('GetCallerIdentity', async () => entry.account),
      cdk: {
        deploy: (_, assembly, deploySignal) => this.calling('cdk deploy', () => this.deploy(assembly, deploySignal)),
        destroy: () => this.calling('cdk destroy', () => this.destroy()),
      },
      stage: () => this.stage(),
      report: (rows) => this.reports.push(rows),
      sleep: async () => undefined,
      ...more,
    };
  }

  private async deploy(assembly: string, signal: AbortSignal): Promise<Record<string, string>> {
    this.steps.push(`deploy, journal ${String(this.journal.ids())}`);
    this.interference.change?.(assembly);
    const { entry, shared: { rehearsals } } = this;
    signal.throwIfAborted();
    const key = entry.machines.join();
    const known = rehearsals.get(key);
    this.aws = known ?? await openRehearsal(assembly, deploymentOf(entry.id, entry, entry.machines), new AbortController().signal);
    rehearsals.set(key, this.aws);
    const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
    const client = new S3Client({ endpoint: [...this.aws.sandboxes.values()][0]!.s3Endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
    if (known) { await createAgain(client, bucketsOf(deploymentOf(entry.id, entry, entry.machines))); }
    client.middlewareStack.add((next, { commandName }) => (args) => {
      this.requests.push({ call: named(commandName!), input: args.input });
      return this.calling(named(commandName!), () => next(args));
    }, { step: 'initialize' });
    this.client = client;
    return { MessagesUrl: entry.id, ScheduleMessagesUrl: entry.id };
  }

  /** CloudFormation deletes a bucket only if it is empty. */
  private async destroy(): Promise<void> {
    this.steps.push('destroy');
    for (const Bucket of this.buckets()) {
      const { store } = [...this.aws!.sandboxes.values()][0]!.s3!;
      if (store.keys(Bucket).length > 0) { throw new Error(`cdk destroy ended with status 1: ${Bucket} is not empty`); }
      await this.client!.send(new DeleteBucketCommand({ Bucket }));
    }
  }

  private stage(): Stage {
    const { stage } = this.aws!;
    const own: Stage = {
      ...stage,
      s3: this.client!,
      sfn: { send: (command: never) => this.sfn(command) } as never,
      signal: this.interrupt.signal,
      subjects: (expected, queue) => this.calling('ReceiveMessage', () => stage.subjects(expected, queue)),
    };
    return this.interference.restage?.(own) ?? own;
  }

  /** The sandbox deploys nothing, so its buckets have no tags. */
  private s3(command: { input: { Bucket?: string } }): Promise<unknown> {
    if (!this.aws) { return Promise.reject(Object.assign(new Error('none'), { name: 'NoSuchBucket' })); }
    if (command.constructor.name !== 'GetBucketTaggingCommand') { return this.client!.send(command as never); }
    this.requests.push({ call: 'GetBucketTagging', input: command.input });
    return this.calling('GetBucketTagging', async () => {
      if (!this.buckets().includes(command.input.Bucket!)) { throw Object.assign(new Error('gone'), { name: 'NoSuchBucket' }); }
      return { TagSet: [{ Key: 'cdk-s3-dated-archiver', Value: tagOf(this.entry.id) }] };
    });
  }

  private sfn(command: { constructor: { name: string }; input: object }): Promise<unknown> {
    this.requests.push({ call: named(command.constructor.name), input: command.input });
    return this.calling(named(command.constructor.name), async () => {
      if (!this.aws) { throw Object.assign(new Error('none'), { name: 'StateMachineDoesNotExist' }); }
      return testedBy(command.constructor.name, this.entry.id) ?? this.aws.stage.sfn.send(command as never);
    });
  }

  private async calling<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.calls.add(name);
    const { deny, delay } = this.interference;
    if (deny === name) { throw Object.assign(new Error(`not authorized to perform ${name}`), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }); }
    if (delay?.call === name) {
      this.interference.delay = undefined;
      await new Promise((resolve) => setTimeout(resolve, delay.milliseconds));
    }
    return work();
  }
}

/** The buckets of an earlier account were destroyed. */
async function createAgain(client: S3Client, names: readonly string[]): Promise<void> {
  for (const Bucket of names) {
    await client.send(new CreateBucketCommand({ Bucket }));
    if (Bucket.endsWith('-archive')) { await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } })); }
  }
}

const named = (command: string) => command.replace(/Command$/, '');

/** The sandbox has no TestState and no tags: here, Step Functions finds every state in order. */
function testedBy(command: string, id: string): object | undefined {
  switch (command) {
    case 'DescribeStateMachineCommand': return { definition: '{"States":{"Succeed":{"Type":"Succeed"}}}', roleArn: 'arn:role' };
    case 'ValidateStateMachineDefinitionCommand': return { diagnostics: [] };
    case 'TestStateCommand': return { status: 'SUCCEEDED' };
    case 'ListTagsForResourceCommand': return { tags: [{ key: 'cdk-s3-dated-archiver', value: tagOf(id) }] };
    default: return undefined;
  }
}
