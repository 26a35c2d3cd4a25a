/**
 * Checks the order of the steps, and that everything is destroyed however the session ends. The CDK CLI is injected,
 * and the sandbox replaces AWS.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type S3Client, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { Deployment } from '../app';
import { cleanUp } from '../clean-up';
import { type Entry, Journal } from '../journal';
import { openRehearsal, type Rehearsal, rehearse } from '../rehearsal';
import { SCENARIOS, type Seen } from '../scenarios';
import { type Session, verify } from '../session';
import type { Stage } from '../stage';

jest.setTimeout(180_000);

const ENTRY: Entry = { id: 'test1234', profile: 'test', region: 'eu-central-1', account: '111122223333', started: '2026-11-25T00:00:00Z' };
const QUICK = SCENARIOS.filter(({ name }) => /conditions|denied|EXPRESS/.test(name));

const isTagging = (command: object) => command.constructor.name === 'ListTagsForResourceCommand';
const MACHINES_TAGS = { tags: [{ key: 'cdk-s3-dated-archiver', value: 'verify-test1234' }] };

let directory: string;
let journal: Journal;
let aws: Rehearsal | undefined;
let told: string[];
/** The steps that changed AWS, in order. */
let steps: string[];
/** The expectation is the same for every session of this app. */
let expectation: Promise<Seen[]> | undefined;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'verify-'));
  journal = new Journal(directory);
  told = [];
  steps = [];
});
afterEach(async () => {
  await aws?.close();
  aws = undefined;
  fs.rmSync(directory, { recursive: true });
});

/**
 * Returns a session in which the sandbox replaces AWS. A deployment opens the sandbox. Its buckets are gone when they
 * are empty and destroyed.
 */
function session(more: Partial<Session> = {}, change: (stage: Stage) => Promise<void> = async () => undefined): Session {
  const interrupt = new AbortController();
  const send = async (command: { input: { Bucket?: string } }) => {
    const name = (command.constructor as { name: string }).name;
    // The sandbox deploys nothing, so its buckets have no tags.
    if (name === 'GetBucketTaggingCommand') { return { TagSet: [{ Key: 'cdk-s3-dated-archiver', Value: 'verify-test1234' }] }; }
    if (name !== 'HeadBucketCommand') { return aws!.stage.s3.send(command as never); }
    steps.push('look');
    throw Object.assign(new Error(), { name: 'NotFound' });
  };
  return {
    entry: ENTRY,
    scenarios: QUICK,
    keep: false,
    journal,
    signal: interrupt.signal,
    tell: (text) => told.push(text),
    rehearse: (assembly) => (expectation ??= rehearse(assembly, QUICK, new AbortController().signal, () => undefined)),
    confirm: async () => true,
    s3: { send } as Pick<S3Client, 'send'>,
    sfn: { send: async (command: never) => (isTagging(command) ? MACHINES_TAGS : testedBy(command) ?? aws!.stage.sfn.send(command)) } as never,
    account: async () => ENTRY.account,
    cdk: {
      deploy: async (_, assembly) => {
        steps.push(`deploy, journal ${journal.ids()}`);
        aws = await openRehearsal(assembly, interrupt.signal);
        await change(aws.stage);
        return aws.stage.deployment;
      },
      destroy: async () => {
        steps.push(`destroy, ${await versions()} versions`);
      },
    },
    stage: () => aws!.stage,
    ...more,
  };
}

/** The sandbox has no TestState: here, Step Functions finds every state in order. */
function testedBy(command: { constructor: { name: string } }): object | undefined {
  switch (command.constructor.name) {
    case 'DescribeStateMachineCommand': return { definition: '{"States":{"Succeed":{"Type":"Succeed"}}}', roleArn: 'arn:role' };
    case 'ValidateStateMachineDefinitionCommand': return { diagnostics: [] };
    case 'TestStateCommand': return { status: 'SUCCEEDED' };
    default: return undefined;
  }
}

async function versions(): Promise<number> {
  if (!aws) { return 0; }
  const { s3, deployment } = aws.stage;
  let count = 0;
  for (const Bucket of [deployment.SourceBucket, deployment.ArchiveBucket, deployment.ReportsBucket]) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    count += Versions.length + DeleteMarkers.length;
  }
  return count;
}

const DESTROYED = ['destroy, 0 versions', 'look', 'look', 'look'];

test('rehearses, asks, deploys, plays, compares and destroys', async () => {
  expect(await verify(session())).toBe(true);
  expect(told).toContainEqual(expect.stringContaining(`${QUICK.length} passed, 0 failed`));
  expect(steps).toEqual(['deploy, journal test1234', ...DESTROYED]);
  expect(journal.ids()).toEqual([]);
  expect(fs.readdirSync(directory)).toEqual([]);
});

