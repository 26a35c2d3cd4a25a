/**
 * An account of the rehearsal: the sandbox stands for AWS, and the CDK CLI creates and deletes what
 * the sandbox has. Any call can be denied or delayed.
 */
import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { definitionOf, Services } from './services';
import { Stacks } from './stacks';
import { Answers } from '../answers';
import { operationsOnAws } from '../aws/operations';
import { cleanUp } from '../clean-up';
import { STACK_TAG } from '../identity';
import { type Entry, Journal } from '../journal';
import { queueReader } from '../messages';
import {
  bucketsOf,
  type Deployment,
  deploymentOf,
  lockedBucketsOf,
  type Machine,
  type Queue,
  QUEUES,
  stackName,
  TAG,
  tagOf,
} from '../names';
import type { Refusal } from '../refusals';
import { openRehearsal, type Rehearsal, rehearse } from '../rehearsal';
import { machinesFor } from '../scenarios';
import type { Scenario, Seen } from '../scenarios/scenario';
import { type Session, verify } from '../session';
import type { Operations, Stage } from '../stage';
import type { Row } from '../table';

interface Interference {
  /** The name of a call that is denied, such as PutObject. */
  deny?: string;
  /** The names of calls whose first answers come so many milliseconds late. */
  delays?: Map<string, number>;
  /** Makes an app of the deployed one, before it is deployed. */
  change?: (assembly: string) => void;
  /** Changes the stage on which the scenarios are played. */
  restage?: (stage: Stage) => Stage;
}

/**
 * What the accounts of a test have in common, because it takes long: what the sandbox expects, and
 * the processes that stand for AWS.
 */
export class Shared {
  readonly expectations = new Map<string, Promise<Seen[]>>();
  readonly rehearsals = new Map<string, Rehearsal>();