test('what AWS does differently is in the table, and the verification fails', async () => {
  const overwriting = async ({ s3 }: Stage) => {
    // This S3 does not know the condition.
    s3.middlewareStack.add((next) => (args) => {
      delete (args.input as { IfNoneMatch?: string }).IfNoneMatch;
      return next(args);
    }, { step: 'initialize' });
  };
  expect(await verify(session({}, overwriting))).toBe(false);
  expect(told.join('\n')).toContain('overAnObject: the sandbox says "PreconditionFailed", AWS "accepted"');
  expect(told.join('\n')).toContain(`${QUICK.length - 1} passed, 1 failed`);
  expect(steps).toEqual(['deploy, journal test1234', ...DESTROYED]);
});

test('without a yes nothing is created', async () => {
  const plans: string[] = [];
  expect(await verify(session({ confirm: async (plan) => { plans.push(plan); return false; } }))).toBe(false);
  expect(steps).toEqual([]);
  expect(plans[0]).toMatch(/account 111122223333, region eu-central-1 \(profile test\): stack archiver-verify-test1234 with\n {2}3 AWS::S3::Bucket\n/);
  expect(plans[0]).toMatch(/16 AWS::Lambda::Function[^]*costs about \$0\.\d\d/);
  expect(fs.readdirSync(directory)).toEqual([]);
});

test('a deployment that fails is destroyed', async () => {
  const { cdk } = session();
  const failing = session({ cdk: { ...cdk, deploy: async () => { throw new Error('cdk deploy ended with status 1'); } } });
  await expect(verify(failing)).rejects.toThrow('cdk deploy ended with status 1');
  expect(steps).toEqual(['destroy, 0 versions']);
  expect(journal.ids()).toEqual([]);
});

test('an interruption while scenarios are played: no other begins, what runs is stopped, and all is destroyed', async () => {
  const interrupt = new AbortController();
  const scenarios = [
    {
      name: 'runs for ever',
      objects: 1,
      runs: 1,
      play: async (stage: Stage) => {
        interrupt.abort(new Error('interrupted by SIGINT'));
        return QUICK[1]!.play({ ...stage, signal: interrupt.signal });
      },
    },
    { name: 'next', objects: 0, runs: 0, play: async () => { steps.push('played'); return {}; } },
  ];
  await expect(verify(session({ scenarios, signal: interrupt.signal, rehearse: async () => [{}, {}] }))).rejects.toThrow('interrupted by SIGINT');
  expect(steps).toEqual(['deploy, journal test1234', ...DESTROYED]);
  expect(journal.ids()).toEqual([]);
});

test('what cannot be destroyed stays in the journal, and can be destroyed later', async () => {
  const { cdk } = session();
  const stuck = session({ cdk: { ...cdk, destroy: async () => { throw new Error('cdk destroy ended with status 1'); } } });
  await expect(verify(stuck)).rejects.toThrow('cdk destroy ended with status 1');
  expect(told.at(-1)).toBe('LEFT BEHIND in account 111122223333, eu-central-1: stack archiver-verify-test1234. To try again: npm run verify:aws -- --clean-up test1234');
  expect(journal.ids()).toEqual(['test1234']);
  expect(journal.read('test1234').deployment).toEqual(aws!.stage.deployment);
  expect(fs.existsSync(path.join(journal.assembly('test1234'), 'manifest.json'))).toBe(true);

  steps = [];
  await cleanUp(session(), journal.read('test1234'));
  expect(steps).toEqual(DESTROYED);
  expect(journal.ids()).toEqual([]);
});

test('to keep it is possible, and said', async () => {
  await verify(session({ keep: true }));
  expect(steps).toEqual(['deploy, journal test1234']);
  expect(told.at(-1)).toBe('Kept: npm run verify:aws -- --clean-up test1234');
  expect(journal.ids()).toEqual(['test1234']);
});

test('a clean-up after a part of one: buckets and state machines that are gone already', async () => {
  const gone = (name: string) => async () => { throw Object.assign(new Error('gone'), { name }); };
  const deployment: Deployment = { SourceBucket: 'a', ArchiveBucket: 'b', ReportsBucket: 'c', StandardMachine: 'd', ExpressMachine: 'e', WholeMachine: 'e', QueueUrl: 'f' };
  journal.write({ ...ENTRY, deployment });
  await cleanUp({ ...session(), s3: { send: gone('NoSuchBucket') } as never, sfn: { send: gone('StateMachineDoesNotExist') } as never }, journal.read(ENTRY.id));
  expect(journal.ids()).toEqual([]);
});

test('a bucket that is still there is told, and the journal stays', async () => {
  const deployment: Deployment = { SourceBucket: 'a', ArchiveBucket: 'b', ReportsBucket: 'c', StandardMachine: 'd', ExpressMachine: 'e', WholeMachine: 'e', QueueUrl: 'f' };
  journal.write({ ...ENTRY, deployment });
  const TagSet = [{ Key: 'cdk-s3-dated-archiver', Value: 'verify-test1234' }];
  const still = session({
    s3: { send: async () => ({ TagSet }) } as never, sfn: { send: async () => MACHINES_TAGS } as never, sleep: async () => undefined,
  });
  await expect(cleanUp(still, journal.read(ENTRY.id))).rejects.toThrow('bucket a should be gone, and is there');
  expect(journal.ids()).toEqual([ENTRY.id]);
});