  async close(): Promise<void> {
    for (const rehearsal of this.rehearsals.values()) {
      await rehearsal.close();
    }
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
  private services?: Services;
  /** CloudWatch and Athena, which are asked over HTTP. */
  private server?: Server;
  /** The run that EventBridge Scheduler started. */
  private scheduled?: Promise<unknown>;
  private readonly interrupt = new AbortController();
  readonly entry: Entry;
  readonly stacks: Stacks;

  constructor(
    readonly scenarios: readonly Scenario[],
    private readonly shared: Shared,
  ) {
    this.entry = {
      id: 'test1234',
      profile: 'test',
      region: 'eu-central-1',
      account: '111122223333',
      started: '2026-11-25T00:00:00Z',
      machines: machinesFor(scenarios),
    };
    this.stacks = new Stacks(this.entry, () => this.destroy());
  }

  verify(more: Partial<Session> = {}): Promise<boolean> {
    return verify(this.session(more));
  }

  cleanUp(): Promise<Refusal[]> {
    return cleanUp(this.session(), this.journal.read(this.entry.id));
  }

  abort(reason: string): void {
    this.interrupt.abort(new Error(reason));
  }

  /** The names of the buckets that are still there. */
  buckets(): string[] {
    return [...(this.aws?.sandboxes.values() ?? [])]
      .slice(0, 1)
      .flatMap(({ s3 }) => [...s3!.store.buckets.keys()]);
  }

  close(): void {
    this.server?.closeAllConnections();
    this.server?.close();
    fs.rmSync(this.directory, { recursive: true });
  }

  session(more: Partial<Session> = {}): Session {
    const {
      entry,
      journal,
      scenarios,
      interrupt: { signal },
    } = this;
    const answers = new Answers();
    const key = scenarios.map(({ name }) => name).join();
    return {
      entry,
      scenarios,
      journal,
      signal,
      answers,
      facts: {
        started: entry.started,
        commit: 'unknown',
        region: entry.region,
        versions: {},
        played: 'all',
        secrets: {},
      },
      keep: false,
      minutes: 60,
      now: Date.now,
      tell: (text) => this.told.push(text),
      rehearse: (assembly, deployment) => {
        const { signal: never } = new AbortController();
        const expectation =
          this.shared.expectations.get(key) ??
          rehearse(assembly, deployment, scenarios, never, () => undefined);
        this.shared.expectations.set(key, expectation);
        return expectation;
      },
      confirm: async () => true,
      s3: { send: (command: { input: { Bucket?: string } }) => this.s3(command) } as Pick<
        S3Client,
        'send'
      >,
      sfn: { send: (command: never) => this.sfn(command) } as never,
      account: () => this.calling('GetCallerIdentity', async () => entry.account),
      cdk: {
        deploy: (_, assembly, deploySignal) =>
          this.calling('cdk deploy', () => this.deploy(assembly, deploySignal)),
      },
      cloudFormation: {
        describe: (StackName) =>
          this.asking('DescribeStacks', { StackName }, () => this.stacks.describe(StackName)),
        delete: (StackName) =>
          this.asking('DeleteStack', { StackName }, () => this.stacks.delete(StackName)),
      },
      stage: () => this.stage(),
      report: (rows) => this.reports.push(rows),
      // The real pause is longer than a function still runs whose run was stopped.
      sleep: () => new Promise((resolve) => setTimeout(resolve, 50)),
      ...more,
    };
  }

  private async deploy(assembly: string, signal: AbortSignal): Promise<Record<string, string>> {
    this.steps.push(`deploy, journal ${String(this.journal.ids())}`);
    this.interference.change?.(assembly);
    const {
      entry,
      shared: { rehearsals },
    } = this;
    signal.throwIfAborted();
    const key = entry.machines.join();
    const known = rehearsals.get(key);
    this.aws =
      known ??
      (await openRehearsal(
        assembly,
        deploymentOf(entry.id, entry, entry.machines),
        new AbortController().signal,
      ));
    rehearsals.set(key, this.aws);
    this.aws.restart();
    const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
    const client = new S3Client({
      endpoint: [...this.aws.sandboxes.values()][0]!.s3Endpoint,
      region: 'us-east-1',
      credentials,
      forcePathStyle: true,
    });
    if (known) {
      await createAgain(client, this.deployment());
    }
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          this.requests.push({ call: named(commandName!), input: args.input });
          return this.calling(named(commandName!), () => next(args));
        },
      { step: 'initialize' },
    );
    this.client = client;
    this.stacks.create(stackName(entry.id), { [TAG]: tagOf(entry.id) });
    await this.serve();
    return Object.fromEntries(
      QUEUES.map((queue) => [
        `${queue}Url`,
        `https://sqs/${entry.account}/${stackName(entry.id)}-${queue}`,
      ]),
    );
  }

  private async serve(): Promise<void> {
    const services = new Services(this.deployment(), this.aws!.stage);
    this.services = services;
    this.server = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk: Buffer) => {
          body += String(chunk);
        })
        .on('end', () => {
          const [, service = ''] =
            /Credential=[^/]+\/\d+\/[^/]*\/([^/]+)\//.exec(request.headers.authorization ?? '') ??
            [];
          const action = String(
            request.headers['x-amz-target'] ?? new URLSearchParams(body).get('Action'),
          )
            .split('.')
            .pop()!;
          const asked = services.read(service, action, body);
          this.requests.push(asked);
          this.calling(asked.call, () => services.answer(asked)).then(
            (text) => response.end(text),
            (error: Error) => {
              response
                .writeHead(403)
                .end(JSON.stringify({ __type: error.name, message: error.message }));
            },
          );
        });
    });
    await new Promise<void>((resolve) => this.server!.listen(0, '127.0.0.1', resolve));
  }

  private deployment(): Deployment {
    return deploymentOf(this.entry.id, this.entry, this.entry.machines);
  }

  /** CloudFormation deletes a bucket only if it is empty. */
  private async destroy(): Promise<void> {
    this.steps.push('destroy');
    await this.scheduled;
    const { store } = [...this.aws!.sandboxes.values()][0]!.s3!;
    const full = this.buckets().filter((name) => !store.bucket(name).empty);
    for (const Bucket of this.buckets().filter((name) => !full.includes(name))) {
      await this.client!.send(new DeleteBucketCommand({ Bucket }));
    }
    if (full.length > 0) {
      throw new Error(`The following resources failed to delete: ${full.join()}`);
    }
  }

  private stage(): Stage {
    const { stage } = this.aws!;
    const { signal } = this.interrupt;
    const sfn = { send: (command: never) => this.sfn(command) } as Stage['sfn'];
    const own: Stage = {
      ...stage,
      s3: this.client!,
      sfn,
      signal,
      operations: this.operations(sfn),
      subjects: this.reader(),
    };
    return this.interference.restage?.(own) ?? own;
  }

  /**
   * What is asked of CloudWatch and Athena is asked as on AWS. EventBridge Scheduler sends its dead
   * letter without being asked.
   */
  private operations(sfn: Stage['sfn']): Operations {
    const {
      stage: {
        pause,
        patience,
        operations: { deadLetter },
      },
    } = this.aws!;
    const signer = {
      region: this.entry.region,
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
      endpoint: `http://127.0.0.1:${(this.server!.address() as AddressInfo).port}/`,
    };
    const deployment = this.deployment();
    return {
      ...operationsOnAws({
        sfn,
        signer,
        deployment,
        started: new Date(),
        signal: this.interrupt.signal,
        pause,
        patience,
      }),
      deadLetter,
    };
  }

  /** Reads the queues as on AWS, with shorter waits. */
  private reader(): Stage['subjects'] {
    const readers = Object.fromEntries(
      QUEUES.map((queue) => [
        queue,
        queueReader(
          { send: (command: never) => this.sqs(queue, command) } as never,
          queue,
          this.interrupt.signal,
          { most: 300, quiet: 20 },
        ),
      ]),
    ) as Record<Queue, Stage['subjects']>;
    return (expected, queue = 'Messages') => readers[queue](expected);
  }

  private sqs(queue: Queue, command: { constructor: { name: string } }): Promise<object> {
    const call = named(command.constructor.name);
    const { account, id, region } = this.entry;
    this.requests.push({
      call,
      input: { queueArn: `arn:aws:sqs:${region}:${account}:${stackName(id)}-${queue}` },
    });
    return this.calling(call, async () => {
      const subjects = call === 'ReceiveMessage' ? await this.services!.receive(queue) : [];
      return {
        Messages: subjects.map((Subject) => ({
          Body: JSON.stringify({ Subject }),
          ReceiptHandle: 'x',
        })),
      };
    });
  }

  /** The sandbox deploys nothing, so its buckets have no tags. */
  private s3(command: { input: { Bucket?: string } }): Promise<unknown> {
    if (!this.aws) {
      return Promise.reject(Object.assign(new Error('none'), { name: 'NoSuchBucket' }));
    }
    if (command.constructor.name !== 'GetBucketTaggingCommand') {
      return this.client!.send(command as never);
    }
    this.requests.push({ call: 'GetBucketTagging', input: command.input });
    return this.calling('GetBucketTagging', async () => {
      if (!this.buckets().includes(command.input.Bucket!)) {
        throw Object.assign(new Error('gone'), { name: 'NoSuchBucket' });
      }
      return { TagSet: this.tags().map(([Key, Value]) => ({ Key, Value })) };
    });
  }

  private sfn(command: { constructor: { name: string }; input: object }): Promise<unknown> {
    this.requests.push({ call: named(command.constructor.name), input: command.input });
    const tagsAsked = command.constructor.name === 'ListTagsForResourceCommand';
    return this.calling(named(command.constructor.name), async () => {
      if (this.stacks.ids().length === 0) {
        throw Object.assign(new Error('none'), {
          name: tagsAsked ? 'ResourceNotFound' : 'StateMachineDoesNotExist',
        });
      }
      const { stateMachineArn = '' } = command.input as { stateMachineArn?: string };
      const machine = (Object.entries(this.deployment().machines).find(
        ([, arn]) => arn === stateMachineArn,
      )?.[0] ?? 'Standard') as Machine;
      if (command.constructor.name === 'DescribeStateMachineCommand') {
        return {
          definition: await definitionOf(this.aws!.stage.operations, machine),
          roleArn: 'arn:role',
        };
      }
      if (
        command.constructor.name === 'ListExecutionsCommand' &&
        !('statusFilter' in command.input)
      ) {
        this.startScheduled(machine);
      }
      return (
        testedBy(command.constructor.name, this.tags()) ??
        this.aws!.stage.sfn.send(command as never)
      );
    });
  }

  /** EventBridge Scheduler starts a run when a caller looks for one. */
  private startScheduled(machine: Machine): void {
    this.scheduled ??= this.aws!.sandboxes.get(machine)!
      .run({ schedule: machine })
      .catch(() => undefined);
  }

  /** What CloudFormation gives to each resource. */
  private tags(): [string, string][] {
    return [
      [TAG, tagOf(this.entry.id)],
      [STACK_TAG, this.stacks.ids()[0] ?? 'none'],
    ];
  }

  private asking<T>(call: string, input: object, work: () => Promise<T>): Promise<T> {
    this.requests.push({ call, input });
    return this.calling(call, work);
  }

  private async calling<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.calls.add(name);
    const { deny, delays } = this.interference;
    if (deny === name) {
      throw Object.assign(new Error(`not authorized to perform ${name}`), {
        name: 'AccessDenied',
        $metadata: { httpStatusCode: 403 },
      });
    }
    const milliseconds = delays?.get(name);
    if (milliseconds !== undefined) {
      delays!.delete(name);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
    return work();
  }
}

/** The buckets of an earlier account were destroyed. */
async function createAgain(client: S3Client, deployment: Deployment): Promise<void> {
  const locked = lockedBucketsOf(deployment);
  for (const Bucket of bucketsOf(deployment)) {
    await client.send(
      new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: locked.includes(Bucket) }),
    );
    if (Bucket.endsWith('-archive')) {
      await client.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      );
    }
  }
}

const named = (command: string) => command.replace(/Command$/, '');

/** The sandbox has no TestState and no tags: here, Step Functions finds every state in order. */
function testedBy(command: string, tags: [string, string][]): object | undefined {
  switch (command) {
    case 'ValidateStateMachineDefinitionCommand':
      return { diagnostics: [] };
    case 'TestStateCommand':
      return { status: 'SUCCEEDED' };
    case 'ListTagsForResourceCommand':
      return { tags: tags.map(([key, value]) => ({ key, value })) };
    default:
      return undefined;
  }
}
